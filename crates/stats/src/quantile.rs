//! Quantiles of raw samples and their distribution-free intervals by order statistics.

use crate::binomial::{cdf_real, sf_real};
use crate::distribution::normal_quantile;
use crate::interval::tail;

/// The inverse of the empirical distribution (Hyndman and Fan 1996, type 1): the smallest value
/// with at least ceil(q n) observations at or below it. Always a value that was seen.
///
/// # Panics
/// When `sorted` is empty or `q` is not within [0, 1].
pub fn inverse_ecdf(sorted: &[f64], q: f64) -> f64 {
    sorted[rank(sorted.len() as u64, q) as usize - 1]
}

/// The same of values in any order, which it moves about instead of sorting them.
///
/// # Panics
/// When `values` is empty or `q` is not within [0, 1].
pub fn select(values: &mut [f64], q: f64) -> f64 {
    let rank = rank(values.len() as u64, q);
    select_rank(values, rank)
}

/// The order statistic of rank `r`, counted from 1, without sorting the rest.
pub(crate) fn select_rank(values: &mut [f64], r: u64) -> f64 {
    *values.select_nth_unstable_by(r as usize - 1, f64::total_cmp).1
}

/// The quantile by linear interpolation (type 7, what numpy and k6 show). For display only:
/// budgets use [`inverse_ecdf`].
///
/// # Panics
/// When `sorted` is empty or `q` is not within [0, 1].
pub fn linear(sorted: &[f64], q: f64) -> f64 {
    check(q);
    let place = q * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - place.floor()) * (sorted[above] - sorted[below])
}

/// The rank ceil(q n), within 1..=n, that [`inverse_ecdf`] and the histogram read.
///
/// The product of two floating-point numbers may land a hair above the whole number it stands
/// for (0.07 x 100 = 7.000000000000001), which would take the next rank; numpy's `inverted_cdf`
/// has the same guard.
pub fn rank(n: u64, q: f64) -> u64 {
    check(q);
    let product = q * n as f64;
    let whole = product.round();
    let exact = (product - whole).abs() <= 4.0 * f64::EPSILON * product;
    let rank = if exact { whole } else { product.ceil() };
    (rank as u64).clamp(1, n)
}

fn check(q: f64) {
    assert!((0.0..=1.0).contains(&q), "quantile {q} is not within [0, 1]");
}

/// Ranks, counted from 1, of the order statistics that bound a quantile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranks {
    /// Rank of the lower bound; none when the sample is too small for a finite one.
    pub low: Option<u64>,
    /// Rank of the upper bound; none when the sample is too small for a finite one.
    pub high: Option<u64>,
}

/// Bounds of the q-quantile by the exact binomial distribution, for independent observations:
/// the largest l with P(Bin(n, q) <= l-1) <= a and the smallest u with P(Bin(n, q) >= u) <= a,
/// a = (1 - confidence)/2 (David and Nagaraja, Order Statistics, 7.1). No assumption is made
/// about the distribution of the observations.
pub fn ranks(n: u64, q: f64, confidence: f64) -> Ranks {
    ranks_effective(n, n as f64, q, confidence)
}

/// The same when `n` dependent observations are worth `n_eff` independent ones: the count at or
/// below the quantile is scaled by `n_eff / n` and judged by the binomial distribution continued
/// to real numbers. With `n_eff = n` it is the exact result.
pub fn ranks_effective(n: u64, n_eff: f64, q: f64, confidence: f64) -> Ranks {
    check(q);
    let a = tail(confidence);
    let n_eff = n_eff.clamp(0.0, n as f64);
    if n == 0 || n_eff <= 0.0 {
        return Ranks { low: None, high: None };
    }
    let scale = n_eff / n as f64;
    let below_low = |l: u64| cdf_real((l - 1) as f64 * scale, n_eff, q) <= a;
    // P(K >= u) = P(K > u - 1), where the 1 is one effective observation.
    let beyond_high = |u: u64| sf_real(u as f64 * scale - 1.0, n_eff, q) <= a;
    let deviation = (q * (1.0 - q) / scale * n as f64).sqrt() * normal_quantile(1.0 - a);
    let centre = q * n as f64;
    let low = partition(n, centre - deviation, below_low);
    let high = partition(n, centre + deviation, |u| !beyond_high(u)) + 1;
    Ranks { low: (low >= 1).then_some(low), high: (high <= n).then_some(high) }
}

/// The largest rank in 1..=n for which `holds` is true, 0 if none, where `holds` is true up to
/// some rank and false after it. The search gallops from `guess`, since each question about a
/// billion observations is thousands of terms.
fn partition(n: u64, guess: f64, holds: impl Fn(u64) -> bool) -> u64 {
    let guess = (guess.max(1.0) as u64).clamp(1, n);
    let (mut yes, mut no);
    let mut step = 1;
    if holds(guess) {
        (yes, no) = (guess, n + 1);
        while yes + step < no {
            if !holds(yes + step) {
                no = yes + step;
                break;
            }
            yes += step;
            step *= 2;
        }
    } else {
        (yes, no) = (0, guess);
        while no > step {
            if holds(no - step) {
                yes = no - step;
                break;
            }
            no -= step;
            step *= 2;
        }
    }
    while no - yes > 1 {
        let middle = yes + (no - yes) / 2;
        if holds(middle) {
            yes = middle;
        } else {
            no = middle;
        }
    }
    yes
}

/// The smallest samples with a finite bound on each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Minimum {
    /// Observations needed for a finite upper bound: q^n <= a.
    pub upper: u64,
    /// Observations needed for a finite lower bound: (1-q)^n <= a.
    pub lower: u64,
}

/// How many independent observations a finite two-sided interval of the q-quantile needs:
/// for p99 at 95 %, 368 above and 1 below.
///
/// # Panics
/// When `q` is not strictly between 0 and 1.
pub fn minimum_n(q: f64, confidence: f64) -> Minimum {
    assert!(q > 0.0 && q < 1.0, "quantile {q} is not within (0, 1)");
    let a = tail(confidence);
    // The logarithms give the number up to rounding; the last step is checked with powers.
    let least = |p: f64| {
        let mut n = (a.ln() / p.ln()).ceil().max(1.0);
        while n > 1.0 && p.powf(n - 1.0) <= a {
            n -= 1.0;
        }
        n as u64
    };
    Minimum { upper: least(q), lower: least(1.0 - q) }
}
