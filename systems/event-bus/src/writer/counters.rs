//! What the writer has done, readable beside it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the classes of commit times, in microseconds; one class more has none.
pub const COMMIT_BOUNDS_US: [u64; 14] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
    1_000_000, 5_000_000,
];

/// What the writer has done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Events and operations that wait.
    pub depth: u64,
    /// Events that are in the database now and were not before.
    pub stored: u64,
    /// Events that were there already.
    pub duplicates: u64,
    /// Events that the database refuses, each by itself.
    pub refused: u64,
    /// Events that were lost with a failure of the database.
    pub failed: u64,
    /// What was not taken because the queue was full.
    pub overflowed: u64,
    pub operations: u64,
    /// Transactions with events.
    pub batches: u64,
    /// Events in the largest of them.
    pub largest_batch: u64,
    /// Commits by time, in the classes of [`COMMIT_BOUNDS_US`], each counted in one class.
    pub commit_classes: [u64; COMMIT_BOUNDS_US.len() + 1],
    /// All their times together.
    pub commit_us: u64,
    /// Whether the last commit went well, of events or of an operation that writes, and the
    /// thread is there.
    pub is_healthy: bool,
}

/// The same, as the thread changes it.
#[derive(Debug, Default)]
pub(super) struct Gauges {
    pub(super) depth: AtomicU64,
    pub(super) stored: AtomicU64,
    pub(super) duplicates: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) overflowed: AtomicU64,
    pub(super) operations: AtomicU64,
    batches: AtomicU64,
    largest_batch: AtomicU64,
    commit_classes: [AtomicU64; COMMIT_BOUNDS_US.len() + 1],
    commit_us: AtomicU64,
    pub(super) is_healthy: AtomicBool,
}

impl Gauges {
    /// Notes a transaction of so many events.
    pub(super) fn commit(&self, events: usize, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.largest_batch.fetch_max(events as u64, Ordering::Relaxed);
        let class = COMMIT_BOUNDS_US.partition_point(|bound| *bound < us);
        self.commit_classes[class].fetch_add(1, Ordering::Relaxed);
        self.commit_us.fetch_add(us, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> Counters {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counters {
            depth: read(&self.depth),
            stored: read(&self.stored),
            duplicates: read(&self.duplicates),
            refused: read(&self.refused),
            failed: read(&self.failed),
            overflowed: read(&self.overflowed),
            operations: read(&self.operations),
            batches: read(&self.batches),
            largest_batch: read(&self.largest_batch),
            commit_classes: std::array::from_fn(|class| read(&self.commit_classes[class])),
            commit_us: read(&self.commit_us),
            is_healthy: self.is_healthy.load(Ordering::Relaxed),
        }
    }
}
