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
