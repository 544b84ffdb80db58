//! Means and their intervals.

use crate::bootstrap::bca;
use crate::distribution::t_critical;
use crate::interval::{Interval, tail};
use crate::rng::seed_from;

/// Batches from which Student's t is trusted alone.
pub const ENOUGH_BATCHES: usize = 20;

/// The arithmetic mean, within the range of the values: rounding must not make the mean of
/// equal values differ from them, and sums of huge values must not overflow. NaN for none.
pub fn mean(values: &[f64]) -> f64 {
    // Sums of short runs first: the rounding error grows with the number of runs only.
    let sum: f64 = values.chunks(256).map(|run| run.iter().sum::<f64>()).sum();
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let n = values.len() as f64;
    let mean = if sum.is_finite() { sum / n } else { values.iter().map(|v| v / n).sum() };
    mean.max(low).min(high)
}

/// The variance with divisor n - 1; none below two values.
pub fn variance(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let centre = mean(values);
    let squares: f64 = values.iter().map(|v| (v - centre) * (v - centre)).sum();
    Some(squares / (values.len() - 1) as f64)
}

/// Student's interval for the mean of independent values; none below two.
pub fn t_interval(values: &[f64], confidence: f64) -> Option<Interval> {
    let a = tail(confidence);
    let error = (variance(values)? / values.len() as f64).sqrt();
    let centre = mean(values);
    let half = if error > 0.0 { t_critical(a, (values.len() - 1) as f64) * error } else { 0.0 };
    Some(Interval::new(centre - half, centre + half, confidence))
}

/// The interval for a mean from the means of batches long enough to be independent.
///
/// From 20 batches on the means are near enough to normal and Student's t is right. Below that a
/// skewed metric makes t too short on its long side, and the bootstrap alone is too short on
/// both (it has no notion of the degrees of freedom): the hull of t and BCa errs on the safe side.
/// None below two batches.
pub fn batch_mean_interval(batch_means: &[f64], confidence: f64) -> Option<Interval> {
    let student = t_interval(batch_means, confidence)?;
    if batch_means.len() >= ENOUGH_BATCHES || student.width() <= 0.0 {
        return Some(student);
    }
    // A constant seed: the same batches give the same bytes wherever they are judged.
    let seed = seed_from(&["batch mean interval"]);
    let bootstrap = bca(batch_means, |resample| mean(resample), confidence, 9_999, seed);
    Some(bootstrap.map_or(student, |b| student.hull(&b.interval)))
}

/// Half the width of Student's interval for the mean of `n` values, in standard errors.
pub fn t_half_width(n: u64, confidence: f64) -> f64 {
    t_critical(tail(confidence), n.saturating_sub(1).max(1) as f64)
}
