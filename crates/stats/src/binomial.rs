//! Exact binomial probabilities and intervals for a share such as an error rate.

use crate::distribution::normal_quantile;
use crate::interval::{Interval, tail};
use crate::special::{beta_quantile, beta_tails};

/// P(K <= k) for K successes of `n` trials that succeed with probability `p`.
pub fn cdf(k: u64, n: u64, p: f64) -> f64 {
    cdf_real(k as f64, n as f64, p)
}

/// P(K > k).
pub fn sf(k: u64, n: u64, p: f64) -> f64 {
    sf_real(k as f64, n as f64, p)
}

/// P(K <= k) continued to real k and n through the incomplete beta function, which is how a
/// count is judged when n observations carry the information of fewer.
pub(crate) fn cdf_real(k: f64, n: f64, p: f64) -> f64 {
    if k >= n { 1.0 } else { beta_tails(k + 1.0, n - k, p, 1.0 - p).upper }
}

/// P(K > k) for real k and n.
pub(crate) fn sf_real(k: f64, n: f64, p: f64) -> f64 {
    if k >= n { 0.0 } else { beta_tails(k + 1.0, n - k, p, 1.0 - p).lower }
}

/// The exact interval of Clopper and Pearson (1934) for the probability behind `k` of `n`.
/// It covers at least as often as it says, whatever the truth. Without trials it is [0, 1].
pub fn clopper_pearson(k: u64, n: u64, confidence: f64) -> Interval {
    clopper_pearson_effective(k, n, n as f64, confidence)
}

/// Clopper-Pearson when `n` dependent trials are worth `n_eff` independent ones: the share k/n
/// is kept and both counts are scaled, as Korn and Graubard (1998) do for survey samples.
pub fn clopper_pearson_effective(k: u64, n: u64, n_eff: f64, confidence: f64) -> Interval {
    let a = tail(confidence);
    assert!(k <= n, "{k} successes of {n} trials");
    if n == 0 || n_eff <= 0.0 {
        return Interval::new(0.0, 1.0, confidence);
    }
    let hits = k as f64 * (n_eff / n as f64);
    let misses = (n - k) as f64 * (n_eff / n as f64);
    let low = if k == 0 { 0.0 } else { beta_quantile(hits, misses + 1.0, a) };
    // Solved for the misses, so that a small tail stays a small number.
    let high = if k == n { 1.0 } else { beta_upper_quantile(hits + 1.0, misses, a) };
    Interval::new(low, high, confidence)
}

/// The x with `1 - I_x(a, b) = upper`.
fn beta_upper_quantile(a: f64, b: f64, upper: f64) -> f64 {
    if a > b { 1.0 - beta_quantile(b, a, upper) } else { beta_quantile(a, b, 1.0 - upper) }
}

/// The interval of Wilson (1927): shorter than Clopper-Pearson and right on average, for display.
pub fn wilson(k: u64, n: u64, confidence: f64) -> Interval {
    let z = normal_quantile(1.0 - tail(confidence));
    if n == 0 {
        return Interval::new(0.0, 1.0, confidence);
    }
    let n_real = n as f64;
    let p = k as f64 / n_real;
    let scale = 1.0 + z * z / n_real;
    let centre = (p + z * z / (2.0 * n_real)) / scale;
    let half = z * (p * (1.0 - p) / n_real + z * z / (4.0 * n_real * n_real)).sqrt() / scale;
    // At the ends rounding would leave 1e-19 instead of the limit itself.
    let low = if k == 0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if k == n { 1.0 } else { (centre + half).min(1.0) };
    Interval::new(low, high, confidence)
}
