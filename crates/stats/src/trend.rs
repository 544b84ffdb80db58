//! Slopes over time that a few outliers cannot move, and whether there is a trend at all.

mod growth;
mod sawtooth;
mod warm_up;

pub use growth::{Growth, growth};

use crate::dependence::blocks_of;
use crate::distribution::{normal_cdf, normal_quantile};
use crate::interval::tail;

/// Points above which [`theil_sen`] first takes medians of blocks: it lists every pair.
pub const POINTS_MAX: usize = 2_000;

/// A robust line through points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slope {
    /// The median of the slopes of all pairs of points.
    pub slope: f64,
    /// median(y) - slope x median(t).
    pub intercept: f64,
    /// Lower end of Sen's interval of the slope.
    pub low: f64,
    /// Upper end of Sen's interval of the slope.
    pub high: f64,
}

/// Theil's slope (1950) with Sen's interval (1968), ties corrected. None with fewer than two
/// distinct times. Above 2,000 points the line is laid through the medians of 2,000 blocks.
///
/// # Panics
/// When the slices differ in length.
pub fn theil_sen(t: &[f64], y: &[f64], confidence: f64) -> Option<Slope> {
    assert_eq!(t.len(), y.len(), "a time for each value");
    let a = tail(confidence);
    if t.len() > POINTS_MAX {
        let (t, y) = block_medians(t, y, POINTS_MAX);
        return theil_sen(&t, &y, confidence);
    }
    let mut slopes = Vec::with_capacity(t.len() * t.len().saturating_sub(1) / 2);
    for i in 0..t.len() {
        for j in 0..i {
            let apart = t[i] - t[j];
            if apart != 0.0 {
                slopes.push((y[i] - y[j]) / apart);
            }
        }
    }
    if slopes.is_empty() {
        return None;
    }
    slopes.sort_unstable_by(f64::total_cmp);
    let slope = middle(&slopes);
    let deviation = (kendall_variance(y.len(), &[group_sizes(t), group_sizes(y)].concat())).sqrt();
    let pairs = slopes.len() as f64;
    let reach = normal_quantile(1.0 - a) * deviation;
    let upper = ((pairs + reach) / 2.0).round_ties_even().min(pairs - 1.0) as usize;
    let lower = (((pairs - reach) / 2.0).round_ties_even() - 1.0).max(0.0) as usize;
    let intercept = median(y) - slope * median(t);
    Some(Slope { slope, intercept, low: slopes[lower], high: slopes[upper] })
}

/// The outcome of a test for a monotone trend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MannKendall {
    /// Pairs that rise less pairs that fall.
    pub s: f64,
    /// Variance of s without a trend, ties corrected.
    pub var: f64,
    /// s less a continuity of 1, in standard deviations.
    pub z: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// s over the number of pairs.
    pub tau: f64,
}

/// Mann's (1945) and Kendall's test for a monotone trend of independent values in the order of
/// time. It lists every pair, so thin or block longer series first. Without two distinct values
/// there is no trend: p = 1.
pub fn mann_kendall(y: &[f64]) -> MannKendall {
    let mut s = 0_i64;
    for i in 0..y.len() {
        for j in 0..i {
            s += i64::from(y[i] > y[j]) - i64::from(y[i] < y[j]);
        }
    }
    let s = s as f64;
    let var = kendall_variance(y.len(), &group_sizes(y));
    let z = if var > 0.0 && s != 0.0 { (s - s.signum()) / var.sqrt() } else { 0.0 };
    let pairs = y.len() as f64 * (y.len() as f64 - 1.0) / 2.0;
    let tau = if pairs > 0.0 { s / pairs } else { 0.0 };
    MannKendall { s, var, z, p: (2.0 * normal_cdf(-z.abs())).min(1.0), tau }
}

/// Medians of consecutive blocks: of the times and of the values of each.
///
/// # Panics
/// When the slices differ in length.
pub fn block_medians(t: &[f64], y: &[f64], blocks: usize) -> (Vec<f64>, Vec<f64>) {
    assert_eq!(t.len(), y.len(), "a time for each value");
    let ranges = blocks_of(y, blocks);
    ranges.into_iter().map(|range| (median(&t[range.clone()]), median(&y[range]))).unzip()
}

/// The variance of Kendall's S for n values with groups of ties.
fn kendall_variance(n: usize, groups: &[f64]) -> f64 {
    let term = |k: f64| k * (k - 1.0) * (2.0 * k + 5.0);
    (term(n as f64) - groups.iter().map(|&k| term(k)).sum::<f64>()).max(0.0) / 18.0
}

/// Sizes of the groups of equal values.
fn group_sizes(values: &[f64]) -> Vec<f64> {
    let sorted = sorted(values);
    sorted.chunk_by(|a, b| a.total_cmp(b).is_eq()).map(|g| g.len() as f64).collect()
}

pub(crate) fn median(values: &[f64]) -> f64 {
    middle(&sorted(values))
}

fn middle(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[half] } else { f64::midpoint(sorted[half - 1], sorted[half]) }
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().map(|v| v + 0.0).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}
