//! Wilcoxon's signed ranks and the Hodges-Lehmann shift of paired differences.

use super::rank_sum::{depth, normal_depth};
use super::selection::Pairs;
use super::{Alternative, Shift};
use crate::distribution::normal_cdf;
use crate::interval::{Interval, tail};

/// Largest number of differences for which the distribution is computed exactly.
const EXACT: usize = 50;

/// The outcome of a signed-rank test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wilcoxon {
    /// The sum of the ranks of positive differences; two-sided, the smaller of the two sums.
    pub w: f64,
    /// The p-value.
    pub p: f64,
    /// True when p is from the exact distribution.
    pub exact: bool,
}

/// Wilcoxon's test (1945) that differences are symmetric about zero. Zeros are left out. Up to 50
/// differences the distribution is exact, over the ranks as they are, ties included; above, it is
/// normal with correction for ties. Without a difference that is not zero, p = 1.
pub fn wilcoxon_signed_rank(d: &[f64], alternative: Alternative) -> Wilcoxon {
    let d: Vec<f64> = d.iter().copied().filter(|&v| v != 0.0).collect();
    let sizes: Vec<f64> = d.iter().map(|v| v.abs()).collect();
    let (ranks, ties) = doubled_ranks(&sizes);
    let total: u64 = ranks.iter().sum();
    let plus: u64 = ranks.iter().zip(&d).filter(|(_, v)| **v > 0.0).map(|(r, _)| *r).sum();
    let exact = d.len() <= EXACT;
    let at_most: Box<dyn Fn(u64) -> f64> = if exact {
        let counts = sums(&ranks);
        let all = (1_u128 << d.len()) as f64;
        Box::new(move |w| counts[..=w as usize].iter().sum::<u128>() as f64 / all)
    } else {
        let n = d.len() as f64;
        let mean = n * (n + 1.0) / 4.0;
        let deviation = ((n * (n + 1.0) * (2.0 * n + 1.0) - ties / 2.0) / 24.0).sqrt();
        Box::new(move |w| normal_cdf((w as f64 / 2.0 - mean) / deviation))
    };
    // Symmetric under the hypothesis: P(W >= w) = P(W <= total - w).
    let p = match alternative {
        Alternative::Less => at_most(plus),
        Alternative::Greater => at_most(total - plus),
        Alternative::TwoSided => (2.0 * at_most(plus.min(total - plus))).min(1.0),
    };
    let w = match alternative {
        Alternative::TwoSided => plus.min(total - plus),
        Alternative::Less | Alternative::Greater => plus,
    };
    Wilcoxon { w: w as f64 / 2.0, p, exact }
}

/// The shift of paired differences (Hodges and Lehmann 1963): the median of the Walsh averages
/// (d_i + d_j)/2, with the interval that inverts Wilcoxon's test, exact up to 50 differences and
/// normal above. At 95 % an interval needs six. None without a difference.
pub fn paired_shift(d: &[f64], confidence: f64) -> Option<Shift> {
    let a = tail(confidence);
    if d.is_empty() {
        return None;
    }
    let pairs = Pairs::walsh(d);
    let estimate = pairs.median();
    let n = d.len() as f64;
    let k = if d.len() <= EXACT {
        depth(&sums(&(1..=d.len() as u64).collect::<Vec<_>>()), a)
    } else {
        let deviation = (n * (n + 1.0) * (2.0 * n + 1.0) / 24.0).sqrt();
        normal_depth(n * (n + 1.0) / 4.0, deviation, a)
    };
    let ends = |k| Interval::new(pairs.select(k), pairs.select(pairs.len() + 1 - k), confidence);
    Some(Shift { estimate, interval: (k > 0).then(|| ends(k)) })
}

/// How many of the 2^n choices of signs give each sum of the ranks that are positive.
fn sums(ranks: &[u64]) -> Vec<u128> {
    let total: u64 = ranks.iter().sum();
    let mut counts = vec![0_u128; total as usize + 1];
    counts[0] = 1;
    let mut reached = 0;
    for &rank in ranks {
        reached += rank as usize;
        for w in (rank as usize..=reached).rev() {
            counts[w] += counts[w - rank as usize];
        }
    }
    counts
}

/// Mid-ranks of the values (ties share the mean of their ranks), doubled so that they are whole
/// numbers, and the sum of t^3 - t over groups of t ties.
fn doubled_ranks(values: &[f64]) -> (Vec<u64>, f64) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&i, &j| values[i].total_cmp(&values[j]));
    let mut ranks = vec![0; values.len()];
    let (mut ties, mut before) = (0.0, 0);
    for group in order.chunk_by(|&i, &j| values[i].total_cmp(&values[j]).is_eq()) {
        for &i in group {
            ranks[i] = 2 * before + group.len() as u64 + 1;
        }
        let t = group.len() as f64;
        ties += t * t * t - t;
        before += group.len() as u64;
    }
    (ranks, ties)
}
