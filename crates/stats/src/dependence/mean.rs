//! Intervals for a mean of dependent observations.

use super::long_blocks;
use crate::distribution::t_critical;
use crate::interval::{Interval, tail};
use crate::mean::{ENOUGH_BATCHES, batch_mean_interval};
use crate::sample::{SampleError, check};

/// A mean, its interval, and how much information stands behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanEstimate {
    /// The mean of the observations.
    pub value: f64,
    /// Its interval; infinite on both sides for a single observation.
    pub interval: Interval,
    /// Number of observations.
    pub n: u64,
    /// How many independent observations they are worth, at most n.
    pub n_effective: f64,
    /// Batches (or trials, where those differ) whose means carry the interval.
    pub batches: u64,
}

/// The mean of observations in the order of time, by Student's t on batch means.
///
/// Batches are as long as the dependence asks for (see the module). Fewer than 40 observations
/// are taken as independent, fewer than 20 by [`batch_mean_interval`].
///
/// # Errors
/// When there is no observation, or one is not finite.
pub fn mean_interval(
    values_in_time_order: &[f64],
    confidence: f64,
) -> Result<MeanEstimate, SampleError> {
    mean_interval_of_trials(&[values_in_time_order], confidence)
}

/// The same over several trials, each in the order of time. Batches never straddle two trials,
/// and when the trials differ by more than their batches explain, a trial counts as one batch.
///
/// # Errors
/// When there is no observation, or one is not finite; its index counts through all trials.
pub fn mean_interval_of_trials(
    trials: &[&[f64]],
    confidence: f64,
) -> Result<MeanEstimate, SampleError> {
    let lengths: Vec<usize> = trials.iter().map(|t| t.len()).collect();
    let mut before = 0;
    for trial in trials.iter().filter(|t| !t.is_empty()) {
        check(trial).map_err(|error| after(before, error))?;
        before += trial.len();
    }
    if before == 0 {
        return Err(SampleError::Empty);
    }
    if lengths.iter().all(|&n| n <= 1) || before < ENOUGH_BATCHES && trials.len() == 1 {
        return Ok(few(&trials.concat(), confidence));
    }
    let n = before as u64;
    let blocks = long_blocks(&lengths, |trial| trials[trial].iter().copied());
    let freedom = blocks.freedom.unwrap_or((n - 1) as f64);
    // The variance of a single value has divisor n; Student wants n - 1.
    let correction = if blocks.freedom.is_some() { 1.0 } else { n as f64 / freedom };
    let error = blocks.standard_error(n) * f64::sqrt(correction);
    let half = if error > 0.0 { t_critical(tail(confidence), freedom) * error } else { 0.0 };
    Ok(MeanEstimate {
        value: blocks.mean,
        interval: Interval::new(blocks.mean - half, blocks.mean + half, confidence),
        n,
        n_effective: (n as f64 / blocks.design_effect).min(n as f64),
        batches: blocks.count as u64,
    })
}

/// A handful of values, each its own batch.
fn few(values: &[f64], confidence: f64) -> MeanEstimate {
    let unbounded = Interval::new(f64::NEG_INFINITY, f64::INFINITY, confidence);
    MeanEstimate {
        value: crate::mean::mean(values),
        interval: batch_mean_interval(values, confidence).unwrap_or(unbounded),
        n: values.len() as u64,
        n_effective: values.len() as f64,
        batches: values.len() as u64,
    }
}

fn after(before: usize, error: SampleError) -> SampleError {
    match error {
        SampleError::Empty => SampleError::Empty,
        SampleError::NotFinite { index, value } => {
            SampleError::NotFinite { index: before + index, value }
        }
    }
}
