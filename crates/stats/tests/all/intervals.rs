//! Intervals of shares and means, against statsmodels and scipy.

use proptest::prelude::*;
use tollgate_stats::binomial::{clopper_pearson, clopper_pearson_effective, wilson};
use tollgate_stats::dependence::{
    autocorrelation, blocks_of, design_effect, integrated_autocorrelation_time, mean_interval,
    mean_interval_of_trials, quantile_interval, quantile_interval_of_trials,
    quantile_interval_of_windows,
};
use tollgate_stats::histogram::Histogram;
use tollgate_stats::mean::{batch_mean_interval, t_interval};
use tollgate_stats::multiple::{benjamini_hochberg, benjamini_yekutieli};
use tollgate_stats::rng::{lcg, seed_from};

use crate::golden::{bell, close, latency, number, numbers, rows, same, table, whole};

#[test]
fn intervals_of_shares_are_those_of_statsmodels() {
    for row in rows(table("proportions")) {
        let (k, n, confidence) = (whole(&row[0]), whole(&row[1]), number(&row[2]));
        let exact = clopper_pearson(k, n, confidence);
        same(exact.low, number(&row[3]), &format!("low of {row}"));
        same(exact.high, number(&row[4]), &format!("high of {row}"));
        let score = wilson(k, n, confidence);
        close(score.low, number(&row[5]), &format!("Wilson low of {row}"));
        close(score.high, number(&row[6]), &format!("Wilson high of {row}"));
    }
}

#[test]
fn intervals_at_an_effective_n_are_those_of_the_beta_distribution() {
    for row in rows(table("effective_proportions")) {
        let found =
            clopper_pearson_effective(whole(&row[0]), whole(&row[1]), number(&row[2]), 0.95);
        same(found.low, number(&row[3]), &row.to_string());
        same(found.high, number(&row[4]), &row.to_string());
    }
}

#[test]
fn no_error_in_3000_requests_proves_less_than_a_thousandth() {
    let found = clopper_pearson(0, 3000, 0.9);
    same(found.high, 0.000_998_079_011_996_586_5, "upper bound");
}

#[test]
fn intervals_of_means_are_those_of_scipy() {
    let x = bell(1, 12, 100.0, 10.0);
    for row in rows(table("means")) {
        let found = t_interval(&x[..whole(&row[0]) as usize], number(&row[1])).unwrap();
        same(found.low, number(&row[2]), &row.to_string());
        same(found.high, number(&row[3]), &row.to_string());
    }
}

#[test]
fn adjusted_p_values_are_those_of_scipy() {
    for case in rows(table("discoveries")) {
        let p = numbers(&case["p"]);
        let pairs = [(benjamini_hochberg(&p), "bh"), (benjamini_yekutieli(&p), "by")];
        for (found, key) in pairs {
            let expected = numbers(&case[key]);
            assert_eq!(found.len(), expected.len());
            found.iter().zip(expected).for_each(|(f, e)| same(*f, e, key));
        }
    }
}

#[test]
fn few_batches_give_at_least_the_interval_of_student() {
    let skewed = &latency()[..8];
    let (hull, student) =
        (batch_mean_interval(skewed, 0.95).unwrap(), t_interval(skewed, 0.95).unwrap());
    assert!(hull.low <= student.low && hull.high > student.high, "{hull:?} against {student:?}");
    let many = &latency()[..20];
    assert_eq!(batch_mean_interval(many, 0.95), t_interval(many, 0.95));
}

#[test]
fn a_design_effect_is_the_variance_of_block_means_over_the_binomial_one() {
    // Means .1 and .3 with p = .2: variance of block means .02, binomial .16/10 = .016.
    assert!((design_effect(&[(1, 10), (3, 10)]) - 1.25).abs() < 1e-12);
    // Whole blocks of hits or misses: every block is one observation, n/(n-1) of its variance.
    let found = design_effect(&[(10, 10), (0, 10), (10, 10), (0, 10)]);
    assert!((found - 10.0 * 4.0 / 3.0).abs() < 1e-12);
    assert_eq!(design_effect(&[(0, 10), (0, 10)]), 1.0);
    assert_eq!(design_effect(&[(3, 10)]), 1.0);
    assert_eq!(design_effect(&[]), 1.0);
}

#[test]
fn blocks_cover_a_series_once() {
    let ranges = blocks_of(&[0.0; 103], 20);
    assert_eq!(ranges.len(), 20);
    assert_eq!(ranges.iter().map(ExactSizeIterator::len).sum::<usize>(), 103);
    assert!(ranges.windows(2).all(|w| w[0].end == w[1].start));
    assert_eq!(blocks_of(&[1.0, 2.0], 20).len(), 2);
    assert!(blocks_of(&[], 20).is_empty());
}

/// An autoregressive series with correlation rho from one step to the next.
fn autoregressive(seed: u64, n: usize, rho: f64) -> Vec<f64> {
    let noise = bell(seed, n, 0.0, 2.0);
    let mut state = 0.0;
    let step = |e: f64| {
        state = rho * state + e;
        state
    };
    noise.into_iter().map(step).collect()
}

#[test]
fn the_autocorrelation_time_of_an_autoregression_is_found() {
    for rho in [0.0, 0.5, 0.9] {
        let series = autoregressive(50, 200_000, rho);
        let found = integrated_autocorrelation_time(&series);
        let truth = (1.0 + rho) / (1.0 - rho);
        assert!((found / truth - 1.0).abs() < 0.12, "rho {rho}: found {found}, truth {truth}");
        assert!((autocorrelation(&series, 1) - rho).abs() < 0.01);
    }
}

#[test]
fn trials_that_differ_count_as_trials() {
    let trial = |i: u64| bell(10 * i, 500, 100.0 + 5.0 * i as f64, 2.0);
    let trials: Vec<Vec<f64>> = (1..=5).map(trial).collect();
    let slices: Vec<&[f64]> = trials.iter().map(Vec::as_slice).collect();
    let apart = mean_interval_of_trials(&slices, 0.95).unwrap();
    assert_eq!(apart.batches, 5);
    // Between trials the standard deviation is 7.9, and t with 4 degrees of freedom is 2.78.
    assert!((apart.interval.width() / (2.0 * 2.776 * 7.9 / 5_f64.sqrt()) - 1.0).abs() < 0.02);
    let median = quantile_interval_of_trials(&slices, 0.5, 0.95).unwrap();
    assert!(median.n_effective < 10.0, "{median:?}");

    let alike: Vec<Vec<f64>> = (1..=5).map(|i| bell(10 * i, 500, 100.0, 2.0)).collect();
    let slices: Vec<&[f64]> = alike.iter().map(Vec::as_slice).collect();
    let pooled = mean_interval_of_trials(&slices, 0.95).unwrap();
    assert!(pooled.batches > 50, "{pooled:?}");
}

#[test]
fn windows_of_a_run_give_nearly_the_interval_of_its_values() {
    let values: Vec<f64> =
        autoregressive(80, 60_000, 0.7).iter().map(|v| 5000.0 + 500.0 * v).collect();
    let whole: Vec<u64> = values.iter().map(|&v| v as u64).collect();
    let windows: Vec<Histogram> =
        whole.chunks(500).map(|c| Histogram::from_values(c.iter().copied())).collect();
    let coarse = quantile_interval_of_windows(&windows, 0.9, 0.95).unwrap();
    let fine = quantile_interval(&values, 0.9, 0.95).unwrap();
    assert!((coarse.value / fine.value - 1.0).abs() < 0.001);
    assert!(coarse.interval.contains(fine.value));
    let widths = coarse.interval.width() / fine.interval.width();
    assert!((0.7..1.5).contains(&widths), "{coarse:?} against {fine:?}");
}

#[test]
fn a_seed_depends_on_every_part_and_on_where_it_ends() {
    let seeds = [
        seed_from(&[]),
        seed_from(&[""]),
        seed_from(&["ab", "c"]),
        seed_from(&["a", "bc"]),
        seed_from(&["abc"]),
    ];
    let mut distinct = seeds.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), seeds.len());
    // Stored runs are judged again by later releases: the seed of a name may never change.
    assert_eq!(seed_from(&["run 1", "latency p99"]), SEED_OF_RUN_1);
}

const SEED_OF_RUN_1: u64 = 8_635_000_018_755_322_560;

proptest! {
    /// low <= k/n <= high, and more confidence never narrows.
    #[test]
    fn intervals_of_shares_hold_the_share_and_grow_with_confidence(
        (k, n) in (1_u64..100_000).prop_flat_map(|n| (0..=n, Just(n))), c in 0.01..0.98_f64,
    ) {
        let share = k as f64 / n as f64;
        for method in [clopper_pearson, wilson] {
            let (narrow, wide) = (method(k, n, c), method(k, n, c + 0.019));
            prop_assert!(narrow.low <= share + 1e-15 && share <= narrow.high + 1e-15);
            prop_assert!(wide.low <= narrow.low && wide.high >= narrow.high);
        }
    }

    /// The estimate lies in its interval, for any values in any order, and more confidence never
    /// narrows.
    #[test]
    fn estimates_lie_in_their_intervals(
        values in prop::collection::vec(-1e6..1e6_f64, 1..400),
        q in 0.01..0.99_f64,
        c in 0.5..0.98_f64,
        cuts in 1_usize..5,
    ) {
        let trials: Vec<&[f64]> = values.chunks(values.len().div_ceil(cuts)).collect();
        let quantile = quantile_interval_of_trials(&trials, q, c).unwrap();
        prop_assert!(quantile.interval.contains(quantile.value));
        prop_assert!(quantile.n_effective <= quantile.n as f64 && quantile.design_effect >= 1.0);
        let wider = quantile_interval_of_trials(&trials, q, c + 0.019).unwrap().interval;
        prop_assert!(wider.low <= quantile.interval.low && wider.high >= quantile.interval.high);
        let mean = mean_interval_of_trials(&trials, c).unwrap();
        prop_assert!(mean.interval.contains(mean.value));
        let wider = mean_interval_of_trials(&trials, c + 0.019).unwrap().interval;
        prop_assert!(wider.width() >= mean.interval.width());
    }

    /// Adding a constant moves the interval of a mean by it.
    #[test]
    fn the_mean_moves_with_its_values(seed in 0_u64..1000, by in -1e3..1e3_f64) {
        let values = lcg(seed, 300);
        let moved: Vec<f64> = values.iter().map(|v| v + by).collect();
        let (a, b) = (mean_interval(&values, 0.95).unwrap(), mean_interval(&moved, 0.95).unwrap());
        prop_assert!((a.interval.low + by - b.interval.low).abs() < 1e-6);
        prop_assert_eq!(a.batches, b.batches);
    }
}
