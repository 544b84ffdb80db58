//! What one simulation came to: counts, and the figures one asks of them.

use serde::{Deserialize, Serialize};

/// Everything that was counted. Requests of the warm-up are served and not counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub seed: u64,
    pub erlang: f64,
    /// Those of the warm-up included.
    pub arrivals: u64,
    /// Whether every request arrived; false if the simulation was stopped.
    pub is_complete: bool,
    pub totals: Totals,
    pub served: Served,
    /// Mean share of slots taken, guards included, over time.
    pub utilisation: f64,
    /// Mean number of requests that hold slots, over time.
    pub mean_live: f64,
    pub fragmentation: Fragmentation,
    pub recoveries: Recoveries,
    /// How often links failed.
    pub failures: u64,
    /// Around each failure, the first thousand.
    pub windows: Vec<FailureWindow>,
    /// The course over time, in bins of equally many arrivals.
    pub series: Vec<Bin>,
    /// Slots over all links and cores.
    pub capacity: u64,
    pub warnings: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    pub offered: u64,
    pub blocked_by_distance: u64,
    pub blocked_by_congestion: u64,
    pub blocked_by_failure: u64,
    /// Served, and lost to a failure later.
    pub dropped: u64,
    pub offered_gbps: u64,
    /// Of requests blocked or dropped.
    pub blocked_gbps: u64,
}

impl Totals {
    /// Requests that were blocked on arrival.
    #[must_use]
    pub fn blocked(&self) -> u64 {
        self.blocked_by_distance + self.blocked_by_congestion + self.blocked_by_failure
    }
}

impl Outcome {
    /// Share of the offered requests that were blocked, or dropped by a failure.
    #[must_use]
    pub fn blocking(&self) -> f64 {
        ratio(self.totals.blocked() + self.totals.dropped, self.totals.offered)
    }

    /// Share of the offered bit rate that was blocked or dropped.
    #[must_use]
    pub fn bit_rate_blocking(&self) -> f64 {
        ratio(self.totals.blocked_gbps, self.totals.offered_gbps)
    }
}

/// What was served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    pub requests: u64,
    pub lightpaths: u64,
    /// Over all lightpaths.
    pub hops: u64,
    pub metres: u64,
    /// Requests by the place of their path among the candidates.
    pub by_candidate: Vec<u64>,
    /// Lightpaths by core.
    pub by_core: Vec<u64>,
}

impl Served {
    #[must_use]
    pub fn new(candidates: usize, cores: usize) -> Served {
        let (by_candidate, by_core) = (vec![0; candidates], vec![0; cores]);
        Served { requests: 0, lightpaths: 0, hops: 0, metres: 0, by_candidate, by_core }
    }

    #[must_use]
    pub fn mean_hops(&self) -> f64 {
        ratio(self.hops, self.lightpaths)
    }

    #[must_use]
    pub fn mean_km(&self) -> f64 {
        ratio(self.metres, self.lightpaths) / 1000.0
    }
}

/// Fragmentation on the paths of served requests, just after.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Fragmentation {
    pub count: u64,
    pub mean: f64,
    pub p95: f64,
}

impl Fragmentation {
    /// From how often each of the values from 0 to 1 was seen, which are evenly spaced.
    #[must_use]
    pub fn of(counts: &[u64]) -> Fragmentation {
        let count: u64 = counts.iter().sum();
        let steps = (counts.len() - 1).max(1) as f64;
        let sum: f64 = counts.iter().zip(0..).map(|(n, step)| *n as f64 * f64::from(step)).sum();
        let mut seen = 0;
        let target = (count as f64 * 0.95).ceil() as u64;
        let at = counts.iter().position(|n| {
            seen += n;
            seen >= target
        });
        match (count, at) {
            (1.., Some(at)) => {
                Fragmentation { count, mean: sum / count as f64 / steps, p95: at as f64 / steps }
            }
            _ => Fragmentation::default(),
        }
    }
}

/// What became of the requests that failures hit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recoveries {
    /// Requests served with protection.
    pub protected: u64,
    /// Switched to their second path.
    pub switched: u64,
    /// Given a new path.
    pub restored: u64,
    /// Protected and lost all the same.
    pub protection_failures: u64,
    /// How long each recovery took, in the order in which they happened.
    pub ms: Vec<f64>,
}

impl Recoveries {
    #[must_use]
    pub fn mean_ms(&self) -> f64 {
        let sum: f64 = self.ms.iter().sum();
        if self.ms.is_empty() { 0.0 } else { sum / self.ms.len() as f64 }
    }

    /// The percentile of the recovery times; 0 without any.
    #[must_use]
    pub fn percentile_ms(&self, percent: f64) -> f64 {
        let mut sorted = self.ms.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        percentile(&sorted, percent)
    }
}

/// Blocking around one failure, in numbers of arrivals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FailureWindow {
    pub t_fail: f64,
    /// When the last link came back; none if one is still down.
    pub t_repair: Option<f64>,
    /// The first arrival after the failure, from 0.
    pub fail_arrival: u64,
    pub repair_arrival: Option<u64>,
    /// Arrivals just before the failure, from it, and from the repair. None where there is none.
    pub before: Option<Share>,
    pub from_failure: Option<Share>,
    pub after_repair: Option<Share>,
}

impl FailureWindow {
    #[must_use]
    pub fn beginning(t_fail: f64, fail_arrival: u64) -> FailureWindow {
        FailureWindow {
            t_fail,
            t_repair: None,
            fail_arrival,
            repair_arrival: None,
            before: None,
            from_failure: None,
            after_repair: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    pub of: u64,
    pub blocked: u64,
}

impl Share {
    #[must_use]
    pub fn value(self) -> f64 {
        ratio(self.blocked, self.of)
    }
}

/// Some arrivals in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// When the last of them arrived.
    pub end: f64,
    pub arrivals: u64,
    pub blocked: u64,
    pub dropped: u64,
    pub time: f64,
    /// Busy slots by time.
    pub busy_time: f64,
}

/// Linear between the values beside it, which have to be sorted; 0 without any.
#[must_use]
pub fn percentile(sorted: &[f64], percent: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let at = percent / 100.0 * last as f64;
    let (low, rest) = (at.floor() as usize, at.fract());
    let high = (low + 1).min(last);
    sorted[low] + rest * (sorted[high] - sorted[low])
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
