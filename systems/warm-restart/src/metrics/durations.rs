//! How long initial syncs took: a histogram of what was measured, with sum, least and most.

use serde::{Deserialize, Serialize};

/// Upper edges of the buckets in seconds, which belong to them. One more bucket
/// is for what took longer than the last.
pub const EDGES_S: [u64; 7] = [1, 5, 10, 30, 60, 120, 300];

/// Whole milliseconds, so that sums are exact and merging has no order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Durations {
    /// How many fell into each bucket itself, not into those below it.
    pub buckets: [u64; EDGES_S.len() + 1],
    pub sum_ms: u64,
    pub min_ms: Option<u64>,
    pub max_ms: Option<u64>,
}

impl Durations {
    pub fn add(&mut self, ms: u64) {
        self.add_times(ms, 1);
    }

    /// So many that took as long.
    pub fn add_times(&mut self, ms: u64, times: u64) {
        let bucket = EDGES_S.partition_point(|edge| edge * 1000 < ms);
        self.buckets[bucket] = self.buckets[bucket].saturating_add(times);
        self.sum_ms = self.sum_ms.saturating_add(ms.saturating_mul(times));
        self.min_ms = Some(self.min_ms.map_or(ms, |min| min.min(ms)));
        self.max_ms = self.max_ms.max(Some(ms));
    }

    pub fn merge(&mut self, other: &Durations) {
        for (own, other) in self.buckets.iter_mut().zip(other.buckets) {
            *own = own.saturating_add(other);
        }
        self.sum_ms = self.sum_ms.saturating_add(other.sum_ms);
        self.min_ms = match (self.min_ms, other.min_ms) {
            (Some(own), Some(other)) => Some(own.min(other)),
            (own, other) => own.or(other),
        };
        self.max_ms = self.max_ms.max(other.max_ms);
    }

    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.iter().fold(0, |sum, bucket| sum.saturating_add(*bucket))
    }

    /// In seconds; none before there was one.
    #[must_use]
    pub fn mean_s(&self) -> Option<f64> {
        let count = self.count();
        (count > 0).then(|| self.sum_ms as f64 / 1000.0 / count as f64)
    }

    /// How many took so long or less, for each edge and for infinity, as Prometheus counts them.
    #[must_use]
    pub fn cumulative(&self) -> [u64; EDGES_S.len() + 1] {
        let mut cumulative = self.buckets;
        for at in 1..cumulative.len() {
            cumulative[at] = cumulative[at].saturating_add(cumulative[at - 1]);
        }
        cumulative
    }
}
