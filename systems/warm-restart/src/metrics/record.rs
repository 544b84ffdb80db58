//! The metrics as JSON, by the names under which such files have always been written.

use serde::{Deserialize, Serialize};

use super::{Durations, WarmRestartMetrics};

/// Fields that a later version adds are passed over; what an older one lacks is nothing.
#[derive(Serialize, Deserialize)]
pub(super) struct Record {
    warm_restart_count: u64,
    cold_start_count: u64,
    eoiu_detected_count: u64,
    eoiu_timeout_count: u64,
    state_recovery_count: u64,
    corruption_detected_count: u64,
    backup_created_count: u64,
    backup_cleanup_count: u64,
    last_warm_restart_secs: Option<u64>,
    last_eoiu_detection_secs: Option<u64>,
    last_state_recovery_secs: Option<u64>,
    last_corruption_detected_secs: Option<u64>,
    /// For other readers; here it follows from the histogram, as do the next two.
    #[serde(default, skip_deserializing)]
    avg_initial_sync_duration_secs: f64,
    #[serde(default, skip_deserializing)]
    max_initial_sync_duration_secs: f64,
    #[serde(default, skip_deserializing)]
    min_initial_sync_duration_secs: Option<f64>,
    #[serde(default)]
    last_backup_created_secs: Option<u64>,
    #[serde(default)]
    first_seen_secs: Option<u64>,
    #[serde(default)]
    initial_sync_durations: Durations,
}

impl From<Record> for WarmRestartMetrics {
    fn from(record: Record) -> WarmRestartMetrics {
        WarmRestartMetrics {
            warm_restarts: record.warm_restart_count,
            cold_starts: record.cold_start_count,
            syncs_ended: record.eoiu_detected_count,
            sync_timeouts: record.eoiu_timeout_count,
            recoveries: record.state_recovery_count,
            corruptions: record.corruption_detected_count,
            backups_created: record.backup_created_count,
            backups_removed: record.backup_cleanup_count,
            last_warm_restart: record.last_warm_restart_secs,
            last_sync_signal: record.last_eoiu_detection_secs,
            last_recovery: record.last_state_recovery_secs,
            last_corruption: record.last_corruption_detected_secs,
            last_backup: record.last_backup_created_secs,
            first_seen: record.first_seen_secs,
            durations: record.initial_sync_durations,
        }
    }
}

impl From<WarmRestartMetrics> for Record {
    fn from(metrics: WarmRestartMetrics) -> Record {
        let seconds = |ms: u64| ms as f64 / 1000.0;
        let durations = metrics.durations;
        Record {
            warm_restart_count: metrics.warm_restarts,
            cold_start_count: metrics.cold_starts,
            eoiu_detected_count: metrics.syncs_ended,
            eoiu_timeout_count: metrics.sync_timeouts,
            state_recovery_count: metrics.recoveries,
            corruption_detected_count: metrics.corruptions,
            backup_created_count: metrics.backups_created,
            backup_cleanup_count: metrics.backups_removed,
            last_warm_restart_secs: metrics.last_warm_restart,
            last_eoiu_detection_secs: metrics.last_sync_signal,
            last_state_recovery_secs: metrics.last_recovery,
            last_corruption_detected_secs: metrics.last_corruption,
            avg_initial_sync_duration_secs: durations.mean_s().unwrap_or(0.0),
            max_initial_sync_duration_secs: seconds(durations.max_ms.unwrap_or(0)),
            min_initial_sync_duration_secs: durations.min_ms.map(seconds),
            last_backup_created_secs: metrics.last_backup,
            first_seen_secs: metrics.first_seen,
            initial_sync_durations: durations,
        }
    }
}
