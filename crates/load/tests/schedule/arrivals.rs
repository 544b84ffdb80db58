//! Arrivals against closed forms of when the i-th task begins and of how gaps are distributed.

use std::time::Duration;

use proptest::prelude::*;
use tollgate_load::schedule::Arrivals;
use tollgate_load::workload;

use crate::{distance, legs};

const EVEN: workload::Arrivals = workload::Arrivals::Even;
const POISSON: workload::Arrivals = workload::Arrivals::Poisson;
/// Kolmogorov's distance that chance exceeds once in a thousand times.
const FAR: f64 = 1.95;

fn moments(of: &[(f64, u64)], arrivals: workload::Arrivals, seed: u64) -> Vec<Duration> {
    Arrivals::new(&legs(of), arrivals, seed, (0, 1)).collect()
}

/// What all threads serve together.
fn together(of: &[(f64, u64)], arrivals: workload::Arrivals, threads: u32) -> Vec<Duration> {
    let thread = |k| Arrivals::new(&legs(of), arrivals, 9, (k, threads));
    let mut all: Vec<Duration> = (0..threads).flat_map(thread).collect();
    all.sort();
    all
}

fn seconds(moments: &[Duration]) -> Vec<f64> {
    moments.iter().map(Duration::as_secs_f64).collect()
}

#[test]
fn even_arrivals_at_a_constant_rate_are_half_a_gap_from_both_ends() {
    let moments = moments(&[(100.0, 0), (100.0, 60_000)], EVEN, 1);
    assert_eq!(moments.len(), 6000);
    for (index, at) in moments.iter().enumerate() {
        assert_eq!(*at, Duration::from_millis(5 + 10 * index as u64));
    }
}

#[test]
fn even_arrivals_of_a_ramp_come_with_the_root_of_their_number() {
    let moments = moments(&[(1000.0, 10_000)], EVEN, 1);
    assert_eq!(moments.len(), 5000);
    for (index, at) in seconds(&moments).iter().enumerate() {
        let expected = (2.0 * (index as f64 + 0.5) * 10.0 / 1000.0).sqrt();
        assert!((at - expected).abs() < 1e-9, "{index}: {at}, not {expected}");
    }
}

#[test]
fn a_rate_below_one_task_in_the_whole_time_rounds_to_the_nearest_number() {
    let count = |rate| moments(&[(rate, 0), (rate, 60_000)], EVEN, 1).len();
    assert_eq!((count(0.4 / 60.0), count(0.6 / 60.0), count(1.6 / 60.0)), (0, 1, 2));
}

#[test]
fn nothing_begins_in_a_rest_or_with_the_end() {
    let with_rest = [(10.0, 0), (10.0, 950), (0.0, 0), (0.0, 3000), (10.0, 0), (10.0, 950)];
    for arrivals in [EVEN, POISSON] {
        for at in moments(&with_rest, arrivals, 3) {
            let ms = at.as_secs_f64() * 1e3;
            assert!(ms <= 950.0 || (3950.0..4900.0).contains(&ms), "{ms}");
        }
    }
    // 9.5 tasks before the rest: the tenth begins with its start, which is no rest yet.
    assert_eq!(moments(&with_rest, EVEN, 3).len(), 19);
    let mut done = Arrivals::new(&legs(&[(1.0, 0), (1.0, 500)]), EVEN, 1, (0, 1));
    assert_eq!((done.next(), done.next()), (None, None));
}

#[test]
fn no_schedule_has_no_arrivals() {
    for arrivals in [EVEN, POISSON] {
        for of in [&[][..], &[(5.0, 0)], &[(0.0, 1000)], &[(f64::NAN, 1000)]] {
            assert!(moments(of, arrivals, 1).is_empty());
        }
    }
}

#[test]
fn gaps_of_poisson_arrivals_are_exponential_for_any_number_of_threads() {
    for threads in [1, 3] {
        let moments = seconds(&together(&[(500.0, 0), (500.0, 200_000)], POISSON, threads));
        let gaps: Vec<f64> = moments.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(gaps.len() > 99_000, "{}", gaps.len());
        let exponential = |gap: f64| 1.0 - (-500.0 * gap).exp();
        assert!(distance(gaps.clone(), exponential) < FAR);
        // Neighbours know nothing of each other: their correlation is below 3.3 / sqrt(n).
        let mean = 1.0 / 500.0;
        let products = gaps.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean));
        let correlation = products.sum::<f64>() / gaps.len() as f64 / (mean * mean);
        assert!(correlation.abs() < 3.3 / (gaps.len() as f64).sqrt(), "{correlation}");
    }
}

#[test]
fn poisson_arrivals_of_a_ramp_are_as_dense_as_its_level() {
    // Up to 1000/s in 100 s: of those that came, the share before t is (t / 100)^2.
    let up = seconds(&moments(&[(1000.0, 100_000)], POISSON, 5));
    assert!(distance(up.clone(), |t| t * t / 1e4) < FAR);
    // Not as if the rate were constant: the test would see that.
    assert!(distance(up, |t| t / 100.0) > 10.0);
    let down = seconds(&moments(&[(1000.0, 0), (0.0, 100_000)], POISSON, 6));
    assert!(distance(down, |t| 1.0 - (1.0 - t / 100.0) * (1.0 - t / 100.0)) < FAR);
}

#[test]
fn the_number_of_poisson_arrivals_varies_as_much_as_its_mean() {
    let count = |seed| moments(&[(50.0, 0), (50.0, 2000)], POISSON, seed).len() as f64;
    let counts: Vec<f64> = (0..4000).map(count).collect();
    let mean = counts.iter().sum::<f64>() / 4000.0;
    let variance = counts.iter().map(|c| (c - mean) * (c - mean)).sum::<f64>() / 3999.0;
    // Three standard errors: of the mean 10 / sqrt(4000), of the variance 100 * sqrt(2 / 4000).
    assert!((mean - 100.0).abs() < 0.48, "{mean}");
    assert!((variance - 100.0).abs() < 6.8, "{variance}");
}

#[test]
fn the_same_seed_gives_the_same_arrivals_and_another_seed_others() {
    let of = [(50.0, 0), (50.0, 2000)];
    assert_eq!(moments(&of, POISSON, 1), moments(&of, POISSON, 1));
    assert_ne!(moments(&of, POISSON, 1), moments(&of, POISSON, 2));
    assert_eq!(moments(&of, EVEN, 1), moments(&of, EVEN, 2));
}

proptest! {
    #[test]
    fn threads_divide_even_arrivals_without_loss_and_fairly(
        of in prop::collection::vec((0.0..300.0_f64, 0..5000_u64), 1..6), threads in 1..7_u32,
    ) {
        let one = moments(&of, EVEN, 1);
        prop_assert_eq!(&together(&of, EVEN, threads), &one);
        prop_assert!(one.is_sorted());
        for k in 0..threads {
            let served = Arrivals::new(&legs(&of), EVEN, 1, (k, threads)).count();
            prop_assert!(served.abs_diff(one.len() / threads as usize) <= 1);
        }
    }

    #[test]
    fn poisson_arrivals_are_in_order_and_before_the_end(
        of in prop::collection::vec((0.0..3000.0_f64, 0..3000_u64), 1..6), seed: u64,
    ) {
        let moments = moments(&of, POISSON, seed);
        let total: u64 = of.iter().map(|(_, ms)| ms).sum();
        prop_assert!(moments.is_sorted());
        prop_assert!(moments.last().is_none_or(|last| *last < Duration::from_millis(total)));
    }
}
