use std::time::Duration;

use super::*;
use crate::search::Reached;

const CANVAS: Canvas = Canvas { width: 72, height: 18, ascii: false };

/// As a queue would do: p99 grows without end towards 4000/s, and no more than that is done.
fn found() -> Found {
    let rates = [50.0, 100.0, 200.0, 400.0, 800.0, 1600.0, 3200.0, 6400.0, 6400.0, 4525.0, 3805.0];
    let tried = rates.map(|rate: f64| {
        let p99 = 4.6 / (4000.0 - rate).max(2.0);
        let p99 = Duration::from_secs_f64(p99);
        let held = p99 < Duration::from_millis(10);
        Tried { rate, achieved: rate.min(4000.0), p50: p99 / 7, p99, errors: 0.0, held }
    });
    Found { capacity: Some(3200.0), tried: tried.to_vec(), limit: Reached::Budget }
}

fn narrow() -> Found {
    let mut found = found();
    found.tried.retain(|tried| (800.0..=3500.0).contains(&tried.rate));
    found
}

#[test]
fn wide_spans_are_drawn_on_logarithmic_axes() {
    insta::assert_snapshot!(plot(&found(), CANVAS));
}

#[test]
fn narrow_spans_are_drawn_from_zero() {
    insta::assert_snapshot!(plot(&narrow(), CANVAS));
}

#[test]
fn a_terminal_without_more_gets_ascii() {
    let drawn = plot(&found(), Canvas { ascii: true, ..CANVAS });
    assert!(drawn.is_ascii());
    insta::assert_snapshot!(drawn);
}

#[test]
fn without_a_capacity_none_is_marked() {
    let mut found = narrow();
    found.capacity = None;
    found.tried.truncate(1);
    insta::assert_snapshot!(plot(&found, Canvas { width: 30, height: 10, ascii: false }));
}

#[test]
fn nothing_tried_is_said() {
    let empty = Found { capacity: None, tried: Vec::new(), limit: Reached::Floor };
    assert_eq!(plot(&empty, CANVAS), "no rate was tried\n");
    let mut unknown = found();
    unknown.tried.iter_mut().for_each(|tried| tried.achieved = f64::NAN);
    assert_eq!(plot(&unknown, CANVAS), "no rate was tried\n");
}

#[test]
fn labels_carry_their_units() {
    let times = [0.0, 2e-8, 5e-4, 9.996e-4, 0.02, 1.5, 120.0].map(time);
    assert_eq!(times, ["0", "20 ns", "500 us", "1 ms", "20 ms", "1.5 s", "120 s"]);
    let rates = [0.25, 50.0, 999.6, 1500.0, 12_345.0, 3e6].map(rate);
    assert_eq!(rates, ["0.25", "50", "1k", "1.5k", "12.3k", "3M"]);
}

proptest::proptest! {
    #[test]
    fn any_search_fits_its_canvas(
        points in proptest::collection::vec((0.0..1e9_f64, 0.0..1e9_f64, 0..u64::MAX), 1..20),
        width in 0..200_usize, height in 0..60_usize, ascii: bool,
    ) {
        let tried = points.iter().map(|(rate, achieved, p99)| Tried {
            rate: *rate,
            achieved: *achieved,
            p50: Duration::ZERO,
            p99: Duration::from_nanos(*p99),
            errors: 0.0,
            held: true,
        });
        let capacity = points.first().map(|(rate, ..)| *rate);
        let found = Found { capacity, tried: tried.collect(), limit: Reached::Budget };
        let drawn = plot(&found, Canvas { width, height, ascii });
        proptest::prop_assert_eq!(drawn.lines().count(), height.max(SMALLEST.1));
        let graph = drawn.lines().take(drawn.lines().count() - 1);
        for line in graph {
            proptest::prop_assert!(line.chars().count() <= width.max(SMALLEST.0), "{line}");
        }
    }
}
