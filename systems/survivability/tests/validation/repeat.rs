//! The same seed gives the same bytes, whatever runs beside it.

use std::thread;

use survivability::failure::Failure;
use survivability::network::Network;
use survivability::outcome::Outcome;
use survivability::policy::Policy;
use survivability::setup::{RandomFailures, Restoration, Setup};
use survivability::simulation::Simulation;
use survivability::spectrum::Assignment;
use survivability::topology::Link;

use crate::build::{SHARES, nsfnet, setup};

/// A setup in which every random stream is drawn from.
fn everything(network: &Network) -> Setup {
    let mut setup = setup(network, 300.0, &SHARES, 160);
    setup.traffic.requests = 3000;
    (setup.grid.guard, setup.grid.cores, setup.max_segments) = (1, 2, 4);
    setup.assignment = Assignment::Random;
    setup.epsilon = 0.1;
    setup.policy = Policy::LoadBalancing { alpha: 0.5 };
    setup.fragmentation_every = 3;
    setup.random_failures = Some(RandomFailures {
        among: (0..22).map(|link| Failure::Link(Link(link))).collect(),
        mean_time_between: 1.0,
        mean_time_to_repair: 0.5,
    });
    setup.restoration =
        Some(Restoration { latency_ms: 100.0, per_hop_ms: 1.0, per_request_ms: 0.5 });
    setup
}

/// The outcome and every transition, as bytes.
fn bytes(network: &Network, setup: &Setup, seed: u64) -> Vec<u8> {
    let mut simulation = Simulation::new(network, setup, seed).unwrap().recording(None);
    let mut text = String::new();
    while let Some(arrival) = simulation.step() {
        text += &format!("{arrival:?} {:?}\n", simulation.transition());
    }
    text += &serde_json::to_string(&simulation.outcome()).unwrap();
    text.into_bytes()
}

#[test]
fn a_seed_gives_the_same_bytes_each_time_and_another_seed_others() {
    let network = nsfnet();
    let setup = everything(&network);
    let first = bytes(&network, &setup, 7);
    assert!(first == bytes(&network, &setup, 7));
    assert!(first != bytes(&network, &setup, 8));
}

#[test]
fn simulations_in_other_threads_change_nothing() {
    let network = nsfnet();
    let setup = everything(&network);
    let alone: Vec<Vec<u8>> = (0..6).map(|seed| bytes(&network, &setup, seed)).collect();
    let beside: Vec<Vec<u8>> = thread::scope(|scope| {
        let (network, setup) = (&network, &setup);
        let threads: Vec<_> =
            (0..6).map(|seed| scope.spawn(move || bytes(network, setup, seed))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(alone == beside);
}

#[test]
fn an_outcome_survives_being_written_and_read() {
    let network = nsfnet();
    let setup = everything(&network);
    let outcome = Simulation::new(&network, &setup, 7).unwrap().run();
    assert!(outcome.is_complete && outcome.fragmentation.count > 0);
    let text = serde_json::to_string(&outcome).unwrap();
    let read: Outcome = serde_json::from_str(&text).unwrap();
    assert_eq!(read, outcome);
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
}

/// Placement, exploration and failures draw from streams of their own.
#[test]
fn the_requests_of_a_seed_do_not_depend_on_what_else_is_drawn() {
    let network = nsfnet();
    let all = everything(&network);
    let mut plain = all.clone();
    (plain.assignment, plain.random_failures) = (Assignment::FirstFit, None);
    plain.policy = Policy::KspFirstFit;
    let requests = |setup: &Setup| {
        let mut simulation = Simulation::new(&network, setup, 7).unwrap();
        std::iter::from_fn(move || simulation.step().map(|arrival| arrival.request))
            .collect::<Vec<_>>()
    };
    assert!(requests(&all) == requests(&plain));
}
