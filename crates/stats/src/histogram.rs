//! A sparse histogram with the bucket layout of HdrHistogram at three significant digits.
//!
//! Values up to 2,047 have a bucket each; above, every power of two is cut into 1,024 buckets,
//! so that a bucket is narrower than a thousandth of its values. Only buckets that hold something
//! are kept. Histograms merge by adding counts, which averages of percentiles never replace.

mod bytes;
mod exchange;
mod recorder;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use bytes::HistogramError;
pub use recorder::Recorder;

use crate::quantile::rank;

/// Sub-buckets a power of two is cut into; the first 2 x HALF values have a bucket each.
const HALF: u64 = 1024;
/// One more than the bucket that holds `u64::MAX`.
const BUCKETS: u32 = 55 * 1024;

/// Counts of `u64` values by bucket, over the whole range.
///
/// Kept in the compact form it is stored in, two or three bytes a bucket: a run holds thousands of
/// histograms, and every question put to one reads it from the front anyway.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram {
    /// Distances and counts of the buckets that hold something, as `bytes` writes them.
    packed: Box<[u8]>,
    /// How many buckets that is.
    buckets: u32,
    /// The last of them; 0 when there is none.
    last: u32,
    /// The sum of the counts; it stops at `u64::MAX`.
    count: u64,
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
            return Histogram::pack(runs.map(|run| (run[0], run.len() as u64)));
        }
        let mut counts = vec![0_u64; BUCKETS as usize];
        few.into_iter().chain(values.map(bucket_of)).for_each(|b| counts[b as usize] += 1);
        Histogram::pack((0..BUCKETS).zip(counts))
    }

    /// Counts each value as often as it says. Much faster than recording one by one.
    pub fn from_counts(counts: impl IntoIterator<Item = (u64, u64)>) -> Histogram {
        let mut pairs: Vec<(u32, u64)> =
            counts.into_iter().map(|(value, n)| (bucket_of(value), n)).collect();
        pairs.sort_unstable_by_key(|&(bucket, _)| bucket);
        let sum = |run: &[(u32, u64)]| run.iter().fold(0, |sum: u64, p| sum.saturating_add(p.1));
        Histogram::pack(pairs.chunk_by(|a, b| a.0 == b.0).map(|run| (run[0].0, sum(run))))
    }

    /// Counts one value.
    pub fn record(&mut self, value: u64) {
        self.record_n(value, 1);
    }

    /// Counts a value `n` times. Counts stop at `u64::MAX` instead of wrapping. Each call rewrites
    /// the histogram; [`Histogram::from_values`] and [`Histogram::from_counts`] do not.
    pub fn record_n(&mut self, value: u64, n: u64) {
        if n > 0 {
            self.merge(&Histogram::pack([(bucket_of(value), n)]));
        }
    }

    /// Adds the counts of another histogram.
    pub fn merge(&mut self, other: &Histogram) {
        if other.is_empty() {
            return;
        }
        let mut sum = Vec::with_capacity((self.buckets + other.buckets) as usize);
        let mut theirs = other.pairs().peekable();
        for (bucket, count) in self.pairs() {
            while let Some(earlier) = theirs.next_if(|&(b, _)| b < bucket) {
                sum.push(earlier);
            }
            let same = theirs.next_if(|&(b, _)| b == bucket).map_or(0, |(_, c)| c);
            sum.push((bucket, count.saturating_add(same)));
        }
        sum.extend(theirs);
        *self = Histogram::pack(sum);
    }

    /// All the counts of several histograms in one pass, where merging one by one would copy the
    /// sum as often as there are histograms.
    pub fn merged(histograms: &[&Histogram]) -> Histogram {
        if let [only] = histograms {
            return (*only).clone();
        }
        let Some(last) = histograms.iter().map(|h| h.last).max() else { return Histogram::new() };
        let mut counts = vec![0_u64; last as usize + 1];
        for (bucket, count) in histograms.iter().flat_map(|h| h.pairs()) {
            let sum = &mut counts[bucket as usize];
            *sum = sum.saturating_add(count);
        }
        Histogram::pack((0..=last).zip(counts))
    }

    /// How many values were counted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// True when nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.buckets == 0
    }

    /// The lowest value of the first bucket: the smallest observation within a bucket width.
    pub fn min(&self) -> Option<u64> {
        self.pairs().next().map(|(b, _)| lowest(b))
    }

    /// The highest value of the last bucket: the largest observation within a bucket width.
    pub fn max(&self) -> Option<u64> {
        (!self.is_empty()).then(|| highest(self.last))
    }

    /// The mean, each observation taken at the middle of its bucket.
    pub fn mean(&self) -> Option<f64> {
        (!self.is_empty()).then(|| self.total() / self.count() as f64)
    }

    /// The sum, each observation taken at the middle of its bucket.
    pub fn total(&self) -> f64 {
        let middle = |b| f64::midpoint(lowest(b) as f64, highest(b) as f64);
        self.pairs().map(|(b, count)| middle(b) * count as f64).sum()
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
        self.buckets_at_ranks([Some(r)])[0]
    }

    /// The same for several ranks in ascending order, in one pass; a rank that is none stays so.
    pub fn buckets_at_ranks<const N: usize>(
        &self,
        ranks: [Option<u64>; N],
    ) -> [Option<(u64, u64)>; N] {
        let mut pairs = self.pairs();
        let mut seen = 0_u64;
        let mut here = None;
        let mut found = [None; N];
        for (place, rank) in found.iter_mut().zip(ranks) {
            let Some(rank) = rank.filter(|&rank| rank > 0) else { continue };
            while seen < rank {
                pairs.pass_below(rank, &mut seen);
                let Some((bucket, count)) = pairs.next() else { return found };
                seen = seen.saturating_add(count);
                here = Some(bucket);
            }
            *place = here.map(|bucket| (lowest(bucket), highest(bucket)));
        }
        found
    }

    /// How many observations are over `limit`. A NaN limit leaves everything possible.
    pub fn over(&self, limit: f64) -> Over {
        if limit.is_nan() || limit < 0.0 {
            let (none, all) = (0, self.count);
            return if limit < 0.0 {
                Over { certain: all, possible: none }
            } else {
                Over { certain: none, possible: all }
            };
        }
        // Casting stops at `u64::MAX`, beyond which nothing is counted.
        let holder = bucket_of(limit as u64);
        let mut over = Over { certain: 0, possible: 0 };
        for (bucket, count) in self.pairs() {
            if bucket > holder {
                over.certain = over.certain.saturating_add(count);
            } else if bucket == holder && highest(bucket) as f64 > limit {
                over.possible = count;
            }
        }
        over
    }

    /// Lowest value, highest value and count of every bucket that holds something, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u64, u64)> + '_ {
        self.pairs().map(|(b, count)| (lowest(b), highest(b), count))
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
        serializer.collect_seq(self.pairs().map(|(b, count)| (lowest(b), count)))
    }
}

impl<'de> Deserialize<'de> for Histogram {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Histogram, D::Error> {
        let pairs = Vec::<(u64, u64)>::deserialize(deserializer)?;
        let buckets: Vec<(u32, u64)> =
            pairs.into_iter().map(|(value, count)| (bucket_of(value), count)).collect();
        bytes::checked(&buckets).map_err(D::Error::custom)
    }
}
