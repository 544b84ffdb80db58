//! A sparse histogram with the bucket layout of HdrHistogram at three significant digits.
//!
//! Values up to 2,047 have a bucket each; above, every power of two is cut into 1,024 buckets,
//! so that a bucket is narrower than a thousandth of its values. Only buckets that hold something
//! are kept. Histograms merge by adding counts, which averages of percentiles never replace.

mod bytes;
mod exchange;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use bytes::HistogramError;

use crate::quantile::rank;

/// Sub-buckets a power of two is cut into; the first 2 x HALF values have a bucket each.
const HALF: u64 = 1024;
/// One more than the bucket that holds `u64::MAX`.
const BUCKETS: u32 = 55 * 1024;

/// Counts of `u64` values by bucket, over the whole range.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram {
    /// Bucket and count, in ascending order of bucket, no count zero.
    buckets: Vec<(u32, u64)>,
}

/// How many observations are over a limit, as far as the buckets can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Over {
    /// Observations in buckets that lie entirely above the limit.
    pub certain: u64,
    /// Observations in the bucket that holds the limit: some of them may be above it.
    pub possible: u64,
}

impl Histogram {
    /// An empty histogram.
    pub fn new() -> Histogram {
        Histogram::default()
    }

    /// Counts every value. Much faster than recording one by one.
    pub fn from_values(values: impl IntoIterator<Item = u64>) -> Histogram {
        // A window of a load test holds a few hundred values: for those a sort beats clearing
        // a count for every possible bucket.
        const FEW: usize = 2048;
        let mut values = values.into_iter();
        let mut few: Vec<u32> = values.by_ref().take(FEW).map(bucket_of).collect();
        if few.len() < FEW {
            few.sort_unstable();
            let runs = few.chunk_by(|a, b| a == b);
            return Histogram { buckets: runs.map(|run| (run[0], run.len() as u64)).collect() };
        }
        let mut counts = vec![0_u64; BUCKETS as usize];
        few.into_iter().chain(values.map(bucket_of)).for_each(|b| counts[b as usize] += 1);
        let all = (0..BUCKETS).zip(counts);
        Histogram { buckets: all.filter(|&(_, count)| count > 0).collect() }
    }

    /// Counts one value.
    pub fn record(&mut self, value: u64) {
        self.record_n(value, 1);
    }

    /// Counts a value `n` times. Counts stop at `u64::MAX` instead of wrapping.
    pub fn record_n(&mut self, value: u64, n: u64) {
        if n == 0 {
            return;
        }
        let bucket = bucket_of(value);
        match self.buckets.binary_search_by_key(&bucket, |&(b, _)| b) {
            Ok(place) => {
                let count = &mut self.buckets[place].1;
                *count = count.saturating_add(n);
            }
            Err(place) => self.buckets.insert(place, (bucket, n)),
        }
    }

    /// Adds the counts of another histogram.
    pub fn merge(&mut self, other: &Histogram) {
        if other.buckets.is_empty() {
            return;
        }
        let mine = std::mem::take(&mut self.buckets);
        let mut theirs = other.buckets.iter().copied().peekable();
        self.buckets.reserve_exact(mine.len().max(other.buckets.len()));
        for (bucket, count) in mine {
            while let Some(earlier) = theirs.next_if(|&(b, _)| b < bucket) {
                self.buckets.push(earlier);
            }
            let same = theirs.next_if(|&(b, _)| b == bucket).map_or(0, |(_, c)| c);
            self.buckets.push((bucket, count.saturating_add(same)));
        }
        self.buckets.extend(theirs);
    }

    /// All the counts of several histograms in one pass, where merging one by one would copy the
    /// sum as often as there are histograms.
    pub fn merged(histograms: &[&Histogram]) -> Histogram {
        if let [only] = histograms {
            return (*only).clone();
        }
        let first = histograms.iter().filter_map(|h| h.buckets.first()).map(|b| b.0).min();
        let last = histograms.iter().filter_map(|h| h.buckets.last()).map(|b| b.0).max();
        let (Some(first), Some(last)) = (first, last) else { return Histogram::new() };
        let mut counts = vec![0_u64; (last - first) as usize + 1];
        for &(bucket, count) in histograms.iter().flat_map(|h| &h.buckets) {
            let sum = &mut counts[(bucket - first) as usize];
            *sum = sum.saturating_add(count);
        }
        let held = counts.iter().filter(|&&count| count > 0).count();
        let mut buckets = Vec::with_capacity(held);
        buckets.extend((first..=last).zip(counts).filter(|&(_, count)| count > 0));
        Histogram { buckets }
    }

    /// How many values were counted.
    pub fn count(&self) -> u64 {
        self.buckets.iter().fold(0, |sum, &(_, count)| sum.saturating_add(count))
    }

    /// True when nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    /// The lowest value of the first bucket: the smallest observation within a bucket width.
    pub fn min(&self) -> Option<u64> {
        self.buckets.first().map(|&(b, _)| lowest(b))
    }

    /// The highest value of the last bucket: the largest observation within a bucket width.
    pub fn max(&self) -> Option<u64> {
        self.buckets.last().map(|&(b, _)| highest(b))
    }

    /// The mean, each observation taken at the middle of its bucket.
    pub fn mean(&self) -> Option<f64> {
        (!self.is_empty()).then(|| self.total() / self.count() as f64)
    }

    /// The sum, each observation taken at the middle of its bucket.
    pub fn total(&self) -> f64 {
        let middle = |b| f64::midpoint(lowest(b) as f64, highest(b) as f64);
        self.buckets.iter().map(|&(b, count)| middle(b) * count as f64).sum()
    }

    /// The q-quantile: the highest value of the bucket that holds rank ceil(q n). It is never
    /// below the quantile of the raw observations and within a bucket width above it.
    ///
    /// # Panics
    /// When `q` is not within [0, 1].
    pub fn quantile(&self, q: f64) -> Option<u64> {
        let n = self.count();
        if n == 0 { None } else { self.at_rank(rank(n, q)) }
    }

    /// The highest value of the bucket that holds the `r`-th smallest observation, counted from
    /// 1; none when there are fewer.
    pub fn at_rank(&self, r: u64) -> Option<u64> {
        self.bucket_at_rank(r).map(|(_, highest)| highest)
    }

    /// Lowest and highest value of the bucket that holds the `r`-th smallest observation.
    pub fn bucket_at_rank(&self, r: u64) -> Option<(u64, u64)> {
        let mut seen = 0_u64;
        let holds = |&&(_, count): &&(u32, u64)| {
            seen = seen.saturating_add(count);
            seen >= r
        };
        let found = if r == 0 { None } else { self.buckets.iter().find(holds) };
        found.map(|&(b, _)| (lowest(b), highest(b)))
    }

    /// How many observations are over `limit`. A NaN limit leaves everything possible.
    pub fn over(&self, limit: f64) -> Over {
        let mut over = Over { certain: 0, possible: 0 };
        for &(bucket, count) in self.buckets.iter().rev() {
            if lowest(bucket) as f64 > limit {
                over.certain = over.certain.saturating_add(count);
            } else if highest(bucket) as f64 <= limit {
                break;
            } else {
                over.possible = over.possible.saturating_add(count);
            }
        }
        over
    }

    /// Lowest value, highest value and count of every bucket that holds something, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u64, u64)> + '_ {
        self.buckets.iter().map(|&(b, count)| (lowest(b), highest(b), count))
    }
}

/// The bucket of a value: its 11 leading bits, and how far they are shifted.
fn bucket_of(value: u64) -> u32 {
    let shift = 53 - (value | (2 * HALF - 1)).leading_zeros();
    shift * HALF as u32 + (value >> shift) as u32
}

/// The smallest value of a bucket.
fn lowest(bucket: u32) -> u64 {
    let shift = shift_of(bucket);
    (u64::from(bucket) - u64::from(shift) * HALF) << shift
}

/// The largest value of a bucket.
fn highest(bucket: u32) -> u64 {
    lowest(bucket) + ((1 << shift_of(bucket)) - 1)
}

fn shift_of(bucket: u32) -> u32 {
    (bucket / HALF as u32).saturating_sub(1)
}

/// Written as `[[lowest value, count], ...]`, which a person and any language can read.
impl Serialize for Histogram {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.buckets.iter().map(|&(b, count)| (lowest(b), count)))
    }
}

impl<'de> Deserialize<'de> for Histogram {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Histogram, D::Error> {
        let pairs = Vec::<(u64, u64)>::deserialize(deserializer)?;
        let buckets = pairs.into_iter().map(|(value, count)| (bucket_of(value), count)).collect();
        bytes::checked(buckets).map_err(D::Error::custom)
    }
}
