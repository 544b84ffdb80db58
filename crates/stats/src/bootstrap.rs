//! Bootstrap intervals: bias-corrected and accelerated, percentile, of ratios, and of clusters.
//!
//! A statistic is a function of a mutable slice, so that a median may partition it in place.

use rand::rngs::Xoshiro256PlusPlus;

use crate::distribution::{normal_cdf, normal_quantile};
use crate::interval::{Interval, tail};
use crate::quantile::linear;
use crate::rng::{below, seeded};

/// Values left out together once a sample is larger than this: a jackknife over single values
/// costs n squared. The skewness that it estimates is the same for groups (Efron and
/// Tibshirani 1993, 11.6).
const JACKKNIFE_GROUPS: usize = 1_000;

/// A BCa interval and what it was computed from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bca {
    /// The interval.
    pub interval: Interval,
    /// Bias correction: the normal quantile of the share of replicates below the estimate.
    pub z0: f64,
    /// Acceleration: how fast the standard error changes with the statistic.
    pub acceleration: f64,
    /// The levels at which the replicates are read.
    pub levels: (f64, f64),
}

/// The BCa interval of Efron (1987) for a statistic of independent values. None when there are
/// fewer than two values or no resamples, or when the statistic is not finite.
pub fn bca(
    values: &[f64],
    statistic: impl Fn(&mut [f64]) -> f64,
    confidence: f64,
    resamples: usize,
    seed: u64,
) -> Option<Bca> {
    if values.len() < 2 {
        return None;
    }
    let estimate = statistic(&mut values.to_vec());
    let replicates = replicates(values, &statistic, resamples, seed);
    bca_from_replicates(&replicates, &jackknife(values, &statistic), estimate, confidence)
}

/// The BCa interval from replicates, jackknife values and the estimate, however they came to be.
/// Replicates equal to the estimate count half. When every replicate lies on one side, the share
/// is taken as half a replicate, since no finite correction follows from 0 or 1.
pub fn bca_from_replicates(
    replicates: &[f64],
    jackknife: &[f64],
    estimate: f64,
    confidence: f64,
) -> Option<Bca> {
    let a = tail(confidence);
    let sorted = sorted_finite(replicates)?;
    if !estimate.is_finite() || jackknife.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let count = sorted.len() as f64;
    let less = sorted.partition_point(|&r| r < estimate) as f64;
    let less_or_equal = sorted.partition_point(|&r| r <= estimate) as f64;
    let share = (less + less_or_equal) / (2.0 * count);
    let z0 = normal_quantile(share.clamp(0.5 / count, 1.0 - 0.5 / count));
    let acceleration = acceleration(jackknife);
    if !acceleration.is_finite() {
        // Squares of huge values leave the range of floats.
        return None;
    }
    let level = |z: f64| {
        let sum = z0 + z;
        let divisor = 1.0 - acceleration * sum;
        // Beyond the pole the formula turns round; its limit there is the end of the sample.
        if divisor <= 0.0 {
            normal_cdf(sum.signum() * 40.0)
        } else {
            normal_cdf(z0 + sum / divisor)
        }
    };
    let z = normal_quantile(1.0 - a);
    let levels = (level(-z), level(z));
    let (low, high) = (linear(&sorted, levels.0), linear(&sorted, levels.1));
    Some(Bca { interval: Interval::new(low, high, confidence), z0, acceleration, levels })
}

/// The percentile interval; wider samples than BCa's are wanted for the same accuracy, but it
/// needs no jackknife. None under the same conditions as [`bca`].
pub fn percentile(
    values: &[f64],
    statistic: impl Fn(&mut [f64]) -> f64,
    confidence: f64,
    resamples: usize,
    seed: u64,
) -> Option<Interval> {
    if values.len() < 2 {
        return None;
    }
    percentile_of(&replicates(values, &statistic, resamples, seed), confidence)
}

/// The percentile interval of statistic(y) / statistic(x), both sides resampled. None when a side
/// is empty or a ratio is not finite, for example because a resampled denominator is zero.
pub fn two_sample_ratio(
    x: &[f64],
    y: &[f64],
    statistic: impl Fn(&mut [f64]) -> f64,
    confidence: f64,
    resamples: usize,
    seed: u64,
) -> Option<Interval> {
    if x.is_empty() || y.is_empty() {
        return None;
    }
    let mut rng = seeded(seed);
    let (mut xs, mut ys) = (x.to_vec(), y.to_vec());
    let ratio = || {
        draw(x, &mut xs, &mut rng);
        draw(y, &mut ys, &mut rng);
        statistic(&mut ys) / statistic(&mut xs)
    };
    let replicates: Vec<f64> = std::iter::repeat_with(ratio).take(resamples).collect();
    percentile_of(&replicates, confidence)
}

/// The percentile interval of a statistic of pooled values when the values come in clusters, for
/// example trials: whole clusters are resampled, because values of one trial resemble each other.
/// None below two clusters.
pub fn clustered(
    clusters: &[Vec<f64>],
    statistic: impl Fn(&mut [f64]) -> f64,
    confidence: f64,
    resamples: usize,
    seed: u64,
) -> Option<Interval> {
    if clusters.len() < 2 {
        return None;
    }
    let mut rng = seeded(seed);
    let mut pool = Vec::new();
    let replicate = || {
        draw_clusters(clusters, &mut pool, &mut rng);
        statistic(&mut pool)
    };
    let replicates: Vec<f64> = std::iter::repeat_with(replicate).take(resamples).collect();
    percentile_of(&replicates, confidence)
}

/// The percentile interval of statistic(y) / statistic(x) with whole clusters resampled on both
/// sides. None when a side has fewer than two clusters or a ratio is not finite.
pub fn clustered_two_sample_ratio(
    x: &[Vec<f64>],
    y: &[Vec<f64>],
    statistic: impl Fn(&mut [f64]) -> f64,
    confidence: f64,
    resamples: usize,
    seed: u64,
) -> Option<Interval> {
    if x.len() < 2 || y.len() < 2 {
        return None;
    }
    let mut rng = seeded(seed);
    let (mut xs, mut ys) = (Vec::new(), Vec::new());
    let ratio = || {
        draw_clusters(x, &mut xs, &mut rng);
        draw_clusters(y, &mut ys, &mut rng);
        statistic(&mut ys) / statistic(&mut xs)
    };
    let replicates: Vec<f64> = std::iter::repeat_with(ratio).take(resamples).collect();
    percentile_of(&replicates, confidence)
}

/// The statistic of `resamples` samples drawn with replacement.
fn replicates(
    values: &[f64],
    statistic: &impl Fn(&mut [f64]) -> f64,
    resamples: usize,
    seed: u64,
) -> Vec<f64> {
    let mut rng = seeded(seed);
    let mut resample = values.to_vec();
    let replicate = || {
        draw(values, &mut resample, &mut rng);
        statistic(&mut resample)
    };
    std::iter::repeat_with(replicate).take(resamples).collect()
}

fn draw(from: &[f64], into: &mut [f64], rng: &mut Xoshiro256PlusPlus) {
    into.iter_mut().for_each(|slot| *slot = from[below(rng, from.len())]);
}

fn draw_clusters(from: &[Vec<f64>], into: &mut Vec<f64>, rng: &mut Xoshiro256PlusPlus) {
    into.clear();
    (0..from.len()).for_each(|_| into.extend_from_slice(&from[below(rng, from.len())]));
}

/// The statistic without each value, or without each of a thousand interleaved groups.
fn jackknife(values: &[f64], statistic: &impl Fn(&mut [f64]) -> f64) -> Vec<f64> {
    let groups = values.len().min(JACKKNIFE_GROUPS);
    let mut rest = Vec::with_capacity(values.len());
    let without = |group| {
        rest.clear();
        let kept = values.iter().enumerate().filter(|(i, _)| i % groups != group);
        rest.extend(kept.map(|(_, v)| *v));
        statistic(&mut rest)
    };
    (0..groups).map(without).collect()
}

/// `sum d^3 / (6 (sum d^2)^1.5)` of the jackknife values' distances from their mean, in units of
/// the largest so that no power overflows.
fn acceleration(jackknife: &[f64]) -> f64 {
    let centre = crate::mean::mean(jackknife);
    let largest = jackknife.iter().map(|v| (centre - v).abs()).fold(0.0, f64::max);
    let (mut squares, mut cubes) = (0.0, 0.0);
    for v in jackknife {
        let d = (centre - v) / largest;
        squares += d * d;
        cubes += d * d * d;
    }
    if largest > 0.0 { cubes / (6.0 * squares * f64::sqrt(squares)) } else { 0.0 }
}

fn percentile_of(replicates: &[f64], confidence: f64) -> Option<Interval> {
    let a = tail(confidence);
    let sorted = sorted_finite(replicates)?;
    Some(Interval::new(linear(&sorted, a), linear(&sorted, 1.0 - a), confidence))
}

fn sorted_finite(replicates: &[f64]) -> Option<Vec<f64>> {
    if replicates.is_empty() || replicates.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let mut sorted = replicates.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    Some(sorted)
}
