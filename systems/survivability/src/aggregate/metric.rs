//! The figures of one simulation, by the names that columns have.

use crate::outcome::{FailureWindow, Outcome, Share, percentile};

pub struct Metric {
    pub name: &'static str,
    /// What an axis says, with the unit.
    pub title: &'static str,
    /// None where a simulation has no such figure, as a mean over no failures.
    pub of: fn(&Outcome) -> Option<f64>,
}

/// The metric of that name.
#[must_use]
pub fn metric(name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.name == name)
}

/// Blocking first, the rest by name.
pub const METRICS: &[Metric] = &[
    Metric { name: "bp_overall", title: "Blocking probability", of: |run| Some(run.blocking()) },
    Metric {
        name: "bit_rate_bp",
        title: "Bit-rate blocking probability",
        of: |run| Some(run.bit_rate_blocking()),
    },
    Metric {
        name: "bp_congestion",
        title: "Share of requests blocked by congestion",
        of: |run| offered_share(run, run.totals.blocked_by_congestion),
    },
    Metric {
        name: "bp_distance",
        title: "Share of requests blocked by distance",
        of: |run| offered_share(run, run.totals.blocked_by_distance),
    },
    Metric {
        name: "bp_failure",
        title: "Share of requests blocked by a failure",
        of: |run| offered_share(run, run.totals.blocked_by_failure),
    },
    Metric {
        name: "bp_window_before_mean",
        title: "Blocking before failures",
        of: |run| window(run, before).mean(),
    },
    Metric {
        name: "bp_window_before_p95",
        title: "Blocking before failures, 95th percentile",
        of: |run| window(run, before).percentile(95.0),
    },
    Metric {
        name: "bp_window_fail_mean",
        title: "Blocking from failures on",
        of: |run| window(run, from_failure).mean(),
    },
    Metric {
        name: "bp_window_fail_p95",
        title: "Blocking from failures on, 95th percentile",
        of: |run| window(run, from_failure).percentile(95.0),
    },
    Metric {
        name: "bp_window_repair_mean",
        title: "Blocking after repairs",
        of: |run| window(run, after_repair).mean(),
    },
    Metric {
        name: "bp_window_repair_p95",
        title: "Blocking after repairs, 95th percentile",
        of: |run| window(run, after_repair).percentile(95.0),
    },
    Metric {
        name: "dropped_share",
        title: "Share of requests dropped by failures",
        of: |run| offered_share(run, run.totals.dropped),
    },
    Metric { name: "failure_count", title: "Failures", of: |run| count(run.failures) },
    Metric {
        name: "failure_window_count",
        title: "Windows from failures on",
        of: |run| Some(window(run, from_failure).sorted.len() as f64),
    },
    Metric {
        name: "frag_proxy_mean",
        title: "Fragmentation of paths, mean",
        of: |run| (run.fragmentation.count > 0).then_some(run.fragmentation.mean),
    },
    Metric {
        name: "frag_proxy_p95",
        title: "Fragmentation of paths, 95th percentile",
        of: |run| (run.fragmentation.count > 0).then_some(run.fragmentation.p95),
    },
    Metric {
        name: "mean_hops",
        title: "Links of a lightpath, mean",
        of: |run| (run.served.lightpaths > 0).then(|| run.served.mean_hops()),
    },
    Metric {
        name: "mean_km",
        title: "Length of a lightpath, mean (km)",
        of: |run| (run.served.lightpaths > 0).then(|| run.served.mean_km()),
    },
    Metric {
        name: "mean_live",
        title: "Requests held, mean (Erlang)",
        of: |run| Some(run.mean_live),
    },
    Metric { name: "offered", title: "Requests offered", of: |run| count(run.totals.offered) },
    Metric {
        name: "protected_count",
        title: "Requests served with protection",
        of: |run| count(run.recoveries.protected),
    },
    Metric {
        name: "protection_failure_count",
        title: "Protected requests lost",
        of: |run| count(run.recoveries.protection_failures),
    },
    Metric {
        name: "recovery_event_count",
        title: "Recoveries",
        of: |run| count(run.recoveries.ms.len() as u64),
    },
    Metric {
        name: "recovery_time_max_ms",
        title: "Recovery time, longest (ms)",
        of: |run| recovery(run, 100.0),
    },
    Metric {
        name: "recovery_time_mean_ms",
        title: "Recovery time, mean (ms)",
        of: |run| (!run.recoveries.ms.is_empty()).then(|| run.recoveries.mean_ms()),
    },
    Metric {
        name: "recovery_time_p50_ms",
        title: "Recovery time, median (ms)",
        of: |run| recovery(run, 50.0),
    },
    Metric {
        name: "recovery_time_p95_ms",
        title: "Recovery time, 95th percentile (ms)",
        of: |run| recovery(run, 95.0),
    },
    Metric {
        name: "recovery_time_p99_ms",
        title: "Recovery time, 99th percentile (ms)",
        of: |run| recovery(run, 99.0),
    },
    Metric {
        name: "restored_count",
        title: "Requests given a new path",
        of: |run| count(run.recoveries.restored),
    },
    Metric {
        name: "switched_count",
        title: "Requests switched to their second path",
        of: |run| count(run.recoveries.switched),
    },
    Metric { name: "utilisation", title: "Share of slots taken", of: |run| Some(run.utilisation) },
];

/// Values whose percentiles are asked for, ascending.
pub(super) struct Sorted {
    pub sorted: Vec<f64>,
}

impl Sorted {
    pub(super) fn new(values: impl Iterator<Item = f64>) -> Sorted {
        let mut sorted: Vec<f64> = values.collect();
        sorted.sort_unstable_by(f64::total_cmp);
        Sorted { sorted }
    }

    pub(super) fn mean(&self) -> Option<f64> {
        let sum: f64 = self.sorted.iter().sum();
        (!self.sorted.is_empty()).then(|| sum / self.sorted.len() as f64)
    }

    pub(super) fn percentile(&self, percent: f64) -> Option<f64> {
        (!self.sorted.is_empty()).then(|| percentile(&self.sorted, percent))
    }
}

pub(super) fn before(window: &FailureWindow) -> Option<Share> {
    window.before
}

pub(super) fn from_failure(window: &FailureWindow) -> Option<Share> {
    window.from_failure
}

pub(super) fn after_repair(window: &FailureWindow) -> Option<Share> {
    window.after_repair
}

/// Blocking in one of the windows around each failure. A window without arrivals is none.
fn window(run: &Outcome, which: fn(&FailureWindow) -> Option<Share>) -> Sorted {
    let shares = run.windows.iter().filter_map(which).filter(|share| share.of > 0);
    Sorted::new(shares.map(Share::value))
}

fn recovery(run: &Outcome, percent: f64) -> Option<f64> {
    (!run.recoveries.ms.is_empty()).then(|| run.recoveries.percentile_ms(percent))
}

fn offered_share(run: &Outcome, part: u64) -> Option<f64> {
    (run.totals.offered > 0).then(|| part as f64 / run.totals.offered as f64)
}

#[expect(clippy::unnecessary_wraps, reason = "a metric may have no value")]
fn count(count: u64) -> Option<f64> {
    Some(count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocking_comes_first_and_the_rest_by_name() {
        let names: Vec<&str> = METRICS.iter().map(|metric| metric.name).collect();
        assert_eq!(names[0], "bp_overall");
        assert!(names[1..].is_sorted_by(|left, right| left < right), "{names:?}");
    }
}
