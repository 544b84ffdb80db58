//! Inputs that hold no information, or nonsense: a typed error or a defined answer.

use tollgate_stats::binomial::{cdf, clopper_pearson, sf, wilson};
use tollgate_stats::compare::{
    Alternative, hodges_lehmann, mann_whitney, paired_shift, paired_t, permutation_mean_difference,
    sign_flip, welch, wilcoxon_signed_rank,
};
use tollgate_stats::dependence::{
    autocorrelation, independent_quantile_interval, integrated_autocorrelation_time, mean_interval,
    mean_interval_of_trials, quantile_interval, quantile_interval_of_trials,
    quantile_interval_of_windows, share_interval, share_interval_of_trials,
};
use tollgate_stats::histogram::Histogram;
use tollgate_stats::mean::{batch_mean_interval, t_interval};
use tollgate_stats::multiple::benjamini_hochberg;
use tollgate_stats::quantile::{Ranks, ranks, ranks_effective};
use tollgate_stats::sample::{Sample, SampleError};

#[test]
fn a_sample_is_finite_and_not_empty() {
    assert_eq!(Sample::new(vec![]), Err(SampleError::Empty));
    let refused = Sample::new(vec![1.0, f64::INFINITY]);
    assert_eq!(refused, Err(SampleError::NotFinite { index: 1, value: f64::INFINITY }));
    assert_eq!(refused.unwrap_err().to_string(), "observation 1 is inf, not a finite number");
    assert!(Sample::new(vec![f64::NAN]).is_err());
    let sample = Sample::new(vec![3.0, -1.0, 4.0]).unwrap();
    assert_eq!((sample.min(), sample.max(), sample.len(), sample.mean()), (-1.0, 4.0, 3, 2.0));
    assert!((sample.stddev().unwrap() - 7_f64.sqrt()).abs() < 1e-15);
    assert_eq!(Sample::new(vec![3.0]).unwrap().stddev(), None);
}

#[test]
fn estimates_refuse_what_a_sample_refuses() {
    for values in [&[][..], &[1.0, f64::NAN], &[f64::NEG_INFINITY]] {
        assert!(quantile_interval(values, 0.5, 0.95).is_err());
        assert!(independent_quantile_interval(values, 0.5, 0.95).is_err());
        assert!(mean_interval(values, 0.95).is_err());
    }
    let trials: [&[f64]; 3] = [&[1.0, 2.0], &[], &[3.0, f64::NAN]];
    let at = |error| matches!(error, SampleError::NotFinite { index: 3, .. });
    assert!(at(quantile_interval_of_trials(&trials, 0.5, 0.95).unwrap_err()));
    assert!(at(mean_interval_of_trials(&trials, 0.95).unwrap_err()));
    assert_eq!(mean_interval_of_trials(&[], 0.95), Err(SampleError::Empty));
    assert_eq!(quantile_interval_of_trials(&[&[], &[]], 0.5, 0.95), Err(SampleError::Empty));
}

#[test]
fn one_value_has_an_estimate_and_no_bound() {
    let quantile = quantile_interval(&[7.0], 0.5, 0.95).unwrap();
    assert_eq!(quantile.value, 7.0);
    assert!(quantile.interval.low.is_infinite() && quantile.interval.high.is_infinite());
    let mean = mean_interval(&[7.0], 0.95).unwrap();
    assert_eq!((mean.value, mean.batches), (7.0, 1));
    assert!(mean.interval.low.is_infinite() && mean.interval.high.is_infinite());
    assert_eq!(t_interval(&[7.0], 0.95), None);
    assert_eq!(batch_mean_interval(&[], 0.95), None);
}

#[test]
fn equal_values_have_an_interval_without_width() {
    for n in [2, 10, 19, 20, 39, 40, 100, 1000, 100_000] {
        let values = vec![0.1; n];
        let mean = mean_interval(&values, 0.95).unwrap();
        assert_eq!((mean.interval.low, mean.interval.high), (0.1, 0.1), "{n}");
        let quantile = quantile_interval(&values, 0.5, 0.95).unwrap();
        assert_eq!(quantile.design_effect, 1.0);
        if n >= 10 {
            assert_eq!((quantile.interval.low, quantile.interval.high), (0.1, 0.1), "{n}");
        }
        let trials: Vec<&[f64]> = values.chunks(n.div_ceil(3)).collect();
        let mean = mean_interval_of_trials(&trials, 0.95).unwrap();
        assert_eq!((mean.interval.low, mean.interval.high), (0.1, 0.1), "{n}");
    }
    assert_eq!(integrated_autocorrelation_time(&[4.0; 500]), 1.0);
    assert_eq!(integrated_autocorrelation_time(&[]), 1.0);
    assert_eq!(autocorrelation(&[4.0; 500], 1), 0.0);
    assert_eq!(autocorrelation(&[1.0, 2.0], 5), 0.0);
    let windows = vec![Histogram::from_values([5; 100]); 30];
    let found = quantile_interval_of_windows(&windows, 0.9, 0.95).unwrap();
    assert_eq!((found.interval.low, found.interval.high), (5.0, 5.0));
    assert_eq!(quantile_interval_of_windows(&[], 0.9, 0.95), None);
    assert_eq!(quantile_interval_of_windows(&[Histogram::new()], 0.9, 0.95), None);
}

#[test]
fn trials_of_any_shape_have_an_answer() {
    let long: Vec<f64> = (0..997).map(|i| f64::from(i * 7919 % 997)).collect();
    let shapes: [Vec<&[f64]>; 6] = [
        vec![&long, &[]],
        vec![&long, &[3.0]],
        vec![&[1.0], &[2.0], &[3.0]],
        vec![&[1.0, 2.0], &[2.0, 3.0]],
        vec![&long[..25], &long[25..50], &long[50..]],
        long.chunks(1).collect(),
    ];
    for trials in shapes {
        for q in [0.0, 0.5, 0.99, 1.0] {
            let found = quantile_interval_of_trials(&trials, q, 0.95).unwrap();
            assert!(found.interval.contains(found.value), "{found:?}");
            assert!(found.n_effective.is_finite() && found.design_effect >= 1.0);
        }
        let found = mean_interval_of_trials(&trials, 0.95).unwrap();
        assert!(found.interval.contains(found.value), "{found:?}");
        assert!(!found.interval.width().is_nan() && found.n_effective.is_finite());
    }
}

#[test]
fn shares_of_any_blocks_have_an_answer() {
    assert_eq!(share_interval(&[], 0.95), None);
    assert_eq!(share_interval(&[(0, 0); 9], 0.95), None);
    let clean = share_interval(&[(0, 100); 30], 0.9).unwrap();
    assert_eq!(clean.interval, clopper_pearson(0, 3000, 0.9));
    assert_eq!(
        share_interval(&[(3, 1000)], 0.95).unwrap().interval,
        clopper_pearson(3, 1000, 0.95)
    );
    let one_burst: Vec<(u64, u64)> = (0..50).map(|i| (if i == 7 { 20 } else { 0 }, 20)).collect();
    let found = share_interval(&one_burst, 0.95).unwrap();
    assert!(found.design_effect > 15.0 && found.interval.contains(0.02), "{found:?}");
    let trials: [&[(u64, u64)]; 3] = [&one_burst, &[], &[(0, 0), (1, 1)]];
    assert!(share_interval_of_trials(&trials, 0.95).unwrap().interval.low < 0.02);
}

#[test]
fn trials_of_one_value_are_an_independent_sample() {
    let values: Vec<f64> = (0..30).map(f64::from).collect();
    let trials: Vec<&[f64]> = values.chunks(1).collect();
    assert_eq!(
        quantile_interval_of_trials(&trials, 0.5, 0.95),
        independent_quantile_interval(&values, 0.5, 0.95)
    );
    let constant: [&[f64]; 3] = [&[1.0; 200], &[2.0; 200], &[3.0; 200]];
    let found = mean_interval_of_trials(&constant, 0.95).unwrap();
    assert_eq!((found.value, found.batches), (2.0, 3));
    assert!(found.interval.width() > 4.0, "{found:?}");
}

#[test]
fn huge_values_do_not_overflow_a_mean() {
    let mean = mean_interval(&[1e308, 1.5e308, 1.7e308], 0.95).unwrap();
    assert!((mean.value / 1.4e308 - 1.0).abs() < 1e-12);
    assert!(mean.interval.low.is_infinite() && mean.interval.high.is_infinite());
    let many = mean_interval(&[[1e308, 1.5e308]; 200].concat(), 0.95).unwrap();
    assert!(many.value.is_finite() && many.interval.contains(many.value));
    let sample = Sample::new(vec![f64::MAX, f64::MAX]).unwrap();
    assert_eq!(sample.mean(), f64::MAX);
}

#[test]
fn ranks_of_the_extremes_are_defined() {
    assert_eq!(ranks(0, 0.5, 0.95), Ranks { low: None, high: None });
    assert_eq!(ranks(10, 0.0, 0.95), Ranks { low: None, high: Some(1) });
    assert_eq!(ranks(10, 1.0, 0.95), Ranks { low: Some(10), high: None });
    assert_eq!(ranks_effective(100, 0.0, 0.5, 0.95), Ranks { low: None, high: None });
    assert_eq!(ranks_effective(100, 1.0, 0.5, 0.95), Ranks { low: None, high: None });
}

#[test]
fn probabilities_at_the_ends_are_certain() {
    assert_eq!((cdf(3, 3, 0.5), sf(3, 3, 0.5)), (1.0, 0.0));
    assert_eq!((cdf(0, 5, 0.0), sf(0, 5, 0.0)), (1.0, 0.0));
    assert_eq!((cdf(4, 5, 1.0), sf(4, 5, 1.0)), (0.0, 1.0));
    for method in [clopper_pearson, wilson] {
        let nothing = method(0, 0, 0.95);
        assert_eq!((nothing.low, nothing.high), (0.0, 1.0));
        assert_eq!(method(0, 9, 0.95).low, 0.0);
        assert_eq!(method(9, 9, 0.95).high, 1.0);
    }
}

#[test]
fn comparisons_of_nothing_find_nothing() {
    let two_sided = Alternative::TwoSided;
    assert_eq!(mann_whitney(&[], &[], two_sided).p, 1.0);
    assert_eq!(mann_whitney(&[], &[1.0], two_sided).p, 1.0);
    assert_eq!(mann_whitney(&[2.0; 9], &[2.0; 7], two_sided).p, 1.0);
    assert!(hodges_lehmann(&[], &[1.0], 0.95).is_none());
    let same = hodges_lehmann(&[2.0; 9], &[2.0; 7], 0.95).unwrap();
    assert_eq!((same.estimate, same.interval.unwrap().width()), (0.0, 0.0));
    assert_eq!(wilcoxon_signed_rank(&[], two_sided).p, 1.0);
    assert_eq!(wilcoxon_signed_rank(&[0.0; 80], two_sided).p, 1.0);
    assert_eq!(paired_shift(&[], 0.95), None);
    assert_eq!(paired_shift(&[1.0], 0.95).unwrap().estimate, 1.0);
    assert_eq!(sign_flip(&[], 1, 10), 1.0);
    assert_eq!(sign_flip(&[0.0; 30], 1, 10), 1.0);
    assert_eq!(permutation_mean_difference(&[], &[1.0], 1, 10), None);
    assert_eq!(permutation_mean_difference(&[1.0; 50], &[1.0; 50], 1, 10).unwrap().p, 1.0);
    assert_eq!(welch(&[1.0], &[1.0, 2.0], 0.95), None);
    assert_eq!(paired_t(&[1.0], 0.95), None);
    let equal = welch(&[1.0, 1.0], &[1.0, 1.0], 0.95).unwrap();
    assert_eq!((equal.t, equal.p, equal.interval.width()), (0.0, 1.0, 0.0));
    let apart = welch(&[1.0, 1.0], &[2.0, 2.0], 0.95).unwrap();
    assert_eq!((apart.p, apart.interval.low), (0.0, 1.0));
    assert!(benjamini_hochberg(&[]).is_empty());
}
