//! When failures happen, and which setups are refused.

use super::build::{failing, setup, triangle};
use crate::failure::{Failure, FailureError};
use crate::setup::{After, At, PlannedFailure, RandomFailures};
use crate::simulation::Simulation;
use crate::topology::{Link, Node};

/// Before which arrivals link 0 was down when they were decided on.
fn arrivals_with_link_down(planned: PlannedFailure, requests: u64) -> Vec<u64> {
    let network = triangle();
    let mut setup = setup(&network, 5.0, requests);
    setup.failures = vec![planned];
    let mut simulation = Simulation::new(&network, &setup, 1).unwrap();
    let mut down = Vec::new();
    while let Some(arrival) = simulation.step() {
        if simulation.failures().down().contains(Link(0)) {
            down.push(arrival.request.id);
        }
    }
    down
}

#[test]
fn the_arrival_of_the_failure_sees_it_and_that_of_the_repair_does_not() {
    let down = arrivals_with_link_down(failing(0, 10, Some(5)), 30);
    assert_eq!(down, (10..15).collect::<Vec<_>>());
    assert_eq!(arrivals_with_link_down(failing(0, 0, Some(1)), 30), [0]);
    assert_eq!(arrivals_with_link_down(failing(0, 29, Some(1)), 30), [29]);
    assert_eq!(arrivals_with_link_down(failing(0, 27, None), 30), [27, 28, 29]);
}

#[test]
fn times_of_failure_and_repair_fall_between_arrivals() {
    let network = triangle();
    let setup = setup(&network, 5.0, 30);
    let mut simulation = Simulation::new(&network, &setup, 1).unwrap();
    let times: Vec<f64> =
        std::iter::from_fn(|| simulation.step()).map(|arrival| arrival.request.arrive).collect();
    let link = |at, repair| PlannedFailure { failure: Failure::Link(Link(0)), at, repair };
    let between = |left: usize| f64::midpoint(times[left], times[left + 1]);
    let after = After::Time(between(15) - between(9));
    for (planned, expected) in [
        (link(At::Time(between(9)), Some(after)), 10..16),
        (link(At::Time(times[10]), Some(After::Time(times[20] - times[10]))), 10..20),
        (link(At::Time(between(9)), Some(After::Arrivals(3))), 10..13),
        (link(At::Arrival(10), Some(After::Time(between(15) - times[10]))), 10..16),
    ] {
        let found = arrivals_with_link_down(planned.clone(), 30);
        assert_eq!(found, expected.collect::<Vec<_>>(), "{planned:?}");
    }
}

#[test]
fn a_repair_after_the_last_arrival_is_warned_of() {
    let network = triangle();
    let mut setup = setup(&network, 5.0, 30);
    for (repair, warnings) in [(Some(9), 0), (Some(10), 1), (Some(u64::MAX), 1), (None, 0)] {
        setup.failures = vec![failing(0, 20, repair)];
        let outcome = Simulation::new(&network, &setup, 1).unwrap().run();
        assert_eq!(outcome.warnings.len(), warnings, "{repair:?}");
        assert_eq!(outcome.windows[0].t_repair.is_some(), repair == Some(9));
    }
}

#[test]
fn a_failure_after_the_last_arrival_is_warned_of() {
    let network = triangle();
    let mut setup = setup(&network, 5.0, 30);
    for (arrival, failures) in [(29, 1), (30, 0), (u64::MAX, 0)] {
        setup.failures = vec![failing(0, arrival, None)];
        let outcome = Simulation::new(&network, &setup, 1).unwrap().run();
        assert_eq!((outcome.failures, outcome.warnings.len()), (failures, 1 - failures as usize));
    }
}

#[test]
fn what_is_due_at_a_time_after_the_last_arrival_is_warned_of() {
    let network = triangle();
    let mut setup = setup(&network, 5.0, 30);
    let after = |time| Some(After::Time(time));
    for (at, repair, warning) in [
        (At::Time(1e6), None, Some("does not happen in this run: it is due at 1000000, after")),
        (At::Time(1e6), Some(After::Arrivals(3)), Some("does not happen in this run")),
        (At::Arrival(20), after(1e6), Some("is not repaired in this run: its repair is due after")),
        (At::Time(0.1), after(1e6), Some("is not repaired in this run")),
        (At::Time(0.1), after(0.1), None),
        (At::Time(0.1), None, None),
    ] {
        setup.failures = vec![PlannedFailure { failure: Failure::Link(Link(0)), at, repair }];
        let mut simulation = Simulation::new(&network, &setup, 1).unwrap();
        simulation.step();
        assert!(simulation.outcome().warnings.is_empty(), "it may still happen");
        let warnings = simulation.run().warnings;
        let told: Vec<bool> = warnings
            .iter()
            .map(|text| warning.is_some_and(|warning| text.contains(warning)))
            .collect();
        let expected = vec![true; usize::from(warning.is_some())];
        assert_eq!(told, expected, "{at:?} {repair:?} {warnings:?}");
    }
    setup.failures.clear();
    setup.random_failures = Some(RandomFailures {
        among: vec![Failure::Link(Link(0))],
        mean_time_between: 0.5,
        mean_time_to_repair: 1e6,
    });
    // Random ones are expected to go on beyond the end.
    assert!(Simulation::new(&network, &setup, 1).unwrap().run().warnings.is_empty());
}

#[test]
fn a_repair_that_does_not_come_later_is_refused() {
    let network = triangle();
    let mut setup = setup(&network, 5.0, 30);
    for repair in [After::Arrivals(0), After::Time(0.0), After::Time(-1.0), After::Time(f64::NAN)] {
        for at in [At::Arrival(3), At::Time(1.0)] {
            let failure = Failure::Link(Link(0));
            setup.failures = vec![PlannedFailure { failure, at, repair: Some(repair) }];
            let refused = Simulation::new(&network, &setup, 1).err();
            assert!(matches!(refused, Some(FailureError::RepairAfter(_))), "{repair:?}");
        }
    }
}

#[test]
fn a_repair_too_soon_to_tell_its_time_apart_comes_all_the_same() {
    let planned = PlannedFailure { repair: Some(After::Time(1e-300)), ..failing(0, 10, None) };
    let found = arrivals_with_link_down(planned, 30);
    // At the arrival itself the repair is not due yet.
    assert_eq!(found, [10]);
}

#[test]
fn what_cannot_fail_is_refused_before_the_first_arrival() {
    let network = triangle();
    let mut setup = setup(&network, 5.0, 30);
    let refused = |failure: Failure, at, setup: &mut crate::setup::Setup| {
        setup.failures = vec![PlannedFailure { failure, at, repair: None }];
        Simulation::new(&network, setup, 1).err()
    };
    let late = At::Arrival(1_000_000);
    let unknown = refused(Failure::Link(Link(3)), late, &mut setup);
    assert_eq!(unknown, Some(FailureError::NoLink(3)));
    let unknown = refused(Failure::Node(Node(3)), late, &mut setup);
    assert_eq!(unknown, Some(FailureError::NoNode(3)));
    for time in [-1.0, -0.0, f64::NAN] {
        let early = refused(Failure::Link(Link(0)), At::Time(time), &mut setup);
        assert!(matches!(early, Some(FailureError::Time(_))), "{time}");
    }
}

#[test]
fn random_failures_without_sense_are_refused() {
    let network = triangle();
    let mut setup = setup(&network, 5.0, 30);
    let among = vec![Failure::Link(Link(0))];
    let good = RandomFailures { among, mean_time_between: 1.0, mean_time_to_repair: 1.0 };
    for (random, expected) in [
        (RandomFailures { among: Vec::new(), ..good.clone() }, FailureError::NoneToDraw),
        (
            RandomFailures { among: vec![Failure::Link(Link(9))], ..good.clone() },
            FailureError::NoLink(9),
        ),
        (RandomFailures { mean_time_between: 0.0, ..good.clone() }, FailureError::MeanTime(0.0)),
        (
            RandomFailures { mean_time_between: 1e-300, ..good.clone() },
            FailureError::TooOften { between: 1e-300, most: 1000.0 },
        ),
        (RandomFailures { mean_time_to_repair: -1.0, ..good }, FailureError::MeanTime(-1.0)),
    ] {
        setup.random_failures = Some(random);
        assert_eq!(Simulation::new(&network, &setup, 1).err(), Some(expected));
    }
}

/// A failure of what is down already must not end the process.
#[test]
fn random_failures_go_on_although_they_overlap() {
    let network = triangle();
    let mut setup = setup(&network, 100.0, 200_000);
    setup.random_failures = Some(RandomFailures {
        among: vec![Failure::Link(Link(0)), Failure::Link(Link(1)), Failure::Link(Link(2))],
        mean_time_between: 1.0,
        mean_time_to_repair: 3.0,
    });
    let mut simulation = Simulation::new(&network, &setup, 1).unwrap();
    let mut down = 0;
    while simulation.step().is_some() {
        down += simulation.failures().down().len();
    }
    // Each link is a queue with as many servers as it likes and one failure offered at a time: it
    // works for a share of e^-1 of the time.
    let share = down as f64 / 3.0 / 200_000.0;
    assert!((share - (1.0 - (-1.0_f64).exp())).abs() < 0.03, "{share}");
    // Links go down only while they work, once in three.
    let failures = simulation.outcome().failures as f64 / 2000.0;
    assert!((failures - (-1.0_f64).exp()).abs() < 0.05, "{failures}");
}
