//! What scipy and numpy made of the same series; `testdata/trend.py` wrote it down.

use proptest::prelude::*;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Case {
    name: String,
    at: Vec<f64>,
    values: Vec<f64>,
    slope: f64,
    low: f64,
    high: f64,
    anomalies: Vec<(usize, f64)>,
    acf: Vec<f64>,
    bound: f64,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("../../testdata/trend.json")).unwrap()
}

fn is_near(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9 * (1.0 + other.abs())
}

fn points(case: &Case) -> Vec<Point> {
    let pairs = case.at.iter().zip(&case.values);
    pairs.map(|(&at_s, &value)| Point { at_s, value }).collect()
}

#[test]
fn slopes_and_their_intervals_are_those_of_scipy() {
    for case in cases() {
        let slope = slope(&points(&case)).unwrap();
        for (own, other) in
            [(slope.per_second, case.slope), (slope.low, case.low), (slope.high, case.high)]
        {
            assert!(is_near(own, other), "{}: {own} and {other}", case.name);
        }
    }
}

#[test]
fn anomalies_are_those_of_scipy() {
    for case in cases() {
        let found = anomalies(&case.values);
        assert_eq!(found.len(), case.anomalies.len(), "{}", case.name);
        for (own, (index, score)) in found.iter().zip(&case.anomalies) {
            assert!(own.index == *index && is_near(own.score, *score), "{} {own:?}", case.name);
        }
    }
}

#[test]
fn a_season_is_found_where_there_is_one_with_the_correlation_of_numpy() {
    for case in cases() {
        match season(&case.values) {
            Some(season) => {
                assert!(is_near(season.correlation, case.acf[season.period]), "{}", case.name);
                assert!((season.bound - case.bound).abs() < 1e-3, "{}", case.name);
                let expected = if case.name == "day" { 24 } else { 10 };
                assert_eq!(season.period, expected, "{}", case.name);
                assert!(["day", "ties"].contains(&case.name.as_str()), "{}", case.name);
            }
            None => assert!(!["day", "ties"].contains(&case.name.as_str()), "{}", case.name),
        }
    }
}

#[test]
fn a_straight_line_has_no_season_however_high_it_lies_and_a_small_one_is_found() {
    for (start, step) in [(1e9, 0.1), (1.76e9, 1.0 / 3.0), (1e6, 0.7), (0.0, 1e-9)] {
        let line: Vec<f64> = (0..240).map(|at| start + step * f64::from(at)).collect();
        assert_eq!(season(&line), None, "{start} {step}");
    }
    let small: Vec<f64> = (0..240).map(|at| 1e-12 * f64::from(at % 24 / 12)).collect();
    assert_eq!(season(&small).map(|season| season.period), Some(24));
}

#[test]
fn what_is_too_little_says_nothing() {
    let point = Point { at_s: 1.0, value: 2.0 };
    assert_eq!(slope(&[]), None);
    assert_eq!(slope(&[point, point]), None);
    assert!(anomalies(&[1.0, 99.0]).is_empty() && anomalies(&[5.0; 9]).is_empty());
    assert_eq!((season(&[1.0; 23]), season(&[1.0; 50])), (None, None));
}

proptest! {
    #[test]
    fn one_value_that_is_far_away_does_not_turn_a_trend(at in 0..40_usize, far in -1e6..1e6_f64) {
        let mut points: Vec<Point> =
            (0..40).map(|n| Point { at_s: f64::from(n), value: f64::from(n) }).collect();
        points[at].value = far;
        let slope = slope(&points).unwrap();
        prop_assert!(slope.is_significant() && is_near(slope.per_second, 1.0), "{:?}", slope);
    }

    #[test]
    fn any_values_are_looked_at(values in prop::collection::vec(any::<f64>(), 0..60)) {
        let at = |(at, value): (usize, &f64)| Point { at_s: at as f64, value: *value };
        let points: Vec<Point> = values.iter().enumerate().map(at).collect();
        let _ = (slope(&points), anomalies(&values), season(&values));
    }
}
