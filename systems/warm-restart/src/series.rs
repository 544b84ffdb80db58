//! The numbers of a device by the names under which rules test them and Prometheus reads them.

use crate::metrics::WarmRestartMetrics;

/// One number of a device.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    pub name: &'static str,
    pub kind: Kind,
    pub help: &'static str,
    /// At a time in seconds since 1970; none where there is nothing to tell.
    pub value: fn(&WarmRestartMetrics, u64) -> Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
}

type Of = fn(&WarmRestartMetrics) -> u64;

macro_rules! counter {
    ($name:literal, $help:literal, $of:expr) => {
        Metric {
            name: concat!("warm_restart_", $name),
            kind: Kind::Counter,
            help: $help,
            value: |metrics, _| {
                let of: Of = $of;
                Some(of(metrics) as f64)
            },
        }
    };
}

macro_rules! gauge {
    ($name:literal, $help:literal, $value:expr) => {
        Metric {
            name: concat!("warm_restart_", $name),
            kind: Kind::Gauge,
            help: $help,
            value: $value,
        }
    };
}

/// All of them; the histogram of durations comes besides.
pub const METRICS: &[Metric] = &[
    counter!("warm_restarts_total", "Starts that took up what was known", |m| m.warm_restarts),
    counter!("cold_starts_total", "Starts without what was known before", |m| m.cold_starts),
    counter!("syncs_ended_total", "Initial syncs that ended, in time or not", |m| m.syncs_ended),
    counter!("sync_timeouts_total", "Initial syncs that ran out of time", |m| m.sync_timeouts),
    counter!("slow_syncs_total", "Initial syncs that took over 300 s", |m| m.durations.buckets[7]),
    counter!("recoveries_total", "States taken from a backup", |m| m.recoveries),
    counter!("corruptions_total", "State files that could not be read", |m| m.corruptions),
    counter!("backups_created_total", "Backups made", |m| m.backups_created),
    counter!("backups_removed_total", "Backups removed", |m| m.backups_removed),
    gauge!("last_warm_restart_timestamp_seconds", "The last warm restart", |m, _| {
        seconds(m.last_warm_restart)
    }),
    gauge!("last_sync_signal_timestamp_seconds", "The last end of a sync by signal", |m, _| {
        seconds(m.last_sync_signal)
    }),
    gauge!("last_recovery_timestamp_seconds", "The last recovery", |m, _| {
        seconds(m.last_recovery)
    }),
    gauge!("last_corruption_timestamp_seconds", "The last corruption", |m, _| {
        seconds(m.last_corruption)
    }),
    gauge!(
        "backup_age_seconds",
        "Since the last backup, or since the device is known",
        |m, now| {
            let since = m.last_backup.or(m.first_seen)?;
            Some(now.saturating_sub(since) as f64)
        }
    ),
    gauge!("warm_percent", "Warm restarts among all starts", |m, _| m.warm_percent()),
    gauge!("timeout_percent", "Timeouts among all syncs", |m, _| m.timeout_percent()),
    gauge!("recovery_percent", "Recoveries for each hundred corruptions", |m, _| {
        m.recovery_percent()
    }),
    gauge!("unrecovered_corruptions", "Corruptions that no recovery made good", |m, _| {
        Some(m.unrecovered() as f64)
    }),
    gauge!("sync_duration_mean_seconds", "Mean duration of initial syncs", |m, _| {
        m.durations.mean_s()
    }),
    gauge!("sync_duration_min_seconds", "Shortest initial sync", |m, _| {
        m.durations.min_ms.map(|ms| ms as f64 / 1000.0)
    }),
    gauge!("sync_duration_max_seconds", "Longest initial sync", |m, _| {
        m.durations.max_ms.map(|ms| ms as f64 / 1000.0)
    }),
    gauge!("health_score", "From 30 to 100", |m, _| Some(m.health_score())),
];

/// The histogram of durations.
pub const DURATIONS: &str = "warm_restart_initial_sync_duration_seconds";

fn seconds(at: Option<u64>) -> Option<f64> {
    at.map(|at| at as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_only_counters_are_totals() {
        for (at, metric) in METRICS.iter().enumerate() {
            assert!(METRICS[..at].iter().all(|other| other.name != metric.name), "{metric:?}");
            assert_eq!(metric.name.ends_with("_total"), metric.kind == Kind::Counter);
        }
    }

    #[test]
    fn what_a_fresh_device_has_nothing_to_tell_of_is_missing_and_not_zero() {
        let fresh = WarmRestartMetrics::default();
        let missing = METRICS.iter().filter(|metric| (metric.value)(&fresh, 10).is_none());
        assert_eq!(missing.count(), 11);
    }
}
