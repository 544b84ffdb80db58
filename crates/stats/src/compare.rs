//! Two sets of measurements against each other: rank tests, shifts, permutations and t.
//!
//! Two independent samples are `x` (the baseline) and `y`; a shift is y - x. Paired measurements
//! come as their differences. On logarithms a shift is a ratio.

mod permutation;
mod rank_sum;
mod selection;
mod signed_rank;
mod student;

pub use permutation::{Permutation, permutation_mean_difference, sign_flip};
pub use rank_sum::{
    MannWhitney, hodges_lehmann, mann_whitney, mann_whitney_asymptotic, mann_whitney_exact,
};
pub use signed_rank::{Wilcoxon, paired_shift, wilcoxon_signed_rank};
pub use student::{Difference, paired_t, welch};

use crate::interval::Interval;

/// What a test looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alternative {
    /// A difference in either direction.
    TwoSided,
    /// x tends to be less than y; for differences, that they tend to be negative.
    Less,
    /// x tends to be greater than y; for differences, that they tend to be positive.
    Greater,
}

/// A Hodges-Lehmann estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// The shift.
    pub estimate: f64,
    /// Its distribution-free interval; none when there are too few values for the confidence.
    pub interval: Option<Interval>,
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

/// Adding zero turns -0 into 0, so that the two tie.
fn without_negative_zero(values: &[f64]) -> Vec<f64> {
    values.iter().map(|v| v + 0.0).collect()
}
