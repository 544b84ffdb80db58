//! Intervals for a quantile of dependent observations.

use super::blocking::{counted_blocks, long_blocks};
use super::bursts::{bursts, upper_end};
use super::effective_n;
use crate::histogram::Histogram;
use crate::interval::Interval;
use crate::quantile::{rank, ranks, ranks_effective, select_rank};
use crate::sample::{SampleError, check};

/// A quantile, its interval, and how much information stands behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantileEstimate {
    /// The quantile of the observations (inverse of the empirical distribution).
    pub value: f64,
    /// Its interval; a side is infinite when there are too few observations for a bound.
    pub interval: Interval,
    /// Number of observations.
    pub n: u64,
    /// How many independent observations they are worth.
    pub n_effective: f64,
    /// n over `n_effective`, at least 1.
    pub design_effect: f64,
    /// True when the upper end follows from the number of bursts, because the effective n is too
    /// small for one.
    pub by_bursts: bool,
}

/// A quantile of independent observations with its exact interval.
///
/// # Errors
/// When there is no observation, or one is not finite.
///
/// # Panics
/// When `q` is not within [0, 1].
pub fn independent_quantile_interval(
    values: &[f64],
    q: f64,
    confidence: f64,
) -> Result<QuantileEstimate, SampleError> {
    check(values)?;
    let n = values.len() as u64;
    let mut values = values.to_vec();
    let value = select_rank(&mut values, rank(n, q));
    let ranks = ranks(n, q, confidence);
    let low = ranks.low.map_or(f64::NEG_INFINITY, |r| select_rank(&mut values, r));
    let high = ranks.high.map_or(f64::INFINITY, |r| select_rank(&mut values, r));
    let interval = Interval::new(low, high, confidence);
    let n_effective = n as f64;
    let (design_effect, by_bursts) = (1.0, false);
    Ok(QuantileEstimate { value, interval, n, n_effective, design_effect, by_bursts })
}

/// A quantile of observations in the order of time, which may depend on their neighbours.
///
/// The indicator "over the estimate" is averaged in blocks (see the module) to find the design
/// effect; order statistics are then taken at the effective n. Once dependence is shown, that is
/// reduced further by (z/t)^2, since the design effect is itself an estimate (Korn and Graubard
/// 1998). Fewer than 40 observations are taken as independent. Where the effective n is too small
/// for an upper end, bursts are counted instead.
///
/// # Errors
/// When there is no observation, or one is not finite.
///
/// # Panics
/// When `q` is not within [0, 1].
pub fn quantile_interval(
    values_in_time_order: &[f64],
    q: f64,
    confidence: f64,
) -> Result<QuantileEstimate, SampleError> {
    quantile_interval_of_trials(&[values_in_time_order], q, confidence)
}

/// The same over several trials, each in the order of time. Blocks never straddle two trials,
/// and when the trials differ by more than their blocks explain, a trial counts as one block.
///
/// # Errors
/// When there is no observation, or one is not finite; its index counts through all trials.
///
/// # Panics
/// When `q` is not within [0, 1].
pub fn quantile_interval_of_trials(
    trials: &[&[f64]],
    q: f64,
    confidence: f64,
) -> Result<QuantileEstimate, SampleError> {
    let mut values = trials.concat();
    check(&values)?;
    let n = values.len() as u64;
    let value = select_rank(&mut values, rank(n, q));
    let lengths: Vec<usize> = trials.iter().map(|t| t.len()).collect();
    let over = |trial: usize| trials[trial].iter().map(|&v| f64::from(u8::from(v > value)));
    let blocks = long_blocks(&lengths, over);
    let ranks = ranks_effective(n, blocks.judged_n(n, confidence), q, confidence);
    let low = ranks.low.map_or(f64::NEG_INFINITY, |r| select_rank(&mut values, r));
    let high = ranks.high.map(|r| select_rank(&mut values, r));
    let high = high.or_else(|| {
        let length = blocks.length?;
        let over = |&v: &f64| (u64::from(v > value), v);
        let of = |trial: &&[f64]| bursts(trial.iter().map(over), length);
        Some(upper_end(trials.iter().flat_map(of).collect(), confidence))
    });
    let high = high.unwrap_or(f64::INFINITY);
    let by_bursts = ranks.high.is_none() && high.is_finite();
    let design_effect = blocks.design_effect.max(1.0);
    let n_effective = effective_n(n, design_effect);
    let interval = Interval::new(low, high, confidence);
    Ok(QuantileEstimate { value, interval, n, n_effective, design_effect, by_bursts })
}

/// The quantile of a run of which only a histogram a window is kept, in the order of time. The
/// windows are the blocks, joined with their neighbours where the dependence asks for longer
/// ones. The ends are the outer values of their buckets. None when nothing was counted.
///
/// # Panics
/// When `q` is not within [0, 1].
pub fn quantile_interval_of_windows(
    windows: &[Histogram],
    q: f64,
    confidence: f64,
) -> Option<QuantileEstimate> {
    quantile_interval_of_windowed_trials(&[windows.iter().collect()], q, confidence)
}

/// The same over several trials, each with its windows in the order of time.
///
/// # Panics
/// When `q` is not within [0, 1].
pub fn quantile_interval_of_windowed_trials(
    trials: &[Vec<&Histogram>],
    q: f64,
    confidence: f64,
) -> Option<QuantileEstimate> {
    let windows: Vec<&Histogram> = trials.iter().flatten().copied().collect();
    let all = Histogram::merged(&windows);
    let value = all.quantile(q)? as f64;
    // A single window shows no dependence, whatever it holds.
    let alone = windows.len() == 1;
    let hits = |w: &Histogram| if alone { 0 } else { w.over(value).certain };
    let over = |windows: &Vec<&Histogram>| -> Vec<(u64, u64)> {
        windows.iter().map(|w| (hits(w), w.count())).collect()
    };
    let counts: Vec<Vec<(u64, u64)>> = trials.iter().map(over).collect();
    let slices: Vec<&[(u64, u64)]> = counts.iter().map(Vec::as_slice).collect();
    let blocks = counted_blocks(&slices)?;
    let n = all.count();
    let ranks = ranks_effective(n, blocks.judged_n(n, confidence), q, confidence);
    let [low, high] = all.buckets_at_ranks([ranks.low, ranks.high]);
    let low = low.map_or(f64::NEG_INFINITY, |b| b.0 as f64);
    let high = high.map(|b| b.1 as f64).or_else(|| {
        let length = blocks.length.filter(|_| !alone)?;
        let of = |windows: &Vec<&Histogram>| {
            let counted: Vec<&&Histogram> = windows.iter().filter(|w| !w.is_empty()).collect();
            let over = |w: &&&Histogram| (hits(w), w.max().unwrap_or(0) as f64);
            bursts(counted.iter().map(over), length)
        };
        Some(upper_end(trials.iter().flat_map(of).collect(), confidence))
    });
    let high = high.unwrap_or(f64::INFINITY);
    let by_bursts = ranks.high.is_none() && high.is_finite();
    let interval = Interval::new(low, high, confidence);
    let design_effect = blocks.design_effect.max(1.0);
    let n_effective = effective_n(n, design_effect);
    Some(QuantileEstimate { value, interval, n, n_effective, design_effect, by_bursts })
}
