//! Mann-Whitney's U and the Hodges-Lehmann shift of two independent samples.

use super::selection::Pairs;
use super::{Alternative, Shift};
use crate::distribution::{normal_cdf, normal_quantile};
use crate::interval::{Interval, tail};

/// Largest n m for which the distribution of U is computed exactly: there its counts fit 128
/// bits and the normal approximation is still visibly off in the tails.
const EXACT_PAIRS: usize = 2_500;

/// The outcome of a Mann-Whitney test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MannWhitney {
    /// Pairs with x above y, ties counted half.
    pub u: f64,
    /// The p-value.
    pub p: f64,
    /// True when p is from the exact distribution.
    pub exact: bool,
}

/// Mann and Whitney's test (1947): exact without ties up to n m = 2,500, else normal with
/// correction for ties and continuity. An empty side gives p = 1.
pub fn mann_whitney(x: &[f64], y: &[f64], alternative: Alternative) -> MannWhitney {
    let (_, ties) = statistic(x, y);
    if ties > 0.0 || x.len() * y.len() > EXACT_PAIRS {
        mann_whitney_asymptotic(x, y, alternative)
    } else {
        mann_whitney_exact(x, y, alternative)
    }
}

/// The test by the exact distribution of U, which is right only without ties. At most 2,500
/// pairs, else it is [`mann_whitney_asymptotic`].
pub fn mann_whitney_exact(x: &[f64], y: &[f64], alternative: Alternative) -> MannWhitney {
    let (u, _) = statistic(x, y);
    let pairs = (x.len() * y.len()) as f64;
    if pairs > EXACT_PAIRS as f64 {
        return mann_whitney_asymptotic(x, y, alternative);
    }
    let counts = arrangements(x.len(), y.len());
    let total: u128 = counts.iter().sum();
    // P(U >= u); without ties u is a whole number.
    let above = |u: f64| counts[u.ceil() as usize..].iter().sum::<u128>() as f64 / total as f64;
    let p = match alternative {
        Alternative::Greater => above(u),
        Alternative::Less => above(pairs - u),
        Alternative::TwoSided => (2.0 * above(u.max(pairs - u))).min(1.0),
    };
    MannWhitney { u, p, exact: true }
}

/// The test by the normal approximation with correction for ties and a continuity of one half.
pub fn mann_whitney_asymptotic(x: &[f64], y: &[f64], alternative: Alternative) -> MannWhitney {
    let (u, ties) = statistic(x, y);
    let (n, m) = (x.len() as f64, y.len() as f64);
    let all = n + m;
    let correction = if all > 1.0 { ties / (all * (all - 1.0)) } else { 0.0 };
    let deviation = (n * m / 12.0 * (all + 1.0 - correction)).max(0.0).sqrt();
    let above = |u: f64| {
        if deviation > 0.0 { normal_cdf(-(u - n * m / 2.0 - 0.5) / deviation) } else { 1.0 }
    };
    let p = match alternative {
        Alternative::Greater => above(u),
        Alternative::Less => above(n * m - u),
        Alternative::TwoSided => (2.0 * above(u.max(n * m - u))).min(1.0),
    };
    MannWhitney { u, p, exact: false }
}

/// The shift y - x of Hodges and Lehmann (1963): the median of all differences, with the
/// interval that inverts the Mann-Whitney test. Exact up to n m = 2,500 pairs (conservative under
/// ties), normal above. The differences are selected, never listed: the time is n log n.
/// None when a side is empty.
pub fn hodges_lehmann(x: &[f64], y: &[f64], confidence: f64) -> Option<Shift> {
    let a = tail(confidence);
    if x.is_empty() || y.is_empty() {
        return None;
    }
    let count = x.len() as u64 * y.len() as u64;
    let pairs = Pairs::differences(x, y);
    let estimate = pairs.median();
    let k = if count <= EXACT_PAIRS as u64 {
        depth(&arrangements(x.len(), y.len()), a)
    } else {
        let deviation = (count as f64 * (x.len() + y.len() + 1) as f64 / 12.0).sqrt();
        normal_depth(count as f64 / 2.0, deviation, a)
    };
    let interval =
        (k > 0).then(|| Interval::new(pairs.select(k), pairs.select(count + 1 - k), confidence));
    Some(Shift { estimate, interval })
}

/// The largest k with P(V <= k-1) <= a, for V with the given counts of arrangements from 0.
pub(super) fn depth(counts: &[u128], a: f64) -> u64 {
    let total: u128 = counts.iter().sum();
    let mut sum = 0;
    let fits = |count: &&u128| {
        sum += **count;
        sum as f64 / total as f64 <= a
    };
    counts.iter().take_while(fits).count() as u64
}

/// The same by the normal distribution with a continuity of one half.
pub(super) fn normal_depth(mean: f64, deviation: f64, a: f64) -> u64 {
    (mean + 0.5 - normal_quantile(1.0 - a) * deviation).floor().max(0.0) as u64
}

/// U of x and the sum of t^3 - t over ties, in one walk along both sorted samples: much faster
/// than ranking the pool when there are millions.
fn statistic(x: &[f64], y: &[f64]) -> (f64, f64) {
    let (x, y) = (sorted(x), sorted(y));
    let (mut i, mut j) = (0, 0);
    let (mut doubled, mut ties) = (0_u128, 0.0);
    while i < x.len() {
        let value = x[i];
        j += skip_below(&y[j..], &mut ties, value);
        let equal_x = x[i..].iter().take_while(|&&v| v <= value).count();
        let equal_y = y[j..].iter().take_while(|&&v| v <= value).count();
        doubled += equal_x as u128 * (2 * j + equal_y) as u128;
        ties += cubed((equal_x + equal_y) as f64);
        i += equal_x;
        j += equal_y;
    }
    skip_below(&y[j..], &mut ties, f64::INFINITY);
    (doubled as f64 / 2.0, ties)
}

/// How many leading values are below `limit`; adds their ties among themselves.
fn skip_below(ascending: &[f64], ties: &mut f64, limit: f64) -> usize {
    let below = ascending.iter().take_while(|&&v| v < limit).count();
    let groups = ascending[..below].chunk_by(|a, b| a >= b);
    *ties += groups.map(|group| cubed(group.len() as f64)).sum::<f64>();
    below
}

fn cubed(t: f64) -> f64 {
    t * t * t - t
}

/// Ascending, with zeros of either sign equal.
fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().map(|v| v + 0.0).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

/// How many of the arrangements of n and m values give each U: the coefficients of the Gaussian
/// binomial, built from prod (1 - z^(m+i)) / (1 - z^i). Whole numbers, hence exact.
fn arrangements(n: usize, m: usize) -> Vec<u128> {
    let (n, m) = (n.min(m), n.max(m));
    let mut counts = vec![0_u128; n * m + 1];
    counts[0] = 1;
    for i in 1..=n {
        for u in (m + i..counts.len()).rev() {
            // Intermediate differences may be negative; wrapping arithmetic carries them.
            counts[u] = counts[u].wrapping_sub(counts[u - m - i]);
        }
        for u in i..counts.len() {
            counts[u] = counts[u].wrapping_add(counts[u - i]);
        }
    }
    counts
}
