//! Counting as fast as values come: an array of counters that is packed into a histogram now and
//! then and emptied by that.

use super::{Histogram, bucket_of};

/// Counts `u64` values, a few nanoseconds each. It holds four bytes for every bucket up to the
/// highest it ever counted: 80 KiB for values up to a second in nanoseconds.
#[derive(Debug, Clone, Default)]
pub struct Recorder {
    counts: Vec<u32>,
    /// The buckets between which something was counted since it was last emptied.
    touched: Option<(u32, u32)>,
    /// Histograms of counters that were full.
    full: Histogram,
}

impl Recorder {
    /// One that counted nothing.
    pub fn new() -> Recorder {
        Recorder::default()
    }

    /// Counts one value.
    pub fn record(&mut self, value: u64) {
        let bucket = bucket_of(value);
        if bucket as usize >= self.counts.len() {
            self.counts.resize(bucket as usize + 1, 0);
        }
        let count = &mut self.counts[bucket as usize];
        if *count == u32::MAX {
            let spilled = Histogram::pack([(bucket, u64::from(*count))]);
            *count = 0;
            self.full.merge(&spilled);
        }
        self.counts[bucket as usize] += 1;
        let (low, high) = self.touched.unwrap_or((bucket, bucket));
        self.touched = Some((low.min(bucket), high.max(bucket)));
    }

    /// What was counted since the last time.
    pub fn take(&mut self) -> Histogram {
        let mut taken = std::mem::take(&mut self.full);
        let Some((low, high)) = self.touched.take() else { return taken };
        let counts = &mut self.counts[low as usize..=high as usize];
        let pairs = (low..=high).zip(counts.iter().map(|&count| u64::from(count)));
        let counted = Histogram::pack(pairs);
        counts.fill(0);
        if taken.is_empty() {
            return counted;
        }
        taken.merge(&counted);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_what_a_histogram_of_the_same_values_counts() {
        let values: Vec<u64> = (0..5000_u64).map(|i| i * i * 977 % 3_000_000_007).collect();
        let mut recorder = Recorder::new();
        for &value in &values {
            recorder.record(value);
        }
        assert_eq!(recorder.take(), Histogram::from_values(values));
    }

    #[test]
    fn taking_empties_it() {
        let mut recorder = Recorder::new();
        recorder.record(7);
        assert_eq!(recorder.take().count(), 1);
        assert!(recorder.take().is_empty());
        recorder.record(u64::MAX);
        recorder.record(0);
        assert_eq!(recorder.take(), Histogram::from_values([0, u64::MAX]));
    }

    #[test]
    fn a_full_counter_is_kept() {
        let mut recorder = Recorder::new();
        recorder.record(9);
        recorder.counts[9] = u32::MAX;
        recorder.record(9);
        assert_eq!(recorder.take().count(), u64::from(u32::MAX) + 1);
    }
}
