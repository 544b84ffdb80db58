//! Figures over all failures of all seeds of a load. Most simulations have a single failure, whose
//! percentiles say nothing; those of all together do.

use serde::{Deserialize, Serialize};

use super::metric::{Sorted, after_repair, before, from_failure};
use crate::number::rounded;
use crate::outcome::{FailureWindow, Outcome, Share};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pooled {
    pub name: String,
    pub n: usize,
    pub mean: f64,
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
    pub max: f64,
}

impl Pooled {
    /// None without values.
    fn of(name: &str, values: impl Iterator<Item = f64>) -> Option<Pooled> {
        let values = Sorted::new(values);
        let percentile = |percent| Some(rounded(values.percentile(percent)?, 12));
        Some(Pooled {
            name: name.to_owned(),
            n: values.sorted.len(),
            mean: rounded(values.mean()?, 12),
            p50: percentile(50.0)?,
            p95: percentile(95.0)?,
            p99: percentile(99.0)?,
            max: percentile(100.0)?,
        })
    }

    /// What was counted, by the end of its column's name.
    #[must_use]
    pub fn figures(&self) -> [(&'static str, f64); 5] {
        let Pooled { mean, p50, p95, p99, max, .. } = *self;
        [("mean", mean), ("p50", p50), ("p95", p95), ("p99", p99), ("max", max)]
    }
}

/// Blocking before failures, from them and after repairs, and recovery times.
pub(super) fn all(outcomes: &[Outcome]) -> Vec<Pooled> {
    let windows = |name, which: fn(&FailureWindow) -> Option<Share>| {
        let windows = outcomes.iter().flat_map(|run| &run.windows);
        let shares = windows.filter_map(which).filter(|share| share.of > 0);
        Pooled::of(name, shares.map(Share::value))
    };
    let recoveries = outcomes.iter().flat_map(|run| run.recoveries.ms.iter().copied());
    let pooled = [
        windows("bp_window_before", before),
        windows("bp_window_fail", from_failure),
        windows("bp_window_repair", after_repair),
        Pooled::of("recovery_time_ms", recoveries),
    ];
    pooled.into_iter().flatten().collect()
}
