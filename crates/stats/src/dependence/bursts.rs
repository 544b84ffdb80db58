//! An upper end for a quantile whose exceedances came in bursts too few for the effective n.
//!
//! A design effect is a variance of block counts, and the largest burst makes most of it. Whether
//! a limit is crossed at all depends on how many bursts there are (Leadbetter 1983): one single
//! disturbance must not hide that all the others stayed below the limit.

use crate::binomial::cdf;
use crate::interval::tail;

/// Consecutive blocks that all hold something over the estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Burst {
    /// Observations over the estimate.
    pub(super) hits: u64,
    pub(super) largest: f64,
}

/// The upper end from the bursts over the estimate.
///
/// At the true quantile there are as many bursts to be expected as at the estimate, since the same
/// share of all observations lies over both. Were `x` the truth, a burst counted at either place
/// would be one of two equally likely kinds; so `x` is implausible when few bursts go beyond it
/// (the conditional test of two counts, Przyborowski and Wilenski 1940). Infinite where even none
/// would be plausible: below six bursts at 95 %.
pub(super) fn upper_end(mut bursts: Vec<Burst>, confidence: f64) -> f64 {
    let a = tail(confidence);
    let count = worth(&bursts);
    let implausible = |beyond: u64| cdf(beyond, beyond + count, 0.5) <= a;
    let Some(most) = (0..count).take_while(|&beyond| implausible(beyond)).last() else {
        return f64::INFINITY;
    };
    bursts.sort_unstable_by(|x, y| y.largest.total_cmp(&x.largest));
    bursts[most as usize].largest
}

/// How many bursts of one size these are worth: the largest counts as one, the others by the
/// square of their sum over the sum of their squares (Kish 1965). Where sizes differ much, a few
/// bursts hold most of what is over the quantile, and a like one may be missing by chance.
fn worth(bursts: &[Burst]) -> u64 {
    let Some(largest) = bursts.iter().map(|burst| burst.hits).max() else { return 0 };
    let sum = bursts.iter().map(|burst| burst.hits).sum::<u64>() - largest;
    let square = |hits: u64| hits as f64 * hits as f64;
    let squares = bursts.iter().map(|burst| square(burst.hits)).sum::<f64>() - square(largest);
    // Never below the truth by rounding: equal sizes give a whole number.
    1 + if sum > 0 { (square(sum) / squares + 1e-9) as u64 } else { 0 }
}

/// The bursts of a trial, from the hits and the largest value of each observation or window, where
/// `length` of them make a block. A shorter rest belongs to the last block.
pub(super) fn bursts(
    parts: impl ExactSizeIterator<Item = (u64, f64)>,
    length: usize,
) -> Vec<Burst> {
    let last = (parts.len() / length).max(1) - 1;
    let mut found: Vec<(usize, Burst)> = Vec::new();
    for (at, (hits, largest)) in parts.enumerate() {
        let block = (at / length).min(last);
        match found.last_mut() {
            _ if hits == 0 => {}
            Some((end, burst)) if block <= *end + 1 => {
                *end = block;
                *burst = Burst { hits: burst.hits + hits, largest: burst.largest.max(largest) };
            }
            _ => found.push((block, Burst { hits, largest })),
        }
    }
    found.into_iter().map(|(_, burst)| burst).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn single(largest: f64) -> Burst {
        Burst { hits: 1, largest }
    }

    #[test]
    fn six_bursts_of_which_none_goes_further_bound_a_quantile_and_five_do_not() {
        let rising = |bursts: u32| (0..bursts).map(|i| single(3.0 + f64::from(i))).collect();
        let end = |bursts| upper_end(bursts, 0.95).to_string();
        // 2^-5 is over 0.025, 2^-6 is below.
        assert_eq!(end(rising(5)), "inf");
        assert_eq!(end(rising(6)), "8");
        // scipy.stats.binom.cdf(3, 15, .5) = .0176, and cdf(4, 16, .5) = .0384.
        assert_eq!(end(rising(12)), "11");
        assert_eq!(end(Vec::new()), "inf");
    }

    #[test]
    fn one_large_burst_counts_as_one_and_several_for_less_than_their_number() {
        let sized = |sizes: &[u64]| -> Vec<Burst> {
            sizes.iter().map(|&hits| Burst { hits, largest: 1.0 }).collect()
        };
        assert_eq!(worth(&sized(&[40, 1, 1, 1, 1, 1])), 6);
        assert_eq!(worth(&sized(&[3, 3, 3])), 3);
        // (8 + 4 + 1)^2 / (64 + 16 + 1) = 2.09.
        assert_eq!(worth(&sized(&[8, 8, 4, 1])), 3);
        assert_eq!(worth(&[]), 0);
    }

    #[test]
    fn blocks_in_a_row_are_one_burst_and_a_rest_belongs_to_the_last() {
        let of = |values: &[f64], length| {
            bursts(values.iter().map(|&v| (u64::from(v > 3.0), v)), length)
        };
        let values = [1.0, 5.0, 2.0, 7.0, 1.0, 1.0, 4.0, 1.0, 9.0];
        let expected = [Burst { hits: 2, largest: 7.0 }, Burst { hits: 2, largest: 9.0 }];
        assert_eq!(of(&values, 2), expected);
        assert_eq!(of(&values, usize::MAX), [Burst { hits: 4, largest: 9.0 }]);
        assert_eq!(of(&[1.0], 2), []);
        assert_eq!(of(&[], 2), []);
    }
}
