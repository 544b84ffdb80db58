//! What happens around failures: windows, recovery times, percentiles.

use survivability::failure::{AreaRule, Failure, Radius};
use survivability::modulation::ReachTable;
use survivability::outcome::{Recoveries, Share, percentile};
use survivability::setup::{After, At, PlannedFailure, RandomFailures, Restoration};
use survivability::simulation::Simulation;
use survivability::topology::{Link, Node};

use crate::build::{SHARES, network, nsfnet, one_link, setup, topology};

/// Every link of NSFNET is within reach of an area of two hops around node 5.
fn outage(at: u64, repair: Option<u64>) -> PlannedFailure {
    let network = nsfnet();
    let centre = network.topology().node("5").unwrap();
    let failure = Failure::Geographic { centre, radius: Radius::Hops(2), rule: AreaRule::Touch };
    assert_eq!(failure.links(network.topology()).unwrap().len(), 22);
    PlannedFailure { failure, at: At::Arrival(at), repair: repair.map(After::Arrivals) }
}

#[test]
fn a_total_outage_of_50_arrivals_is_a_twentieth_of_a_window_of_1000() {
    let network = nsfnet();
    let mut setup = setup(&network, 50.0, &[(25, 1.0)], 320);
    setup.traffic.requests = 2000;
    setup.failures = vec![outage(1000, Some(50))];
    let outcome = Simulation::new(&network, &setup, 1).unwrap().run();
    assert_eq!(outcome.totals.blocked_by_failure, 50);
    let [window] = &outcome.windows[..] else { panic!("{:?}", outcome.windows) };
    assert_eq!((window.fail_arrival, window.repair_arrival), (1000, Some(1050)));
    assert_eq!(window.before, Some(Share { of: 1000, blocked: 0 }));
    assert_eq!(window.from_failure, Some(Share { of: 1000, blocked: 50 }));
    assert_eq!(window.after_repair, Some(Share { of: 950, blocked: 0 }));
    assert!((window.from_failure.unwrap().value() - 0.05).abs() < 1e-15);
}

#[test]
fn a_window_ends_with_the_last_arrival_and_begins_after_the_warm_up() {
    let network = nsfnet();
    let mut setup = setup(&network, 50.0, &[(25, 1.0)], 320);
    (setup.traffic.requests, setup.window, setup.warmup) = (2000, 500, 1200);
    setup.failures = vec![outage(1000, Some(250)), outage(1900, Some(100))];
    let outcome = Simulation::new(&network, &setup, 1).unwrap().run();
    let [first, second] = &outcome.windows[..] else { panic!("{:?}", outcome.windows) };
    assert_eq!(first.before, None);
    assert_eq!(first.from_failure, Some(Share { of: 300, blocked: 50 }));
    assert_eq!(first.after_repair, Some(Share { of: 500, blocked: 0 }));
    assert_eq!(second.before, Some(Share { of: 500, blocked: 0 }));
    assert_eq!(second.from_failure, Some(Share { of: 100, blocked: 100 }));
    assert_eq!((second.t_repair, second.after_repair), (None, None));
    assert_eq!(outcome.totals.blocked(), 150);
    assert_eq!(outcome.warnings.len(), 1);
}

#[test]
fn a_failure_at_the_first_arrival_has_nothing_before_it() {
    let network = nsfnet();
    let mut setup = setup(&network, 50.0, &[(25, 1.0)], 320);
    (setup.traffic.requests, setup.window) = (100, 1000);
    setup.failures = vec![outage(0, None)];
    let outcome = Simulation::new(&network, &setup, 1).unwrap().run();
    assert_eq!(outcome.windows[0].before, None);
    assert_eq!(outcome.windows[0].from_failure, Some(Share { of: 100, blocked: 100 }));
    assert!((outcome.blocking() - 1.0).abs() < 1e-15);
}

/// The area around node 5 spares no link, that around node 7 does, and inside of one hop leaves
/// most of the network.
#[test]
fn areas_block_in_the_order_of_what_they_take_down() {
    let network = nsfnet();
    let node = |name: &str| network.topology().node(name).unwrap();
    let area =
        |centre, hops, rule| Failure::Geographic { centre, radius: Radius::Hops(hops), rule };
    let blocked = |failure| {
        let mut setup = setup(&network, 50.0, &[(25, 1.0)], 320);
        setup.traffic.requests = 3000;
        let repair = Some(After::Arrivals(1000));
        setup.failures = vec![PlannedFailure { failure, at: At::Arrival(1000), repair }];
        Simulation::new(&network, &setup, 1).unwrap().run().totals.blocked_by_failure
    };
    assert_eq!(blocked(area(node("5"), 2, AreaRule::Touch)), 1000);
    let touch = blocked(area(node("7"), 1, AreaRule::Touch));
    let inside = blocked(area(node("7"), 1, AreaRule::Inside));
    let link = blocked(Failure::Link(Link(0)));
    assert!(touch < 1000 && touch > inside && inside > link, "{touch} {inside} {link}");
}

#[test]
fn a_node_that_failed_is_no_end_of_any_request_served() {
    let network = nsfnet();
    let node = network.topology().node("8").unwrap();
    let mut setup = setup(&network, 50.0, &[(25, 1.0)], 320);
    setup.traffic.requests = 3000;
    let failure = Failure::Node(node);
    setup.failures = vec![PlannedFailure { failure, at: At::Arrival(500), repair: None }];
    let mut simulation = Simulation::new(&network, &setup, 1).unwrap();
    let mut ends = 0;
    while let Some(arrival) = simulation.step() {
        let request = arrival.request;
        if request.id >= 500 && (request.src == node || request.dst == node) {
            assert!(arrival.blocked.is_some());
            ends += 1;
        }
    }
    assert!(ends > 200, "{ends}");
}

#[test]
fn recovery_times_have_the_percentiles_of_numpy() {
    let of = |ms: &[f64]| Recoveries { ms: ms.to_vec(), ..Recoveries::default() };
    let steps: Vec<f64> = (10..=20).map(|step| f64::from(step) * 5.0).collect();
    for (ms, mean, p95, max) in [
        (steps, 75.0, 97.5, 100.0),
        (vec![50.0, 100.0, 55.0], 205.0 / 3.0, 95.5, 100.0),
        (vec![50.0, 100.0], 75.0, 97.5, 100.0),
        (vec![42.0], 42.0, 42.0, 42.0),
        (Vec::new(), 0.0, 0.0, 0.0),
    ] {
        let recoveries = of(&ms);
        assert!((recoveries.mean_ms() - mean).abs() < 1e-12, "{ms:?}");
        assert!((recoveries.percentile_ms(95.0) - p95).abs() < 1e-12, "{ms:?}");
        assert!((recoveries.percentile_ms(100.0) - max).abs() < 1e-12, "{ms:?}");
    }
    assert!((percentile(&[1.0, 2.0, 4.0], 0.0) - 1.0).abs() < 1e-15);
    assert!((percentile(&[1.0, 2.0, 4.0], 50.0) - 2.0).abs() < 1e-15);
}

#[test]
fn a_restored_request_waits_as_long_as_it_was_told() {
    let network = network(topology(3, &[[0, 1], [1, 2], [0, 2]]), 2, ReachTable::icc_2020());
    let mut setup = setup(&network, 30.0, &[(25, 1.0)], 320);
    setup.traffic.requests = 500;
    let failure = Failure::Link(Link(0));
    setup.failures = vec![PlannedFailure { failure, at: At::Arrival(250), repair: None }];
    setup.restoration =
        Some(Restoration { latency_ms: 100.0, per_hop_ms: 0.0, per_request_ms: 0.0 });
    let recoveries = Simulation::new(&network, &setup, 1).unwrap().run().recoveries;
    assert!(recoveries.restored > 3);
    assert_eq!(recoveries.ms, vec![100.0; recoveries.restored as usize]);
}

#[test]
fn a_million_arrivals_leak_no_slot() {
    let network = nsfnet();
    let mut setup = setup(&network, 300.0, &SHARES, 320);
    setup.traffic.requests = 1_000_000;
    (setup.grid.guard, setup.max_segments) = (1, 4);
    let failure = |link: u16| Failure::Link(Link(link));
    setup.random_failures = Some(RandomFailures {
        among: (0..22).map(failure).chain([Failure::Node(Node(3))]).collect(),
        mean_time_between: 20.0,
        mean_time_to_repair: 4.0,
    });
    setup.restoration =
        Some(Restoration { latency_ms: 100.0, per_hop_ms: 0.0, per_request_ms: 0.0 });
    let mut simulation = Simulation::new(&network, &setup, 1).unwrap();
    while simulation.step().is_some() {}
    let outcome = simulation.outcome();
    assert!(outcome.failures > 100 && outcome.recoveries.restored > 1000, "{outcome:?}");
    assert!(outcome.totals.dropped > 100 && outcome.totals.blocked_by_congestion > 100);
    // Ended requests leave their places to later ones.
    assert!(simulation.live_memory_bytes() < 200_000, "{}", simulation.live_memory_bytes());
    simulation.drain();
    assert_eq!((simulation.live(), simulation.spectrum().busy()), (0, 0));
    let spectrum = simulation.spectrum();
    let is_free = |link: u16| (0..320).all(|slot| spectrum.is_free(Link(link), 0, slot));
    assert!((0..22).all(is_free));
}

#[test]
fn bins_tell_blocked_and_dropped_requests_in_the_order_of_time() {
    let network = one_link(&[(100, 1)]);
    let mut setup = setup(&network, 20.0, &[(100, 1.0)], 64);
    setup.traffic.requests = 1050;
    let failure = Failure::Link(Link(0));
    let repair = Some(After::Arrivals(100));
    setup.failures = vec![PlannedFailure { failure, at: At::Arrival(500), repair }];
    let outcome = Simulation::new(&network, &setup, 1).unwrap().run();
    // 1050 arrivals in at most 200 bins: six each.
    assert_eq!(outcome.series.len(), 175);
    let mut first = 0;
    for bin in &outcome.series {
        let within = |id: u64| (500..600).contains(&id);
        let expected = (first..first + bin.arrivals).filter(|id| within(*id)).count() as u64;
        assert_eq!((bin.arrivals, bin.blocked), (6, expected));
        first += bin.arrivals;
    }
    let dropped: u64 = outcome.series.iter().map(|bin| bin.dropped).sum();
    assert!(dropped > 0);
    assert_eq!(dropped, outcome.totals.dropped);
    assert!(outcome.series.windows(2).all(|bins| bins[0].end < bins[1].end));
}

#[test]
fn time_counts_from_the_first_request_that_does() {
    let network = one_link(&[(100, 1)]);
    let mut setup = setup(&network, 20.0, &[(100, 1.0)], 64);
    setup.traffic.requests = 1000;
    for warmup in [0, 1, 400] {
        setup.warmup = warmup;
        let mut simulation = Simulation::new(&network, &setup, 1).unwrap();
        let times: Vec<f64> =
            std::iter::from_fn(|| simulation.step()).map(|it| it.request.arrive).collect();
        let begin = if warmup == 0 { 0.0 } else { times[warmup as usize] };
        let counted: f64 = simulation.outcome().series.iter().map(|bin| bin.time).sum();
        assert!((counted - (times[999] - begin)).abs() < 1e-9, "{warmup}: {counted}");
    }
}
