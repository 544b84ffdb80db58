//! What does not change while a simulation runs: the topology, the candidate paths of every pair,
//! and how many slots each of them takes at each bit rate.

use std::ops::Range;

use crate::disjoint::DisjointPairs;
use crate::modulation::ReachTable;
use crate::paths::{KPathCache, Path, PathId};
use crate::topology::Topology;

/// Shared by all simulations of a sweep.
#[derive(Clone, Debug)]
pub struct Network {
    topology: Topology,
    reach: ReachTable,
    paths: KPathCache,
    disjoint: Option<DisjointPairs>,
    /// By path and rate, 0 if the path is too long for the rate.
    need: Vec<u16>,
    /// By pair and rate, the least over its candidates.
    pair_need: Vec<u16>,
}

impl Network {
    #[must_use]
    pub fn new(topology: Topology, paths: KPathCache, reach: ReachTable) -> Network {
        let rates = reach.rates().len();
        let mut network = Network {
            need: Vec::new(),
            pair_need: vec![0; topology.pairs() * rates],
            disjoint: None,
            topology,
            reach,
            paths,
        };
        network.count_slots(0..network.paths.store().len() as u32);
        for pair in 0..network.topology.pairs() {
            for rate in 0..rates {
                let candidates = network.candidates(pair);
                let need = candidates.map(|path| network.need(PathId(path), rate));
                let least = need.filter(|need| *need > 0).min().unwrap_or(0);
                network.pair_need[pair * rates + rate] = least;
            }
        }
        network
    }

    /// Adds two disjoint paths for every pair, for protection.
    #[must_use]
    pub fn with_disjoint(mut self, disjoint: DisjointPairs) -> Network {
        let first = self.paths.store().len() as u32;
        let added = disjoint.store().len() as u32;
        self.need.truncate(first as usize * self.reach.rates().len());
        self.disjoint = Some(disjoint);
        self.count_slots(first..first + added);
        self
    }

    #[must_use]
    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    #[must_use]
    pub fn reach(&self) -> &ReachTable {
        &self.reach
    }

    #[must_use]
    pub fn paths(&self) -> &KPathCache {
        &self.paths
    }

    /// The candidate paths of a pair, the best first.
    #[must_use]
    #[inline]
    pub fn candidates(&self, pair: usize) -> Range<u32> {
        self.paths.candidates(pair)
    }

    /// The two disjoint paths of a pair, the lighter first. None without a way round.
    #[must_use]
    pub fn disjoint(&self, pair: usize) -> Option<[PathId; 2]> {
        let first = self.paths.store().len() as u32;
        let pair = self.disjoint.as_ref()?.pair(pair)?;
        Some(pair.map(|PathId(path)| PathId(first + path)))
    }

    /// A candidate or a disjoint path: their numbers follow each other.
    #[must_use]
    #[inline]
    pub fn path(&self, PathId(id): PathId) -> Path<'_> {
        let candidates = self.paths.store().len() as u32;
        match &self.disjoint {
            Some(disjoint) if id >= candidates => disjoint.path(PathId(id - candidates)),
            _ => self.paths.path(PathId(id)),
        }
    }

    /// Slots that a rate takes on a path, without guard; 0 if it does not reach.
    #[must_use]
    #[inline]
    pub fn need(&self, PathId(path): PathId, rate: usize) -> u16 {
        self.need[path as usize * self.reach.rates().len() + rate]
    }

    /// The fewest slots the rate takes on any candidate of the pair; 0 if none reaches.
    #[must_use]
    pub fn least_need(&self, pair: usize, rate: usize) -> u16 {
        self.pair_need[pair * self.reach.rates().len() + rate]
    }

    fn count_slots(&mut self, paths: Range<u32>) {
        for path in paths {
            let metres = self.path(PathId(path)).metres;
            for rate in 0..self.reach.rates().len() {
                self.need.push(self.reach.slots(rate, metres));
            }
        }
    }
}
