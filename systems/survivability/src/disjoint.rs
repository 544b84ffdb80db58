//! Two paths for every pair of nodes that no single failure interrupts, for dedicated protection.
//!
//! Of all pairs of disjoint paths it is the one of least total weight, of those the one whose
//! primary is lightest, then the one whose nodes come first, the primary's before the backup's,
//! read from the end with the smaller index.

mod flow;
mod tight;

use crate::paths::{Closed, Path, PathId, PathOrder, PathStore, PathsError, Search, check_size};
use crate::topology::{Node, Topology};
use flow::Flow;
use tight::lightest_primary;

/// What two paths may not share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Disjoint {
    Link,
    /// Nor a node, but for their ends.
    Node,
}

/// The two paths of every ordered pair, as far as there are two.
#[derive(Clone, Debug, PartialEq)]
pub struct DisjointPairs {
    pairs: Vec<Option<[PathId; 2]>>,
    store: PathStore,
}

impl DisjointPairs {
    pub fn new(
        topology: &Topology,
        order: PathOrder,
        disjoint: Disjoint,
    ) -> Result<DisjointPairs, PathsError> {
        check_size(topology)?;
        let mut finder = Finder::new(topology, order, disjoint);
        let mut found =
            DisjointPairs { pairs: vec![None; topology.pairs()], store: PathStore::new(topology) };
        for from in (0..topology.nodes().len() as u16).map(Node) {
            for to in (from.0 + 1..topology.nodes().len() as u16).map(Node) {
                if let Some(paths) = finder.find(from, to) {
                    let there = paths.map(|nodes| found.store.push(topology, &nodes));
                    let back = there.map(|id| found.store.push_reversed(id));
                    found.pairs[topology.pair(from, to)] = Some(there);
                    found.pairs[topology.pair(to, from)] = Some(back);
                }
            }
        }
        found.store.shrink_to_fit();
        Ok(found)
    }

    /// Primary and backup of a pair, by [`Topology::pair`].
    #[must_use]
    pub fn pair(&self, pair: usize) -> Option<[PathId; 2]> {
        self.pairs[pair]
    }

    #[must_use]
    pub fn path(&self, id: PathId) -> Path<'_> {
        self.store.path(id)
    }

    #[must_use]
    pub fn store(&self) -> &PathStore {
        &self.store
    }
}

struct Finder<'a> {
    topology: &'a Topology,
    disjoint: Disjoint,
    flow: Flow<'a>,
    search: Search<'a>,
    closed: Closed,
}

impl<'a> Finder<'a> {
    fn new(topology: &'a Topology, order: PathOrder, disjoint: Disjoint) -> Finder<'a> {
        Finder {
            topology,
            disjoint,
            flow: Flow::new(topology, order, disjoint),
            search: Search::new(topology, order),
            closed: Closed::nothing(topology),
        }
    }

    /// The primary and the backup. With the primary given, the backup is the best path in what is
    /// left.
    fn find(&mut self, from: Node, to: Node) -> Option<[Vec<Node>; 2]> {
        if !self.flow.send_two(from, to) {
            return None;
        }
        let primary = lightest_primary(&self.flow, from, to);
        for step in primary.windows(2) {
            let link = self.topology.link_between(step[0], step[1]);
            self.closed.link(link.expect("a path follows links"));
        }
        let inner = &primary[1..primary.len() - 1];
        if self.disjoint == Disjoint::Node {
            inner.iter().for_each(|node| self.closed.node(*node));
        }
        let mut backup = vec![from];
        let weight = self.search.extend(&mut backup, to, &self.closed, u64::MAX);
        weight.expect("two paths are disjoint");
        self.closed.open_links();
        inner.iter().for_each(|node| self.closed.open_node(*node));
        Some([primary, backup])
    }
}
