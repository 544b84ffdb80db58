//! What is counted of one device, or of one port of it.

mod durations;
pub mod health;
mod record;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use self::durations::{Durations, EDGES_S};
use self::record::Record;
use crate::event::Event;

/// Counters that only rise, when each last did, and how long initial syncs took.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Record", into = "Record")]
pub struct WarmRestartMetrics {
    pub warm_restarts: u64,
    pub cold_starts: u64,
    /// Initial syncs that ended, those among them that ran out of time: timeouts are a share of it.
    pub syncs_ended: u64,
    pub sync_timeouts: u64,
    pub recoveries: u64,
    /// State files that could not be read.
    pub corruptions: u64,
    pub backups_created: u64,
    pub backups_removed: u64,
    /// Seconds since 1970, as are the next ones.
    pub last_warm_restart: Option<u64>,
    /// Of syncs that ended by the signal, not by the clock.
    pub last_sync_signal: Option<u64>,
    pub last_recovery: Option<u64>,
    pub last_corruption: Option<u64>,
    pub last_backup: Option<u64>,
    /// When anything was first heard, from which the first backup is awaited.
    pub first_seen: Option<u64>,
    pub durations: Durations,
}

impl WarmRestartMetrics {
    /// Counts an event that happened at a time in seconds since 1970.
    pub fn record(&mut self, event: Event, at: u64) {
        self.record_times(event, 1, at);
    }

    /// Counts one that happened so often, which takes no longer than one that happened once.
    pub fn record_times(&mut self, event: Event, times: u64, at: u64) {
        let count = |counter: &mut u64| *counter = counter.saturating_add(times);
        self.first_seen = earlier(self.first_seen, Some(at));
        match event {
            Event::WarmStart => {
                count(&mut self.warm_restarts);
                self.last_warm_restart = later(self.last_warm_restart, Some(at));
            }
            Event::ColdStart => count(&mut self.cold_starts),
            Event::SyncEnded { ms } => {
                count(&mut self.syncs_ended);
                self.last_sync_signal = later(self.last_sync_signal, Some(at));
                self.durations.add_times(ms, times);
            }
            Event::SyncTimedOut { ms } => {
                count(&mut self.syncs_ended);
                count(&mut self.sync_timeouts);
                self.durations.add_times(ms, times);
            }
            Event::Recovery => {
                count(&mut self.recoveries);
                self.last_recovery = later(self.last_recovery, Some(at));
            }
            Event::Corruption => {
                count(&mut self.corruptions);
                self.last_corruption = later(self.last_corruption, Some(at));
            }
            Event::BackupCreated => {
                count(&mut self.backups_created);
                self.last_backup = later(self.last_backup, Some(at));
            }
            Event::BackupRemoved => count(&mut self.backups_removed),
        }
    }

    /// Adds what somebody else counted.
    pub fn merge(&mut self, other: &WarmRestartMetrics) {
        let add = |own: &mut u64, other: u64| *own = own.saturating_add(other);
        add(&mut self.warm_restarts, other.warm_restarts);
        add(&mut self.cold_starts, other.cold_starts);
        add(&mut self.syncs_ended, other.syncs_ended);
        add(&mut self.sync_timeouts, other.sync_timeouts);
        add(&mut self.recoveries, other.recoveries);
        add(&mut self.corruptions, other.corruptions);
        add(&mut self.backups_created, other.backups_created);
        add(&mut self.backups_removed, other.backups_removed);
        self.last_warm_restart = later(self.last_warm_restart, other.last_warm_restart);
        self.last_sync_signal = later(self.last_sync_signal, other.last_sync_signal);
        self.last_recovery = later(self.last_recovery, other.last_recovery);
        self.last_corruption = later(self.last_corruption, other.last_corruption);
        self.last_backup = later(self.last_backup, other.last_backup);
        self.first_seen = earlier(self.first_seen, other.first_seen);
        self.durations.merge(&other.durations);
    }
}

fn later(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    one.max(other)
}

fn earlier(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
