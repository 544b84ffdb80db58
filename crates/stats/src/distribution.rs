//! Normal, Student t, F and noncentral t probabilities, as far as the methods need them.

use std::f64::consts::{PI, SQRT_2};

use statrs::function::erf::{erfc, erfc_inv};

use crate::special::{Tails, beta_tails, ln_gamma};

/// P(Z <= z) of the standard normal distribution.
pub(crate) fn normal_cdf(z: f64) -> f64 {
    0.5 * erfc(-z / SQRT_2)
}

/// The z with P(Z <= z) = p; infinite at 0 and 1.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    -SQRT_2 * erfc_inv(2.0 * p)
}

/// P(T <= t) and P(T > t) of Student's t with `df` degrees of freedom.
pub(crate) fn t_tails(t: f64, df: f64) -> Tails {
    let square = t * t;
    if square.is_infinite() {
        return if t > 0.0 {
            Tails { lower: 1.0, upper: 0.0 }
        } else {
            Tails { lower: 0.0, upper: 1.0 }
        };
    }
    let total = df + square;
    let tail = 0.5 * beta_tails(df / 2.0, 0.5, df / total, square / total).lower;
    if t > 0.0 {
        Tails { lower: 1.0 - tail, upper: tail }
    } else {
        Tails { lower: tail, upper: 1.0 - tail }
    }
}

/// The t with P(T > t) = `upper`, for `upper` below one half.
pub(crate) fn t_critical(upper: f64, df: f64) -> f64 {
    let (mut low, mut high) = (0.0, 2.0);
    while t_tails(high, df).upper > upper {
        low = high;
        high *= 2.0;
    }
    let mut t = normal_quantile(1.0 - upper).clamp(low, high);
    for _ in 0..200 {
        let error = t_tails(t, df).upper - upper;
        if error > 0.0 {
            low = t;
        } else {
            high = t;
        }
        let step = t + error / t_density(t, df);
        let next = if step > low && step < high { step } else { f64::midpoint(low, high) };
        if (next - t).abs() <= 1e-15 * t {
            break;
        }
        t = next;
    }
    t
}

fn t_density(t: f64, df: f64) -> f64 {
    let scale = ln_gamma((df + 1.0) / 2.0) - ln_gamma(df / 2.0) - 0.5 * (df * PI).ln();
    (scale - (df + 1.0) / 2.0 * (t * t / df).ln_1p()).exp()
}

/// P(F > f) with `d1` and `d2` degrees of freedom.
pub(crate) fn f_upper(f: f64, d1: f64, d2: f64) -> f64 {
    let total = d2 + d1 * f;
    beta_tails(d2 / 2.0, d1 / 2.0, d2 / total, d1 * f / total).lower
}

/// P(T' <= t) of the noncentral t distribution with shift `delta`.
///
/// T' = (Z + delta)/sqrt(W) with W = chi-square/df, so the probability is the mean of
/// `normal_cdf(t sqrt(W) - delta)`. In u = ln W the integrand is analytic and dies off on both
/// sides, where the trapezoidal rule converges geometrically (Trefethen & Weideman 2014).
pub(crate) fn noncentral_t_cdf(t: f64, df: f64, delta: f64) -> f64 {
    let half = df / 2.0;
    let spread = (2.0 / df).sqrt();
    let (from, to) = (-(12.0 * spread + 80.0 / df), 12.0 * spread);
    let step = spread / 24.0;
    let constant = half * half.ln() - ln_gamma(half);
    let (mut sum, mut weight) = (0.0, 0.0);
    let mut u = from;
    while u <= to {
        let density = (constant + half * (u - u.exp())).exp();
        sum += density * normal_cdf(t * (u / 2.0).exp() - delta);
        weight += density;
        u += step;
    }
    // Dividing by the same rule's total removes the error of the constant.
    sum / weight
}
