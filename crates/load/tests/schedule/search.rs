//! Searches for the capacity of simulated servers whose capacity is known in closed form.

use std::time::Duration;

use proptest::prelude::*;
use tollgate_load::scenario;
use tollgate_load::schedule::stream;
use tollgate_load::search::{Found, Reached, Search, Tried, most_steps};
use tollgate_load::workload::Arrivals;

use rand::Rng;

const PRECISION: f64 = 0.05;

fn asked(from: f64, to: f64) -> scenario::Search {
    let step = Duration::from_secs(5);
    scenario::Search { from, to, arrivals: Arrivals::Even, step, precision: PRECISION }
}

fn run(asked: scenario::Search, mut server: impl FnMut(f64) -> Tried) -> Found {
    let mut search = Search::new(asked);
    while let Some(rate) = search.next() {
        assert!(rate <= asked.to && rate >= asked.from, "{rate}");
        search.tell(&server(rate));
    }
    let found = search.outcome();
    assert!(found.tried.len() <= most_steps(asked) as usize);
    found
}

fn tried(rate: f64, p99: f64, held: bool) -> Tried {
    let time = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    Tried { rate, achieved: rate, p50: time(p99 / 7.0), p99: time(p99), errors: 0.0, held }
}

/// One server with exponential service: its response times are exponential too, of rate
/// `service - rate`, so that p99 = ln(100) / (service - rate).
fn single_server(service: f64, limit: f64) -> impl Fn(f64) -> Tried {
    move |rate| {
        let p99 = if rate < service { 100_f64.ln() / (service - rate) } else { f64::INFINITY };
        tried(rate, p99, p99 < limit)
    }
}

#[test]
fn the_capacity_of_a_single_server_queue_is_where_its_p99_reaches_the_limit() {
    for (service, limit) in [(1000.0, 0.1), (9000.0, 0.01), (60_000.0, 0.2), (150.0, 0.06)] {
        let found = run(asked(50.0, 100_000.0), single_server(service, limit));
        let exact = service - 100_f64.ln() / limit;
        let capacity = found.capacity.unwrap();
        assert!(capacity <= exact && exact < capacity * (1.0 + PRECISION), "{capacity} {exact}");
        assert_eq!(found.limit, Reached::Budget);
    }
}

#[test]
fn a_rate_that_is_not_achieved_does_not_hold() {
    // Answers quickly to those it takes, but takes no more than 3000/s.
    let found = run(asked(50.0, 100_000.0), |rate| Tried {
        achieved: rate.min(3000.0),
        ..tried(rate, 0.001, true)
    });
    let capacity = found.capacity.unwrap();
    let exact = 3000.0 / 0.99;
    assert!(capacity <= exact && exact < capacity * (1.0 + PRECISION), "{capacity}");
    assert_eq!(found.limit, Reached::Rate);
    let found = run(asked(50.0, 100_000.0), |rate| Tried {
        achieved: f64::NAN,
        ..tried(rate, 0.001, true)
    });
    assert_eq!((found.capacity, found.limit), (None, Reached::Floor));
}

#[test]
fn a_hundredth_of_the_rate_may_be_missing() {
    let missing = |share: f64| {
        run(asked(50.0, 100.0), |rate| Tried {
            achieved: rate * (1.0 - share),
            ..tried(rate, 0.001, true)
        })
    };
    assert_eq!(missing(0.009).limit, Reached::Ceiling);
    assert_eq!(missing(0.011).limit, Reached::Floor);
    assert!(missing(0.009).tried.iter().all(Tried::holds));
}

#[test]
fn between_a_rate_that_held_and_one_that_did_not_the_geometric_mean_is_tried() {
    let found = run(asked(50.0, 800.0), |rate| tried(rate, 0.001, rate < 130.0));
    let rates: Vec<u32> = found.tried.iter().map(|tried| tried.rate as u32).collect();
    // 50 * 2^(3/2) = 141.4, 50 * 2^(5/4) = 118.9, 50 * 2^(11/8) = 129.7, 50 * 2^(23/16) = 135.4.
    assert_eq!(rates, [50, 100, 200, 200, 141, 141, 118, 129, 135, 135]);
    assert!((found.capacity.unwrap() - 50.0 * 2_f64.powf(1.375)).abs() < 1e-9);
}

#[test]
fn a_server_that_never_holds_is_tried_twice_and_has_no_capacity() {
    let found = run(asked(50.0, 100_000.0), |rate| tried(rate, 9.0, false));
    assert_eq!((found.capacity, found.limit), (None, Reached::Floor));
    assert_eq!(found.tried.iter().map(|tried| tried.rate).collect::<Vec<_>>(), [50.0, 50.0]);
}

#[test]
fn a_server_that_always_holds_is_tried_up_to_the_ceiling() {
    let found = run(asked(50.0, 1000.0), |rate| tried(rate, 0.001, true));
    assert_eq!((found.capacity, found.limit), (Some(1000.0), Reached::Ceiling));
    let rates: Vec<f64> = found.tried.iter().map(|tried| tried.rate).collect();
    assert_eq!(rates, [50.0, 100.0, 200.0, 400.0, 800.0, 1000.0]);
}

#[test]
fn a_single_failure_is_forgiven_and_a_later_success_stands() {
    let mut failures = 0;
    let found = run(asked(50.0, 400.0), |rate| {
        let fails = rate == 200.0 && failures == 0;
        failures += u32::from(fails);
        tried(rate, 0.001, !fails)
    });
    assert_eq!((found.capacity, found.limit), (Some(400.0), Reached::Ceiling));
    assert_eq!(found.tried.len(), 5);
}

#[test]
fn chance_failures_rarely_hide_the_capacity() {
    // One step in twenty fails for nothing: a rate that holds is given up once in 400 times, and
    // a search tries about a dozen of those, so that three in a hundred end too low.
    let server = single_server(9000.0, 0.01);
    let exact = 9000.0 - 100_f64.ln() / 0.01;
    let close = (0..1000).filter(|seed| {
        let mut rng = stream(*seed, "noise", 0);
        let found = run(asked(50.0, 100_000.0), |rate| {
            let unlucky = rng.next_u64().is_multiple_of(20);
            Tried { held: server(rate).held && !unlucky, ..server(rate) }
        });
        let capacity = found.capacity.unwrap_or(0.0);
        capacity <= exact && exact < capacity * (1.0 + PRECISION)
    });
    let close = close.count();
    assert!((950..1000).contains(&close), "{close}");
}

#[test]
fn a_search_that_is_cut_short_says_what_held_so_far() {
    let mut search = Search::new(asked(50.0, 1000.0));
    assert_eq!(search.outcome().limit, Reached::Unfinished);
    search.tell(&tried(50.0, 0.001, true));
    let found = search.outcome();
    assert_eq!((found.capacity, found.limit), (Some(50.0), Reached::Unfinished));
    assert_eq!((search.next(), search.next()), (Some(100.0), Some(100.0)));
}

#[test]
fn what_a_finished_search_is_told_changes_nothing() {
    let mut search = Search::new(asked(50.0, 50.0));
    search.tell(&tried(50.0, 0.001, true));
    let found = search.outcome();
    assert_eq!((search.next(), found.limit), (None, Reached::Ceiling));
    search.tell(&tried(100.0, 0.001, true));
    assert_eq!(search.outcome(), found);
}

#[test]
fn a_search_from_nothing_ends_at_once() {
    for from in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let search = Search::new(asked(from, 100.0));
        assert_eq!((search.next(), most_steps(asked(from, 100.0))), (None, 0));
        assert_eq!(search.outcome().limit, Reached::Floor);
    }
}

#[test]
fn nothing_above_the_ceiling_is_tried_even_if_the_first_rate_is() {
    let found = run(asked(50.0, 70.0), |rate| tried(rate, 0.001, true));
    assert_eq!(found.capacity, Some(70.0));
    let mut search = Search::new(asked(200.0, 100.0));
    assert_eq!(search.next(), Some(100.0));
    search.tell(&tried(100.0, 0.001, true));
    assert_eq!((search.next(), search.outcome().limit), (None, Reached::Ceiling));
    assert_eq!(Search::new(asked(50.0, f64::NAN)).next(), Some(50.0));
    assert_eq!(most_steps(asked(50.0, f64::INFINITY)), u32::MAX);
}

proptest! {
    #[test]
    fn any_capacity_is_found_within_the_precision_and_the_steps_foretold(
        from in 0.1..100.0_f64, span in 1.0..10_000.0_f64, place in 0.0..1.2_f64,
        precision in 0.0..0.5_f64, chance: u64,
    ) {
        let asked = scenario::Search { precision, ..asked(from, from * span) };
        let exact = from * span.powf(place);
        let mut rng = stream(chance, "noise", 0);
        let noisy = chance.is_multiple_of(2);
        let found = run(asked, |rate| {
            let unlucky = noisy && rng.next_u64().is_multiple_of(4);
            tried(rate, 0.001, rate <= exact && !unlucky)
        });
        let most = exact.min(asked.to);
        let capacity = found.capacity.unwrap_or(from);
        prop_assert!(capacity <= most);
        prop_assert!(noisy || most <= capacity * (1.0 + precision.max(0.001)));
    }
}
