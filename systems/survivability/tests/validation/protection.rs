//! Dedicated 1+1: the same slots on two disjoint paths.

use survivability::disjoint::{Disjoint, DisjointPairs};
use survivability::failure::Failure;
use survivability::modulation::ReachTable;
use survivability::network::Network;
use survivability::outcome::Outcome;
use survivability::paths::PathOrder;
use survivability::setup::{After, At, PlannedFailure, Protection, RandomFailures, Setup};
use survivability::simulation::{Blocked, Simulation};
use survivability::topology::{Fibre, Link, Node, Topology, shipped};
use survivability::traffic::{Mix, MixDraw, Pairs};

use crate::build::{SHARES, network, setup, topology};
use crate::interval::Interval;

const PROTECTION: Protection = Protection { switchover_ms: 50.0, revert: false };

fn protected(network: Network) -> Network {
    let disjoint = DisjointPairs::new(network.topology(), PathOrder::Length, Disjoint::Link);
    network.with_disjoint(disjoint.unwrap())
}

/// Two ways between nodes 0 and 1: link 0, and links 1 (0-2) and 2 (1-2).
fn ring() -> Network {
    let table = ReachTable::unlimited(&[(100, 1)]);
    protected(network(topology(3, &[[0, 1], [1, 2], [0, 2]]), 2, table))
}

/// Requests between nodes 0 and 1 only.
fn across(network: &Network, erlang: f64, slots: u16, requests: u64) -> Setup {
    let mut setup = setup(network, erlang, &[(100, 1.0)], slots);
    setup.traffic.pairs = Pairs::Among(vec![Node(0), Node(1)]);
    setup.traffic.requests = requests;
    setup.protection = Some(PROTECTION);
    setup
}

fn failing(link: u16, at: u64, repair: Option<u64>) -> PlannedFailure {
    let failure = Failure::Link(Link(link));
    PlannedFailure { failure, at: At::Arrival(at), repair: repair.map(After::Arrivals) }
}

fn run(network: &Network, setup: &Setup) -> Outcome {
    Simulation::new(network, setup, 1).unwrap().run()
}

#[test]
fn a_ring_of_two_ways_is_one_link_of_the_same_slots() {
    let network = ring();
    for (load, slots, exact) in [(5.0, 5, 0.284_867_821_3), (10.0, 10, 0.214_582_343_1)] {
        let setup = across(&network, load, slots, 60_000);
        let blocking = |seed| Simulation::new(&network, &setup, seed).unwrap().run().blocking();
        let interval = Interval::of(&(500..520).map(blocking).collect::<Vec<_>>());
        interval.agrees(exact, 0.03, &format!("1+1 on a ring, {load} Erlang on {slots} slots"));
    }
}

#[test]
fn both_paths_hold_the_same_slots_and_nothing_else() {
    let network = ring();
    let setup = across(&network, 10.0, 20, 500);
    let mut simulation = Simulation::new(&network, &setup, 1).unwrap();
    while simulation.step().is_some() {
        let spectrum = simulation.spectrum();
        for slot in 0..20 {
            let free = [0, 1, 2].map(|link| spectrum.is_free(Link(link), 0, slot));
            assert!(free[0] == free[1] && free[1] == free[2]);
        }
        assert_eq!(spectrum.busy(), 3 * simulation.live() as u64);
    }
    let outcome = simulation.outcome();
    let served = &outcome.served;
    assert_eq!((served.lightpaths, served.hops), (2 * served.requests, 3 * served.requests));
    assert_eq!(outcome.recoveries.protected, served.requests);
    assert_eq!(served.by_candidate, [0, 0]);
}

#[test]
fn a_failed_primary_moves_every_request_to_its_backup_at_once() {
    let network = ring();
    let mut setup = across(&network, 10.0, 40, 400);
    setup.failures = vec![failing(0, 200, Some(100))];
    let mut simulation = Simulation::new(&network, &setup, 1).unwrap();
    while let Some(arrival) = simulation.step() {
        let blocked = (200..300).contains(&arrival.request.id).then_some(Blocked::Failure);
        assert_eq!(arrival.blocked, blocked);
    }
    let outcome = simulation.outcome();
    let Outcome { recoveries, totals, .. } = &outcome;
    assert!(recoveries.switched > 3 && totals.dropped == 0);
    assert_eq!(recoveries.ms, vec![50.0; recoveries.switched as usize]);
    assert_eq!(recoveries.protection_failures, 0);
}

#[test]
fn a_failed_backup_is_not_felt() {
    let network = ring();
    let mut setup = across(&network, 10.0, 40, 400);
    setup.failures = vec![failing(2, 200, Some(100))];
    let outcome = run(&network, &setup);
    assert_eq!((outcome.recoveries.switched, outcome.totals.dropped), (0, 0));
    // No second path means no protection: new requests are blocked.
    assert_eq!(outcome.totals.blocked_by_failure, 100);
}

#[test]
fn requests_are_dropped_when_both_paths_are_down() {
    let network = ring();
    for failures in [
        // First the backup and then the primary, the other way round, and both at once.
        vec![failing(1, 200, Some(100)), failing(0, 205, Some(100))],
        vec![failing(0, 200, Some(100)), failing(2, 205, Some(100))],
        vec![failing(0, 200, Some(100)), failing(2, 200, Some(100))],
    ] {
        let mut setup = across(&network, 10.0, 40, 400);
        setup.failures = failures;
        let mut simulation = Simulation::new(&network, &setup, 1).unwrap();
        while simulation.arrivals() < 206 {
            simulation.step().unwrap();
        }
        assert_eq!((simulation.live(), simulation.spectrum().busy()), (0, 0));
        let outcome = simulation.outcome();
        assert!(outcome.totals.dropped > 3);
        assert_eq!(outcome.recoveries.protection_failures, outcome.totals.dropped);
    }
}

/// The primary comes back before the backup fails: only a request that went back survives.
#[test]
fn a_request_that_reverts_survives_the_failure_of_its_backup() {
    let network = ring();
    let mut setup = across(&network, 10.0, 40, 250);
    // Nobody leaves.
    (setup.traffic.mean_holding, setup.traffic.erlang) = (1e9, 1e9);
    setup.grid.slots = 400;
    setup.failures = vec![failing(0, 100, Some(10)), failing(2, 120, Some(10))];
    let stays = run(&network, &setup);
    // 100 requests are on their backup; the ten after the repair never left their primary.
    assert_eq!((stays.recoveries.switched, stays.totals.dropped), (100, 100));
    setup.protection = Some(Protection { revert: true, ..PROTECTION });
    let reverts = run(&network, &setup);
    assert_eq!((reverts.recoveries.switched, reverts.totals.dropped), (100, 0));
}

#[test]
fn a_request_needs_slots_for_the_longer_of_its_paths() {
    // 0-1 directly over 100 km, and over 2000 km.
    let mut links =
        [[0, 1], [1, 2], [0, 2]].map(|ends| Fibre { ends: ends.map(Node), metres: 1_000_000 });
    links[0].metres = 100_000;
    let places = (0..3).map(|node| (node.to_string(), None)).collect();
    let topology = Topology::new("ring", places, links.to_vec()).unwrap();
    let network = protected(network(topology, 2, ReachTable::icc_2020()));
    let mut setup = setup(&network, 1.0, &[(200, 1.0)], 320);
    setup.traffic.pairs = Pairs::Among(vec![Node(0), Node(1)]);
    setup.protection = Some(PROTECTION);
    (setup.traffic.requests, setup.grid.guard) = (1, 1);
    let mut simulation = Simulation::new(&network, &setup, 1).unwrap();
    assert_eq!(simulation.step().unwrap().blocked, None);
    // Three slots would do for 100 km; 2000 km take eight, and a guard.
    assert_eq!(simulation.spectrum().busy(), 3 * 9);
    // 400 Gb/s reach 1385 km at most.
    setup.traffic.mix = Mix::new(network.reach(), &[(400, 1.0)], MixDraw::Independent).unwrap();
    let mut simulation = Simulation::new(&network, &setup, 1).unwrap();
    assert_eq!(simulation.step().unwrap().blocked, Some(Blocked::Distance));
}

#[test]
fn protection_costs_capacity_and_saves_requests() {
    let plain = network(shipped("nsfnet").unwrap(), 4, ReachTable::icc_2020());
    let both = protected(plain.clone());
    let mut setup = setup(&plain, 150.0, &SHARES, 320);
    (setup.traffic.requests, setup.grid.guard) = (20_000, 1);
    setup.random_failures = Some(RandomFailures {
        among: (0..22).map(|link| Failure::Link(Link(link))).collect(),
        mean_time_between: 10.0,
        mean_time_to_repair: 1.0,
    });
    let unprotected = run(&plain, &setup);
    setup.protection = Some(PROTECTION);
    let mut simulation = Simulation::new(&both, &setup, 1).unwrap();
    while simulation.step().is_some() {}
    let outcome = simulation.outcome();
    assert!(outcome.totals.dropped * 10 < unprotected.totals.dropped, "{outcome:?}");
    assert!(outcome.totals.blocked() > unprotected.totals.blocked());
    assert!(outcome.recoveries.switched > 100);
    simulation.drain();
    assert_eq!((simulation.live(), simulation.spectrum().busy()), (0, 0));
}
