//! The networks and the load that are measured, unless a benchmark varies them.

use crate::modulation::ReachTable;
use crate::network::Network;
use crate::paths::{KPathCache, PathOrder};
use crate::setup::Setup;
use crate::simulation::Simulation;
use crate::spectrum::Grid;
use crate::topology::{Topology, shipped};
use crate::traffic::{Mix, MixDraw, Traffic};
use crate::transition::Transition;

/// The candidates of a pair in every requirement.
pub(super) const K: usize = 4;
pub(super) const SLOTS: u16 = 320;
/// Bit rates in Gb/s with their shares, FUSION's default.
const MIX: [(u32, f64); 5] = [(25, 0.1), (50, 0.1), (100, 0.5), (200, 0.2), (400, 0.1)];

/// A shipped topology by its name, with a load under which few requests find no slots.
pub(super) const NETWORKS: [(&str, f64); 2] = [("nsfnet", 300.0), ("usbackbone60", 150.0)];

pub(super) fn topology(name: &str) -> Topology {
    shipped(name).expect("the topology is shipped")
}

pub(super) fn network(topology: Topology, k: usize) -> Network {
    let paths = KPathCache::new(&topology, k, PathOrder::Length).expect("the network is small");
    Network::new(topology, paths, ReachTable::icc_2020())
}

/// K-shortest-path first-fit without failures.
pub(super) fn setup(network: &Network, erlang: f64, requests: u64, slots: u16) -> Setup {
    let mix = Mix::new(network.reach(), &MIX, MixDraw::Independent).expect("the shares sum to 1");
    let traffic = Traffic::uniform(erlang, requests, mix);
    Setup::plain(Grid { slots, cores: 1, guard: 1 }, traffic)
}

/// Runs until the network is as full as it gets: five mean holding times.
pub(super) fn fill(simulation: &mut Simulation, erlang: f64) {
    for _ in 0..(5.0 * erlang) as u64 {
        simulation.step();
    }
}

/// Decisions in a row on a network that is full.
pub(super) fn transitions(network: &Network, erlang: f64, count: usize) -> Vec<Transition> {
    let setup = setup(network, erlang, u64::from(u32::MAX), SLOTS);
    let simulation = Simulation::new(network, &setup, 1).expect("nothing fails");
    let mut simulation = simulation.recording(None);
    fill(&mut simulation, erlang);
    let next = |_| {
        simulation.step();
        simulation.transition().clone()
    };
    (0..count).map(next).collect()
}
