//! The decision on a request: as a whole, and its parts on links whose runs of free slots have to
//! be counted anew.

use tollgate_harness::{Bench, Form};

use super::scene::{self, K, NETWORKS, SLOTS};
use crate::failure::FailureManager;
use crate::features::{features, residual_mask};
use crate::network::Network;
use crate::paths::PathId;
use crate::policy::input::width;
use crate::policy::learned::{Kind, Model};
use crate::policy::network::{Layer, Network as Mlp};
use crate::policy::{Candidates, LearnedPolicy, Policy};
use crate::simulation::Simulation;
use crate::spectrum::{Assignment, Block, Spectrum};
use crate::topology::Link;
use crate::traffic::Draws;

/// More arrivals than any measurement takes.
const ENDLESS: u64 = 100_000_000;

pub(super) fn measure(bench: &mut Bench) {
    for (name, erlang) in NETWORKS {
        arrival(bench, name, erlang);
        path_features(bench, name, erlang);
    }
    mask(bench);
    policies(bench);
}

/// Everything between two arrivals: requests that end, features, mask, the choice, and its slots.
fn arrival(bench: &mut Bench, name: &str, erlang: f64) {
    let operation = format!("handle arrival / {name}");
    if !bench.chooses(&operation) {
        return;
    }
    let network = scene::network(scene::topology(name), K);
    let setup = scene::setup(&network, erlang, ENDLESS, SLOTS);
    let simulation = Simulation::new(&network, &setup, 1).expect("nothing fails");
    let mut simulation = simulation.recording(None);
    scene::fill(&mut simulation, erlang);
    bench.operation(operation).form(Form::Batches).run(|| simulation.step());
}

/// The features of all candidates of a pair.
fn path_features(bench: &mut Bench, name: &str, erlang: f64) {
    let operation = format!("path features / {name}");
    if !bench.chooses(&operation) {
        return;
    }
    let network = scene::network(scene::topology(name), K);
    let loaded = loaded(&network, erlang);
    let failures = FailureManager::new(network.topology());
    let nodes = network.topology().nodes().len();
    let mut pair = 0;
    let next = || {
        pair = (pair + 1) % (nodes * nodes);
        while network.candidates(pair).is_empty() {
            pair = (pair + 1) % (nodes * nodes);
        }
        (loaded.clone(), pair)
    };
    let read = |(mut spectrum, pair): (Spectrum, usize)| {
        let mut sum = 0;
        for id in network.candidates(pair).map(PathId) {
            sum += features(network.path(id), &mut spectrum, &failures).min_residual_slots;
        }
        (sum, spectrum)
    };
    bench.operation(operation).form(Form::Batches).with_inputs(next).run(read);
}

/// A spectrum under load of which nothing is counted yet.
fn loaded(network: &Network, erlang: f64) -> Spectrum {
    let setup = scene::setup(network, erlang, ENDLESS, SLOTS);
    let mut simulation = Simulation::new(network, &setup, 1).expect("nothing fails");
    scene::fill(&mut simulation, erlang);
    let mut spectrum = simulation.spectrum().clone();
    for index in 0..network.topology().links().len() {
        let link = [Link(index as u16)];
        let any = spectrum.find(&link, 1, Assignment::FirstFit, |_| 0);
        if let Some(Block { core, start, .. }) = any {
            let block = Block { core, start, slots: 1 };
            spectrum.take(&link, block);
            spectrum.give(&link, block);
        }
    }
    spectrum
}

fn mask(bench: &mut Bench) {
    if !bench.chooses("action mask") {
        return;
    }
    let network = scene::network(scene::topology("nsfnet"), K);
    let seen = scene::transitions(&network, 300.0, 256);
    let mut mask = Vec::with_capacity(K);
    let mut next = 0;
    bench.operation("action mask").form(Form::Batches).run(|| {
        next = (next + 1) % seen.len();
        let state = &seen[next].state;
        residual_mask(&state.paths, state.slots_needed, &mut mask);
        mask.len()
    });
}

fn policies(bench: &mut Bench) {
    let network = scene::network(scene::topology("nsfnet"), K);
    let seen = scene::transitions(&network, 300.0, 256);
    let (metres, occupancy) = ([1_000_000; K], [0.5; K]);
    let all = [
        Policy::KspFirstFit,
        Policy::LoadBalancing { alpha: 0.5 },
        Policy::OnePlusOne,
        Policy::Learned(Box::new(LearnedPolicy::new(drawn(Kind::BehaviourCloning, &[128, 64])))),
        Policy::Learned(Box::new(LearnedPolicy::new(drawn(Kind::ImplicitQ, &[64])))),
    ];
    for mut policy in all {
        let name = policy.name();
        let mut next = 0;
        bench.operation(format!("policy / {name}")).form(Form::Batches).run(|| {
            next = (next + 1) % seen.len();
            let (state, mask) = (&seen[next].state, &seen[next].action_mask);
            let (metres, occupancy) = (&metres[..mask.len()], &occupancy[..mask.len()]);
            policy.select(Candidates { state, mask, metres, occupancy })
        });
    }
}

/// A network of drawn weights: its time does not depend on what it learned.
fn drawn(kind: Kind, hidden: &[usize]) -> Model {
    let mut draws = Draws::stream(1, 0);
    let mut inputs = width(K);
    let mut layers = Vec::new();
    for outputs in hidden.iter().copied().chain([K]) {
        let mut weights = |count| (0..count).map(|_| draws.uniform() as f32 - 0.5).collect();
        layers.push(Layer::new(inputs, weights(inputs * outputs), weights(outputs)));
        inputs = outputs;
    }
    Model::new(kind, Mlp::new(layers))
}
