//! Networks and setups as small as the tests allow.

use survivability::modulation::ReachTable;
use survivability::network::Network;
use survivability::paths::{KPathCache, PathOrder};
use survivability::setup::Setup;
use survivability::spectrum::Grid;
use survivability::topology::{Fibre, Node, Topology, shipped};
use survivability::traffic::{Mix, MixDraw, Traffic};

/// A topology of so many nodes with links of 100 km.
pub fn topology(nodes: u16, links: &[[u16; 2]]) -> Topology {
    let places = (0..nodes).map(|node| (node.to_string(), None)).collect();
    let fibre = |ends: &[u16; 2]| Fibre { ends: ends.map(Node), metres: 100_000 };
    Topology::new("small", places, links.iter().map(fibre).collect()).unwrap()
}

/// Two nodes and the link between them; each rate takes its slots.
pub fn one_link(slots_by_gbps: &[(u32, u16)]) -> Network {
    network(topology(2, &[[0, 1]]), 1, ReachTable::unlimited(slots_by_gbps))
}

pub fn network(topology: Topology, k: usize, table: ReachTable) -> Network {
    let paths = KPathCache::new(&topology, k, PathOrder::Length).unwrap();
    Network::new(topology, paths, table)
}

/// NSFNET with four candidates by length, and the bit rates of 25 to 400 Gb/s.
pub fn nsfnet() -> Network {
    network(shipped("nsfnet").unwrap(), 4, ReachTable::icc_2020())
}

pub const SHARES: [(u32, f64); 5] = [(25, 0.1), (50, 0.1), (100, 0.5), (200, 0.2), (400, 0.1)];

/// First fit on one core without guard, nothing fails, holding times of mean 1.
pub fn setup(network: &Network, erlang: f64, shares: &[(u32, f64)], slots: u16) -> Setup {
    let mix = Mix::new(network.reach(), shares, MixDraw::Independent).unwrap();
    let traffic = Traffic::uniform(erlang, 10_000, mix);
    let plain = Setup::plain(Grid { slots, cores: 1, guard: 0 }, traffic);
    Setup { fragmentation_every: 0, ..plain }
}
