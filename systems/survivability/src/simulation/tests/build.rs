//! Networks and setups as small as the tests allow.

use crate::failure::Failure;
use crate::modulation::ReachTable;
use crate::network::Network;
use crate::paths::{KPathCache, PathOrder};
use crate::setup::{After, At, PlannedFailure, Setup};
use crate::spectrum::Grid;
use crate::topology::{Fibre, Link, Node, Topology};
use crate::traffic::{Mix, MixDraw, Traffic};

pub const SHARES: [(u32, f64); 5] = [(25, 0.1), (50, 0.1), (100, 0.5), (200, 0.2), (400, 0.1)];

/// Links with their lengths in kilometres, between nodes from 0 on.
pub fn topology(links: &[(u16, u16, u32)]) -> Topology {
    let nodes = links.iter().map(|(from, to, _)| from.max(to) + 1).max().unwrap_or(0);
    let places = (0..nodes).map(|node| (node.to_string(), None)).collect();
    let fibre = |(from, to, km): &(u16, u16, u32)| Fibre {
        ends: [Node(*from), Node(*to)],
        metres: km * 1000,
    };
    Topology::new("small", places, links.iter().map(fibre).collect()).unwrap()
}

pub fn network(links: &[(u16, u16, u32)], k: usize) -> Network {
    let topology = topology(links);
    let paths = KPathCache::new(&topology, k, PathOrder::Length).unwrap();
    Network::new(topology, paths, ReachTable::icc_2020())
}

/// Three nodes, each linked with both others. Link 0 is 0-1, link 1 is 0-2, link 2 is 1-2.
pub fn triangle() -> Network {
    network(&[(0, 1, 100), (1, 2, 100), (0, 2, 100)], 2)
}

/// First fit of one-slot requests on one core, without guard; nothing fails.
pub fn setup(network: &Network, erlang: f64, requests: u64) -> Setup {
    let mix = Mix::new(network.reach(), &[(25, 1.0)], MixDraw::Independent).unwrap();
    let traffic = Traffic::uniform(erlang, requests, mix);
    let plain = Setup::plain(Grid { slots: 64, cores: 1, guard: 0 }, traffic);
    Setup { fragmentation_every: 0, ..plain }
}

/// A failure of a link before an arrival, repaired so many arrivals later.
pub fn failing(link: u16, arrival: u64, repair: Option<u64>) -> PlannedFailure {
    PlannedFailure {
        failure: Failure::Link(Link(link)),
        at: At::Arrival(arrival),
        repair: repair.map(After::Arrivals),
    }
}
