//! How cost grows: with the candidates of a pair, the nodes, the slots of a link, and the load.

use tollgate_harness::Bench;

use super::scene::{self, K, SLOTS};
use crate::paths::{KPathCache, PathOrder};
use crate::setup::Setup;
use crate::simulation::Simulation;
use crate::topology::{Fibre, Node, Topology};
use crate::traffic::Draws;

const REQUESTS: u64 = 20_000;

pub(super) fn measure(bench: &mut Bench) {
    for k in [1, 2, 4, 8, 16] {
        let name = format!("growth / k={k}");
        simulate(bench, &name, || scene::topology("nsfnet"), k, |_| {});
        cache(bench, &name, || scene::topology("nsfnet"), k);
    }
    for nodes in [14, 30, 60, 100, 200] {
        let name = format!("growth / nodes={nodes}");
        simulate(bench, &name, || drawn(nodes), K, |_| {});
        cache(bench, &name, || drawn(nodes), K);
    }
    for slots in [80, 160, 320, 640, 768] {
        let name = format!("growth / slots={slots}");
        simulate(bench, &name, || scene::topology("nsfnet"), K, |setup| setup.grid.slots = slots);
    }
    for erlang in [50, 100, 200, 500, 1000] {
        let name = format!("growth / erlang={erlang}");
        let change = |setup: &mut Setup| setup.traffic.erlang = f64::from(erlang);
        simulate(bench, &name, || scene::topology("nsfnet"), K, change);
    }
}

/// The time of a request in a simulation that differs in one thing.
fn simulate(
    bench: &mut Bench,
    name: &str,
    topology: impl FnOnce() -> Topology,
    k: usize,
    change: impl FnOnce(&mut Setup),
) {
    let operation = format!("{name} / simulate");
    if !bench.chooses(&operation) {
        return;
    }
    let network = scene::network(topology(), k);
    let mut setup = scene::setup(&network, 300.0, REQUESTS, SLOTS);
    change(&mut setup);
    let simulate = || {
        let simulation = Simulation::new(&network, &setup, 1).expect("nothing fails");
        simulation.run().totals
    };
    bench.operation(operation).per_part("time per request", REQUESTS).run(simulate);
}

/// The time of making the cache.
fn cache(bench: &mut Bench, name: &str, topology: impl FnOnce() -> Topology, k: usize) {
    let operation = format!("{name} / cache");
    if !bench.chooses(&operation) {
        return;
    }
    let topology = topology();
    bench.run(operation, || {
        KPathCache::new(&topology, k, PathOrder::Hops).expect("the network is small")
    });
}

/// A ring with chords, so that most nodes have three links, as real backbones have.
fn drawn(nodes: u16) -> Topology {
    let mut draws = Draws::stream(u64::from(nodes), 0);
    let places = (0..nodes).map(|node| (node.to_string(), None)).collect();
    let mut ends: Vec<[u16; 2]> = (0..nodes).map(|node| [node, (node + 1) % nodes]).collect();
    while ends.len() < usize::from(nodes) * 3 / 2 {
        let chord = [(); 2].map(|()| draws.below(u64::from(nodes)) as u16);
        let is_new = !ends.iter().any(|[a, b]| [*a, *b] == chord || [*b, *a] == chord);
        if chord[0] != chord[1] && is_new {
            ends.push(chord);
        }
    }
    let length = |ends: [u16; 2]| Fibre {
        ends: ends.map(Node),
        metres: 50_000 + draws.below(500_000) as u32,
    };
    let links = ends.into_iter().map(length).collect();
    Topology::new("drawn", places, links).expect("a ring is connected")
}
