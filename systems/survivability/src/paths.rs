//! The K best paths between every ordered pair of nodes, found once and looked up afterwards.
//!
//! Paths are loopless and stand best first. Ties are broken by the other weight, then by the list
//! of nodes read from the end with the smaller index, so that a cache depends on the topology
//! alone. The paths from `d` to `s` are those from `s` to `d` reversed.

mod distances;
mod file;
mod lists;
mod search;
mod store;
mod yen;

use std::ops::Range;

use thiserror::Error;

pub use file::CacheFileError;
pub use lists::{ListFault, ListsError};
pub(crate) use search::{Closed, Search};
pub use store::{Path, PathId, PathStore};

use crate::topology::{Node, Topology};
pub(crate) use distances::Distances;
use yen::Yen;

/// What makes a path better than another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PathOrder {
    /// Fewer links, then fewer metres.
    Hops,
    /// Fewer metres, then fewer links.
    Length,
}

impl PathOrder {
    /// The weight of a link of that length. Both weights of a path are in one sum of these, the one
    /// that counts more in the higher bits; [`check_size`] sees to it that neither overflows.
    #[must_use]
    pub fn weight(self, metres: u32) -> u64 {
        match self {
            PathOrder::Hops => (1 << 40) + u64::from(metres),
            PathOrder::Length => (u64::from(metres) << 16) + 1,
        }
    }

    /// The weight of every link.
    pub(crate) fn weights(self, topology: &Topology) -> Vec<u64> {
        topology.links().iter().map(|fibre| self.weight(fibre.metres)).collect()
    }
}

/// The best paths of every ordered pair. Behind a [`PathId`] is a path of [`KPathCache::store`].
#[derive(Clone, Debug, PartialEq)]
pub struct KPathCache {
    /// The fingerprint of the topology.
    topology: u64,
    order: PathOrder,
    k: usize,
    /// Where the paths of each pair begin, and one more for where the last end.
    first: Vec<u32>,
    store: PathStore,
}

#[derive(Debug, Error, PartialEq)]
pub enum PathsError {
    #[error("K is {0}, not from 1 to 65,535")]
    K(usize),
    #[error("paths between all of {0} nodes, of at most {MOST_NODES}")]
    TooManyNodes(usize),
    #[error("a path through the network may be longer than 4,294,967 km")]
    TooLong,
    #[error("the paths have more than 4,294,967,295 nodes in total")]
    TooManyPaths,
}

/// Two thousand nodes have four million ordered pairs.
const MOST_NODES: usize = 2000;

impl KPathCache {
    /// Up to `k` paths for every pair; fewer where there are no more.
    pub fn new(topology: &Topology, k: usize, order: PathOrder) -> Result<KPathCache, PathsError> {
        check_size(topology)?;
        let mut cache = KPathCache::empty(topology, k, order)?;
        let mut yen = Yen::new(topology, order);
        for from in 0..topology.nodes().len() as u16 {
            for to in 0..topology.nodes().len() as u16 {
                if from < to {
                    for nodes in yen.best(k, Node(from), Node(to)) {
                        cache.store.push(topology, nodes);
                    }
                } else if to < from {
                    for id in cache.candidates(topology.pair(Node(to), Node(from))) {
                        cache.store.push_reversed(PathId(id));
                    }
                }
                cache.end_pair()?;
            }
        }
        Ok(cache)
    }

    /// The ids of a pair's paths, best first, by [`Topology::pair`].
    #[must_use]
    pub fn candidates(&self, pair: usize) -> Range<u32> {
        self.first[pair]..self.first[pair + 1]
    }

    #[must_use]
    pub fn path(&self, id: PathId) -> Path<'_> {
        self.store.path(id)
    }

    #[must_use]
    pub fn k(&self) -> usize {
        self.k
    }

    #[must_use]
    pub fn order(&self) -> PathOrder {
        self.order
    }

    #[must_use]
    pub fn store(&self) -> &PathStore {
        &self.store
    }

    /// How many pairs have a path.
    #[must_use]
    pub fn pairs(&self) -> usize {
        self.first.windows(2).filter(|ends| ends[0] < ends[1]).count()
    }

    /// What the cache keeps on the heap, in bytes.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.first.capacity() * size_of::<u32>() + self.store.memory_bytes()
    }

    /// A cache to which the paths of each pair are added in the order of their index.
    fn empty(topology: &Topology, k: usize, order: PathOrder) -> Result<KPathCache, PathsError> {
        if k == 0 || k > usize::from(u16::MAX) {
            return Err(PathsError::K(k));
        }
        if topology.nodes().len() > MOST_NODES {
            return Err(PathsError::TooManyNodes(topology.nodes().len()));
        }
        let mut first = Vec::with_capacity(topology.pairs() + 1);
        first.push(0);
        let store = PathStore::new(topology);
        Ok(KPathCache { topology: topology.fingerprint(), order, k, first, store })
    }

    /// Ends the list of the next pair. Room is left for a pair of any size, because ids and places
    /// in the store are 32 bits wide.
    fn end_pair(&mut self) -> Result<(), PathsError> {
        if !self.store.has_room(self.k * MOST_NODES) {
            return Err(PathsError::TooManyPaths);
        }
        self.first.push(self.store.len() as u32);
        if self.first.len() == self.first.capacity() {
            self.store.shrink_to_fit();
        }
        Ok(())
    }
}

/// Refuses a topology in which the weight of a path could overflow.
pub(crate) fn check_size(topology: &Topology) -> Result<(), PathsError> {
    if topology.nodes().len() > MOST_NODES {
        return Err(PathsError::TooManyNodes(topology.nodes().len()));
    }
    let mut lengths: Vec<u32> = topology.links().iter().map(|fibre| fibre.metres).collect();
    lengths.sort_unstable_by(|left, right| right.cmp(left));
    let longest = lengths.iter().take(topology.nodes().len() - 1).map(|metres| u64::from(*metres));
    if longest.sum::<u64>() > u64::from(u32::MAX) {
        return Err(PathsError::TooLong);
    }
    Ok(())
}
