//! What failures do to the requests that are live.

use super::build::{failing, network, setup, triangle};
use crate::setup::{At, PlannedFailure, Restoration};
use crate::simulation::{Blocked, Simulation};
use crate::topology::Link;

const RESTORATION: Restoration =
    Restoration { latency_ms: 100.0, per_hop_ms: 0.0, per_request_ms: 0.0 };

#[test]
fn without_a_way_round_everything_is_dropped_and_blocked_until_the_repair() {
    let network = network(&[(0, 1, 100)], 2);
    let mut setup = setup(&network, 20.0, 200);
    setup.restoration = Some(RESTORATION);
    setup.failures = vec![failing(0, 100, Some(10))];
    let mut simulation = Simulation::new(&network, &setup, 3).unwrap();
    let mut live = 0;
    while let Some(arrival) = simulation.step() {
        let expected = (100..110).contains(&arrival.request.id).then_some(Blocked::Failure);
        assert_eq!(arrival.blocked, expected);
        match arrival.request.id {
            99 => live = simulation.live() as u64,
            100 => assert_eq!((simulation.live(), simulation.spectrum().busy()), (0, 0)),
            _ => {}
        }
    }
    let outcome = simulation.outcome();
    // Requests that ended between the two arrivals were not dropped.
    let dropped = outcome.totals.dropped;
    assert!(dropped > 0 && dropped <= live && dropped + 5 > live, "{dropped} of {live}");
    assert_eq!(outcome.totals.blocked_by_failure, 10);
    assert_eq!(outcome.totals.blocked_gbps, 25 * (10 + dropped));
    assert!((outcome.blocking() - (10 + dropped) as f64 / 200.0).abs() < 1e-12);
}

#[test]
fn a_way_round_saves_requests_only_with_restoration() {
    let network = triangle();
    let mut setup = setup(&network, 20.0, 200);
    setup.failures = vec![failing(0, 100, None)];
    let dropped = Simulation::new(&network, &setup, 3).unwrap().run();
    setup.restoration = Some(RESTORATION);
    let restored = Simulation::new(&network, &setup, 3).unwrap().run();
    assert!(dropped.totals.dropped > 0 && dropped.recoveries.restored == 0);
    assert_eq!(restored.totals.dropped, 0);
    assert_eq!(restored.recoveries.restored, dropped.totals.dropped);
    // The arrivals after the failure take the way round in both.
    assert_eq!((dropped.totals.blocked(), restored.totals.blocked()), (0, 0));
}

#[test]
fn each_restored_request_waits_for_those_before_it_and_for_its_hops() {
    let network = triangle();
    let mut setup = setup(&network, 20.0, 200);
    setup.failures = vec![failing(0, 100, None)];
    let restoration = Restoration { latency_ms: 100.0, per_hop_ms: 2.0, per_request_ms: 0.1 };
    setup.restoration = Some(restoration);
    let recoveries = Simulation::new(&network, &setup, 3).unwrap().run().recoveries;
    // Every way round has two hops.
    let expected: Vec<f64> = (0..recoveries.restored)
        .map(|before| ((104.0 + 0.1 * before as f64) * 1e10).round() / 1e10)
        .collect();
    assert!(expected.len() > 2);
    assert_eq!(recoveries.ms, expected);
}

#[test]
fn requests_of_the_warm_up_are_not_counted_when_they_are_dropped() {
    let network = network(&[(0, 1, 100)], 2);
    let mut setup = setup(&network, 20.0, 200);
    setup.failures = vec![failing(0, 100, Some(10))];
    setup.warmup = 100;
    let outcome = Simulation::new(&network, &setup, 3).unwrap().run();
    assert_eq!((outcome.totals.dropped, outcome.totals.offered), (0, 100));
    assert_eq!(outcome.totals.blocked(), 10);
}

#[test]
fn a_link_that_two_failures_hold_down_comes_back_with_the_last() {
    let network = network(&[(0, 1, 100)], 2);
    let mut setup = setup(&network, 20.0, 200);
    setup.failures = vec![failing(0, 50, Some(30)), failing(0, 60, Some(40))];
    let mut simulation = Simulation::new(&network, &setup, 3).unwrap();
    while let Some(arrival) = simulation.step() {
        assert_eq!(arrival.blocked.is_some(), (50..100).contains(&arrival.request.id));
    }
    // The second took nothing down that worked.
    assert_eq!(simulation.outcome().failures, 1);
    assert_eq!(simulation.outcome().windows[0].repair_arrival, Some(100));
}

/// At one time failures come first, so that what ends with them is lost, not finished.
#[test]
fn a_request_is_hit_at_the_very_end_of_its_time() {
    let network = network(&[(0, 1, 100)], 2);
    let mut setup = setup(&network, 20.0, 200);
    let mut simulation = Simulation::new(&network, &setup, 3).unwrap();
    let end = std::iter::from_fn(|| simulation.step()).nth(100).unwrap().request.depart;
    let mut dropped = |time| {
        setup.failures = vec![PlannedFailure { at: At::Time(time), ..failing(0, 0, None) }];
        Simulation::new(&network, &setup, 3).unwrap().run().totals.dropped
    };
    let with = dropped(end);
    assert_eq!((dropped(end.next_down()), dropped(end.next_up())), (with, with - 1));
}

/// With room for one way round, it is the oldest that gets it, wherever its record lies.
#[test]
fn the_oldest_request_is_restored_first() {
    let network = triangle();
    let mut setup = setup(&network, 30.0, 400);
    setup.grid.slots = 12;
    setup.restoration = Some(RESTORATION);
    setup.failures = vec![failing(0, 300, None)];
    let mut simulation = Simulation::new(&network, &setup, 3).unwrap();
    while simulation.arrivals() < 300 {
        simulation.step().unwrap();
    }
    let on_link = |simulation: &Simulation, link: Link| -> Vec<u64> {
        let holds = |live| simulation.live.holds_of(live).next().map(|hold| hold.path);
        let uses = |live| network.path(holds(live).unwrap()).links.contains(&link);
        let mut ids: Vec<u64> = simulation
            .live
            .iter()
            .filter(|(_, live)| uses(*live))
            .map(|(_, live)| live.id)
            .collect();
        ids.sort_unstable();
        ids
    };
    let hit = on_link(&simulation, Link(0));
    simulation.step().unwrap();
    let (around, all) = (on_link(&simulation, Link(1)), on_link(&simulation, Link(2)));
    let kept: Vec<bool> = hit.iter().map(|id| around.contains(id) && all.contains(id)).collect();
    let restored = kept.iter().filter(|kept| **kept).count();
    assert!(restored > 0 && restored < kept.len(), "{kept:?}");
    assert!(kept[..restored].iter().all(|kept| *kept), "{kept:?}");
}
