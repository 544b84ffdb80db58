//! Intervals for a share, such as an error rate, of dependent observations.

use super::blocking::counted_blocks;
use super::effective_n;
use crate::binomial::clopper_pearson_effective;
use crate::interval::Interval;

/// A share, its interval, and how much information stands behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShareEstimate {
    /// Hits over observations.
    pub value: f64,
    /// Its interval, within [0, 1].
    pub interval: Interval,
    /// Number of observations.
    pub n: u64,
    /// How many independent observations they are worth.
    pub n_effective: f64,
    /// n over `n_effective`, at least 1.
    pub design_effect: f64,
}

/// A share from the counts (hits, of) of consecutive blocks, for example seconds: failures come
/// in bursts, and a burst proves less than as many failures spread out. Clopper and Pearson's
/// interval at the effective n. None when nothing was counted.
///
/// Without a single hit (or miss) nothing shows whether hits would come in bursts, and the
/// observations are taken as independent.
pub fn share_interval(blocks: &[(u64, u64)], confidence: f64) -> Option<ShareEstimate> {
    share_interval_of_trials(&[blocks], confidence)
}

/// The same over several trials, each with its blocks in the order of time.
pub fn share_interval_of_trials(
    trials: &[&[(u64, u64)]],
    confidence: f64,
) -> Option<ShareEstimate> {
    let blocks = counted_blocks(trials)?;
    let counts = || trials.iter().flat_map(|t| t.iter());
    let (hits, n) = (counts().map(|b| b.0).sum(), counts().map(|b| b.1).sum());
    let design_effect = blocks.design_effect.max(1.0);
    let interval = clopper_pearson_effective(hits, n, blocks.judged_n(n, confidence), confidence);
    let n_effective = effective_n(n, design_effect);
    Some(ShareEstimate { value: blocks.mean, interval, n, n_effective, design_effect })
}
