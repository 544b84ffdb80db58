//! A cache as a file: for each pair its paths as choices among neighbours, a byte a hop as a rule,
//! with a fingerprint of the topology and a checksum over all of it.

use std::io::{self, Read, Write};

use thiserror::Error;

use crate::fingerprint::Fingerprint;
use crate::paths::lists::{ListFault, check};
use crate::paths::{KPathCache, PathId, PathOrder, PathsError};
use crate::topology::{Node, Topology};

/// Every cache file begins with it.
const MAGIC: [u8; 8] = *b"SURVPATH";
/// The format below. Another one gets another number.
const VERSION: u16 = 1;
/// Magic, version, order, an unused byte, K, the topology's fingerprint.
const HEAD: usize = 8 + 2 + 1 + 1 + 4 + 8;
const CHECKSUM: usize = 8;

#[derive(Debug, Error)]
pub enum CacheFileError {
    #[error("could not write the path cache: {0}")]
    Write(#[source] io::Error),
    #[error("could not read the path cache: {0}")]
    Read(#[source] io::Error),
    #[error("the file is no path cache")]
    Foreign,
    #[error("the path cache has format {0}, and only format {VERSION} can be read")]
    Version(u16),
    #[error("the path cache ends too early")]
    Truncated,
    #[error("the path cache is damaged: its checksum does not fit")]
    Checksum,
    #[error("the path cache belongs to another topology than {0}")]
    OtherTopology(String),
    #[error("the path cache has an unknown order of paths, {0}")]
    Order(u8),
    #[error("the path cache is damaged in the paths from {0} to {1}: {2}")]
    List(String, String, ListFault),
    #[error("the path cache is damaged: {0} bytes too many")]
    Longer(usize),
    #[error(transparent)]
    Paths(#[from] PathsError),
}

impl KPathCache {
    /// Writes the cache, whose paths lead through this topology.
    pub fn write(&self, topology: &Topology, to: &mut impl Write) -> Result<(), CacheFileError> {
        if topology.fingerprint() != self.topology {
            return Err(CacheFileError::OtherTopology(topology.name().to_owned()));
        }
        let mut bytes = Vec::with_capacity(HEAD + 2 * self.first.len() + 8 * self.store.len());
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend([order_byte(self.order), 0]);
        bytes.extend((self.k as u32).to_le_bytes());
        bytes.extend(self.topology.to_le_bytes());
        for pair in 0..topology.pairs() {
            let candidates = self.candidates(pair);
            put(&mut bytes, candidates.len());
            for id in candidates {
                let nodes = self.path(PathId(id)).nodes;
                put(&mut bytes, nodes.len() - 1);
                for step in nodes.windows(2) {
                    let list = topology.neighbours(step[0]);
                    let choice = list.binary_search_by_key(&step[1], |(node, _)| *node);
                    put(&mut bytes, choice.expect("a path follows links"));
                }
            }
        }
        bytes.extend(Fingerprint::of(&bytes).to_le_bytes());
        to.write_all(&bytes).map_err(CacheFileError::Write)
    }

    /// Reads a cache of this topology. Its paths are checked, not whether they are the best.
    pub fn read(topology: &Topology, from: &mut impl Read) -> Result<KPathCache, CacheFileError> {
        super::check_size(topology)?;
        let mut bytes = Vec::new();
        from.take(HEAD as u64).read_to_end(&mut bytes).map_err(CacheFileError::Read)?;
        let (order, k, fingerprint) = head(&bytes)?;
        let mut cache = KPathCache::empty(topology, k, order)?;
        let most = longest(topology, k) + 1;
        from.take(most).read_to_end(&mut bytes).map_err(CacheFileError::Read)?;
        let (body, checksum) = bytes.split_at(bytes.len() - CHECKSUM.min(bytes.len() - HEAD));
        // Of a larger topology's cache only a part was read, which no checksum fits.
        if fingerprint != topology.fingerprint() {
            return Err(CacheFileError::OtherTopology(topology.name().to_owned()));
        }
        // No change that a fuzzer makes would fit the checksum.
        if !cfg!(fuzzing) && checksum != Fingerprint::of(body).to_le_bytes() {
            return Err(CacheFileError::Checksum);
        }
        let mut body = Body { topology, rest: &body[HEAD..] };
        for from in 0..topology.nodes().len() as u16 {
            for to in 0..topology.nodes().len() as u16 {
                body.list(&mut cache, Node(from), Node(to))?;
                cache.end_pair()?;
            }
        }
        match body.rest.len() {
            0 => Ok(cache),
            more => Err(CacheFileError::Longer(more)),
        }
    }
}

fn order_byte(order: PathOrder) -> u8 {
    match order {
        PathOrder::Hops => 0,
        PathOrder::Length => 1,
    }
}

fn head(bytes: &[u8]) -> Result<(PathOrder, usize, u64), CacheFileError> {
    if !bytes.starts_with(&MAGIC[..bytes.len().min(MAGIC.len())]) {
        return Err(CacheFileError::Foreign);
    }
    let Ok(head) = <&[u8; HEAD]>::try_from(bytes) else { return Err(CacheFileError::Truncated) };
    let version = u16::from_le_bytes([head[8], head[9]]);
    if version != VERSION {
        return Err(CacheFileError::Version(version));
    }
    let order = [PathOrder::Hops, PathOrder::Length];
    let order = order.into_iter().find(|order| order_byte(*order) == head[10]);
    let order = order.ok_or(CacheFileError::Order(head[10]))?;
    let k = u32::from_le_bytes(head[12..16].try_into().expect("four bytes"));
    let fingerprint = u64::from_le_bytes(head[16..24].try_into().expect("eight bytes"));
    Ok((order, k as usize, fingerprint))
}

/// More bytes than the lists and the checksum of any cache of this size take.
fn longest(topology: &Topology, k: usize) -> u64 {
    let path = 3 * topology.nodes().len() as u64;
    topology.pairs() as u64 * (3 + k as u64 * path) + CHECKSUM as u64
}

/// Appends a number in groups of seven bits, the lowest first, each but the last marked.
fn put(bytes: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// What is still to be read of the lists.
struct Body<'a> {
    topology: &'a Topology,
    rest: &'a [u8],
}

impl Body<'_> {
    fn list(&mut self, cache: &mut KPathCache, from: Node, to: Node) -> Result<(), CacheFileError> {
        let faulty = |fault| {
            let [from, to] = [from, to].map(|node| self.topology.place(node).name.clone());
            CacheFileError::List(from, to, fault)
        };
        let count = take(&mut self.rest)?;
        if count > cache.k {
            return Err(faulty(ListFault::TooMany(count, cache.k)));
        }
        let mut paths = Vec::new();
        for number in 1..=count {
            let hops = take(&mut self.rest)?;
            if hops == 0 || hops >= self.topology.nodes().len() {
                return Err(faulty(ListFault::Ends(number)));
            }
            let mut nodes = vec![from];
            for _ in 0..hops {
                let choice = take(&mut self.rest)?;
                let step = self.topology.neighbours(nodes[nodes.len() - 1]).get(choice);
                nodes.push(step.ok_or(faulty(ListFault::Ends(number)))?.0);
            }
            paths.push(nodes);
        }
        if count > 0 {
            check(self.topology, from, to, &paths, cache.k).map_err(faulty)?;
        }
        for nodes in &paths {
            cache.store.push(self.topology, nodes);
        }
        Ok(())
    }
}

/// Takes a number of at most 21 bits.
fn take(bytes: &mut &[u8]) -> Result<usize, CacheFileError> {
    let mut number = 0;
    for shift in [0, 7, 14] {
        let (first, rest) = bytes.split_first().ok_or(CacheFileError::Truncated)?;
        *bytes = rest;
        number |= usize::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(CacheFileError::Checksum)
}
