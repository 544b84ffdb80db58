//! Whole simulations: requests a second on one core.

use std::time::Duration;

use tollgate_harness::Bench;

use super::scene::{self, K, NETWORKS, SLOTS};
use crate::modulation::ReachTable;
use crate::network::Network;
use crate::paths::{KPathCache, PathOrder};
use crate::setup::Setup;
use crate::simulation::Simulation;
use crate::spectrum::Grid;
use crate::traffic::{Mix, MixDraw, Traffic};

const REQUESTS: u64 = 100_000;

pub(super) fn measure(bench: &mut Bench) {
    for (name, erlang) in NETWORKS {
        let operation = format!("simulate / {name}");
        if bench.chooses(&operation) {
            let network = scene::network(scene::topology(name), K);
            let setup = scene::setup(&network, erlang, REQUESTS, SLOTS);
            run(bench, &operation, &network, &setup);
        }
    }
    beside_flexnetsim(bench);
}

/// Rates, slots, reach and load of Flex Net Sim's defaults.
fn beside_flexnetsim(bench: &mut Bench) {
    let operation = "simulate / as flexnetsim";
    if !bench.chooses(operation) {
        return;
    }
    let rates = [(10, 1), (40, 4), (100, 8), (400, 32), (1000, 80)];
    let topology = scene::topology("nsfnet");
    let paths = KPathCache::new(&topology, K, PathOrder::Length).expect("the network is small");
    let network = Network::new(topology, paths, ReachTable::unlimited(&rates));
    let mix = Mix::new(network.reach(), &rates.map(|(gbps, _)| (gbps, 0.2)), MixDraw::Independent);
    let traffic = Traffic::uniform(100.0, REQUESTS, mix.expect("the shares sum to 1"));
    let setup = Setup::plain(Grid { slots: SLOTS, cores: 1, guard: 0 }, traffic);
    run(bench, operation, &network, &setup);
}

fn run(bench: &mut Bench, operation: &str, network: &Network, setup: &Setup) {
    let simulate = || {
        let simulation = Simulation::new(network, setup, 1).expect("nothing fails");
        simulation.run().totals
    };
    let operation = bench.operation(operation).elements(setup.traffic.requests);
    operation.measuring(Duration::from_secs(2)).run(simulate);
}
