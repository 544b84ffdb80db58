//! Quantiles and their ranks, against numpy, scipy and exact arithmetic.

use proptest::prelude::*;
use tollgate_stats::binomial::{cdf, sf};
use tollgate_stats::quantile::{
    Ranks, inverse_ecdf, linear, minimum_n, rank, ranks, ranks_effective,
};
use tollgate_stats::sample::Sample;

use crate::golden::{latency, number, numbers, rows, same, table, whole};

#[test]
fn both_quantiles_are_those_of_numpy() {
    let sample = Sample::new(latency()).unwrap();
    let expected = table("quantiles");
    for (i, q) in numbers(&expected["levels"]).into_iter().enumerate() {
        let seen = inverse_ecdf(sample.sorted(), q);
        same(seen, number(&expected["inverted_cdf"][i]), "inverted_cdf");
        same(linear(sample.sorted(), q), number(&expected["linear"][i]), "linear");
    }
}

#[test]
fn bounds_of_a_quantile_are_those_of_scipy() {
    let sample = Sample::new(latency()).unwrap();
    let expected = table("quantiles");
    for (i, q) in numbers(&expected["levels"]).into_iter().enumerate() {
        let ranks = ranks(1000, q, 0.95);
        let at = |rank: Option<u64>| rank.map(|r| sample.sorted()[r as usize - 1]);
        for (found, bound) in [(at(ranks.low), 0), (at(ranks.high), 1)] {
            match (found, expected["bounds95"][i][bound].as_f64()) {
                (Some(found), Some(expected)) => same(found, expected, "bound"),
                (found, expected) => assert_eq!(found, expected, "bound {bound} of {q}"),
            }
        }
    }
}

#[test]
fn ranks_are_those_of_the_definition_up_to_a_billion() {
    for row in rows(table("ranks")) {
        let found = ranks(whole(&row[0]), number(&row[1]), number(&row[2]));
        let expected = Ranks { low: row[3].as_u64(), high: row[4].as_u64() };
        assert_eq!(found, expected, "{row}");
    }
}

#[test]
fn binomial_probabilities_are_those_of_scipy() {
    for row in rows(table("binomial")) {
        let (k, n, p) = (whole(&row[0]), whole(&row[1]), number(&row[2]));
        // Below 1e-250 scipy itself differs from one release to the next.
        for (found, expected) in [(cdf(k, n, p), &row[3]), (sf(k, n, p), &row[4])] {
            if number(expected) > 1e-250 {
                same(found, number(expected), &row.to_string());
            }
        }
    }
}

#[test]
fn a_finite_upper_bound_of_p99_needs_368_observations() {
    let check = |q, confidence, upper| {
        let minimum = minimum_n(q, confidence);
        assert_eq!(minimum.upper, upper, "{q} at {confidence}");
        assert_eq!(ranks(upper, q, confidence).high, Some(upper));
        assert_eq!(ranks(upper - 1, q, confidence).high, None);
        assert!(ranks(minimum.lower, q, confidence).low.is_some());
        assert!(minimum.lower == 1 || ranks(minimum.lower - 1, q, confidence).low.is_none());
    };
    let two_sided = [(0.5, 6), (0.9, 36), (0.95, 72), (0.99, 368), (0.999, 3688)];
    two_sided.into_iter().for_each(|(q, upper)| check(q, 0.95, upper));
    let one_sided = [(0.5, 5), (0.9, 29), (0.95, 59), (0.99, 299), (0.999, 2995)];
    one_sided.into_iter().for_each(|(q, upper)| check(q, 0.9, upper));
    check(0.01, 0.95, 1);
}

/// The q-quantile for q = a/b in whole numbers: the first value with b * (number at or below)
/// >= a * n.
fn exact_quantile(sorted: &[f64], a: u64, b: u64) -> f64 {
    let n = sorted.len() as u64;
    let at_or_below = |x: f64| sorted.iter().filter(|&&v| v <= x).count() as u64;
    *sorted.iter().find(|&&x| b * at_or_below(x) >= a * n).unwrap()
}

proptest! {
    /// For q = a/b: inverse_ecdf(x, q) is the quantile of integer arithmetic.
    #[test]
    fn the_quantile_is_that_of_integer_arithmetic(
        values in prop::collection::vec(-50_i32..50, 1..300),
        (a, b) in (1_u64..1000).prop_flat_map(|b| (0..=b, Just(b))),
    ) {
        let sample = Sample::new(values.into_iter().map(f64::from).collect()).unwrap();
        let q = a as f64 / b as f64;
        prop_assert_eq!(inverse_ecdf(sample.sorted(), q), exact_quantile(sample.sorted(), a, b));
    }

    /// For q = a/b: rank(n, q) = max(1, ceil(a n / b)) in integers, n up to a billion.
    #[test]
    fn the_rank_is_that_of_integer_arithmetic(
        n in 1_u64..1_000_000_000,
        (a, b) in prop::sample::select(vec![2_u64, 10, 20, 100, 1000, 10_000])
            .prop_flat_map(|b| (0..=b, Just(b))),
    ) {
        prop_assert_eq!(rank(n, a as f64 / b as f64), (a * n).div_ceil(b).max(1));
    }

    /// Bounds surround the estimate: low <= ceil(q n) <= high, at any effective n.
    #[test]
    fn the_ranks_surround_the_estimate(
        n in 1_u64..100_000, share in 0.001..=1.0_f64, q in 0.001..0.999_f64, c in 0.01..0.9999_f64,
    ) {
        let found = ranks_effective(n, share * n as f64, q, c);
        let estimate = rank(n, q);
        prop_assert!(found.low.is_none_or(|l| l <= estimate), "{:?} around {}", found, estimate);
        prop_assert!(found.high.is_none_or(|u| u >= estimate), "{:?} around {}", found, estimate);
    }

    /// More confidence, or less information, never narrows the bounds.
    #[test]
    fn more_confidence_and_fewer_effective_observations_widen_the_bounds(
        n in 1_u64..100_000, share in 0.01..=1.0_f64, q in 0.001..0.999_f64, c in 0.5..0.99_f64,
    ) {
        let narrow = ranks(n, q, c);
        for wide in [ranks(n, q, c + 0.009), ranks_effective(n, share * n as f64, q, c)] {
            prop_assert!(wide.low.unwrap_or(0) <= narrow.low.unwrap_or(0));
            prop_assert!(wide.high.unwrap_or(n + 1) >= narrow.high.unwrap_or(n + 1));
        }
    }
}
