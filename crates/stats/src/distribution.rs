//! Normal, Student t, F and noncentral t probabilities, as far as the methods need them.

use std::f64::consts::{PI, SQRT_2};

use statrs::function::erf::erfc_inv;

use crate::special::{Tails, beta_tails, ln_gamma};

/// P(Z <= z) of the standard normal distribution.
pub(crate) fn normal_cdf(z: f64) -> f64 {
    0.5 * if z > 0.0 { 2.0 - erfc(z / SQRT_2) } else { erfc(-z / SQRT_2) }
}

/// The complementary error function for x >= 0, to all digits but two: by the series of positive
/// terms (Abramowitz and Stegun 7.1.6) near 0 and the continued fraction (7.1.14) beyond. That of
/// `statrs` is right to eleven digits, which shows in the power of a test.
fn erfc(x: f64) -> f64 {
    let scale = (-x * x).exp() / PI.sqrt();
    if x < 2.0 {
        let (mut term, mut sum, mut n) = (x, x, 0.0);
        while term > sum * 1e-17 {
            n += 1.0;
            term *= 2.0 * x * x / (2.0 * n + 1.0);
            sum += term;
        }
        return 1.0 - 2.0 * scale * sum;
    }
    let fraction = (1..=100).rev().fold(x, |below, k| x + 0.5 * f64::from(k) / below);
    scale / fraction
}

/// The z with P(Z <= z) = p; infinite at 0 and 1. One Newton step mends the digits that
/// `erfc_inv` leaves open.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    if p > 0.5 {
        return -normal_quantile(1.0 - p);
    }
    let z = -SQRT_2 * erfc_inv(2.0 * p);
    let density = (-0.5 * z * z).exp() / (2.0 * PI).sqrt();
    if density > 0.0 { z - (normal_cdf(z) - p) / density } else { z }
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
    if df > FREEDOM_MAX {
        return nearly_normal(t, df);
    }
    let total = df + square;
    let tail = 0.5 * beta_tails(df / 2.0, 0.5, df / total, square / total).lower;
    if t > 0.0 {
        Tails { lower: 1.0 - tail, upper: tail }
    } else {
        Tails { lower: tail, upper: 1.0 - tail }
    }
}

/// Degrees of freedom above which 1 - x of the incomplete beta function loses its digits.
const FREEDOM_MAX: f64 = 1e7;

/// Fisher's expansion about the normal distribution; the next term is below 1e-12.
fn nearly_normal(t: f64, df: f64) -> Tails {
    let density = (-0.5 * t * t).exp() / (2.0 * PI).sqrt();
    let shift = density * t * (t * t + 1.0) / (4.0 * df);
    Tails { lower: normal_cdf(t) - shift, upper: normal_cdf(-t) + shift }
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
    if total.is_infinite() {
        return 0.0;
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The table every textbook prints.
    #[test]
    fn critical_values_are_those_of_the_tables() {
        let table = [(1.0, 12.706), (4.0, 2.776), (19.0, 2.093), (120.0, 1.980), (1e7, 1.960)];
        for (df, critical) in table {
            assert!((t_critical(0.025, df) - critical).abs() < 5e-4, "{df}");
        }
        assert!((f_upper(3.8379, 4.0, 9.0) - 0.0436).abs() < 5e-4);
        assert!((f_upper(4.0, 1.0, 10.0) - 2.0 * t_tails(2.0, 10.0).upper).abs() < 1e-12);
        assert!(f_upper(1e308, 30.0, 5.0) < 1e-12);
    }

    /// From scipy.stats.norm.
    #[test]
    fn the_normal_distribution_is_right_to_fourteen_digits() {
        let table = [
            (-5.0, 2.866_515_718_791_933e-7),
            (-2.0, 2.275_013_194_817_919_6e-2),
            (-1.0, 1.586_552_539_314_570_6e-1),
            (-0.5, 3.085_375_387_259_869e-1),
            (1.0, 8.413_447_460_685_429e-1),
            (2.0, 9.772_498_680_518_208e-1),
        ];
        for (z, p) in table {
            assert!((normal_cdf(z) / p - 1.0).abs() < 1e-14, "{z}: {:e}", normal_cdf(z));
            assert!((normal_quantile(p) - z).abs() < 1e-13, "{z}: {}", normal_quantile(p));
        }
        assert!((normal_cdf(-9.0) / 1.128_588_405_953_840_6e-19 - 1.0).abs() < 1e-13);
        assert!(normal_cdf(f64::NEG_INFINITY) <= 0.0 && normal_cdf(f64::INFINITY) >= 1.0);
        assert!(normal_quantile(0.0) < -1e300 && normal_quantile(1.0) > 1e300);
    }

    #[test]
    fn a_critical_value_gives_its_tail_back() {
        for df in [1.0, 1.5, 2.0, 7.3, 30.0, 1e4, 1e9] {
            for upper in [0.4, 0.1, 0.025, 1e-3, 1e-6] {
                let found = t_tails(t_critical(upper, df), df).upper;
                assert!((found / upper - 1.0).abs() < 1e-10, "{df} {upper}: {found}");
            }
        }
    }

    #[test]
    fn a_noncentral_t_without_shift_is_students() {
        for df in [1.0, 2.0, 5.0, 40.0, 1e4] {
            for t in [-5.0, -1.0, 0.0, 0.5, 3.0] {
                let difference = noncentral_t_cdf(t, df, 0.0) - t_tails(t, df).lower;
                assert!(difference.abs() < 1e-11, "{df} {t}: {difference:e}");
            }
        }
    }
}
