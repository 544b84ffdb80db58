//! Observations that depend on their neighbours, and how many independent ones they are worth.
//!
//! Requests of one load test share queues and caches. Cut into blocks longer than the memory of
//! the process, the block means are nearly independent; their variance over the one expected of
//! independent observations is the design effect, and n over it is the effective n.

mod blocking;
mod bursts;
mod mean;
mod quantile;
mod share;

use std::ops::Range;

use blocking::long_blocks;
pub use mean::{MeanEstimate, mean_interval, mean_interval_of_trials};
pub use quantile::{
    QuantileEstimate, independent_quantile_interval, quantile_interval,
    quantile_interval_of_trials, quantile_interval_of_windowed_trials,
    quantile_interval_of_windows,
};
pub use share::{ShareEstimate, share_interval, share_interval_of_trials};

/// The design effect of a share from blocks of (hits, of): the variance of the share over the
/// one that independent observations would have, at least 1. Blocks may differ in size (the
/// ratio estimator of Cochran, Sampling Techniques, 6.4). With fewer than two blocks, or when
/// every observation is a hit or none is, nothing speaks of dependence and it is 1.
pub fn design_effect(blocks: &[(u64, u64)]) -> f64 {
    raw_design_effect(blocks).map_or(1.0, |d| d.max(1.0))
}

fn raw_design_effect(blocks: &[(u64, u64)]) -> Option<f64> {
    let blocks: Vec<(f64, f64)> =
        blocks.iter().filter(|b| b.1 > 0).map(|&(hits, of)| (hits as f64, of as f64)).collect();
    let count = blocks.len() as f64;
    let hits: f64 = blocks.iter().map(|b| b.0).sum();
    let of: f64 = blocks.iter().map(|b| b.1).sum();
    let p = hits / of;
    if count < 2.0 || p <= 0.0 || p >= 1.0 {
        return None;
    }
    let squares: f64 = blocks.iter().map(|(h, m)| (h - p * m) * (h - p * m)).sum();
    Some(count / (count - 1.0) * squares / (of * p * (1.0 - p)))
}

/// How many independent observations `n` dependent ones are worth.
pub fn effective_n(n: u64, design_effect: f64) -> f64 {
    n as f64 / design_effect.max(1.0)
}

/// Cuts a series into `count` consecutive blocks whose lengths differ by at most one; into fewer
/// when there are not that many values.
pub fn blocks_of(values_in_time_order: &[f64], count: usize) -> Vec<Range<usize>> {
    let n = values_in_time_order.len();
    let count = count.min(n);
    (0..count).map(|i| i * n / count..(i + 1) * n / count).collect()
}

/// The correlation of a series with itself `lag` steps later. A series that does not vary, or is
/// not longer than the lag, has none: 0.
pub fn autocorrelation(values: &[f64], lag: usize) -> f64 {
    let centre = crate::mean::mean(values);
    let whole: f64 = values.iter().map(|v| (v - centre) * (v - centre)).sum();
    let shifted = values.iter().zip(values.iter().skip(lag));
    let lagged: f64 = shifted.map(|(a, b)| (a - centre) * (b - centre)).sum();
    if whole > 0.0 && lag < values.len() { lagged / whole } else { 0.0 }
}

/// The integrated autocorrelation time 1 + 2 (rho_1 + rho_2 + ...) in steps, at least 1: by this
/// factor the variance of the mean exceeds the one of independent values. It is read off the
/// variance of block means, which costs n and not n times the number of lags.
pub fn integrated_autocorrelation_time(values: &[f64]) -> f64 {
    long_blocks(&[values.len()], |_| values.iter().copied()).design_effect.max(1.0)
}
