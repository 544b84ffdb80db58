//! What a planned measurement can detect, before anything is run.

use crate::distribution::{noncentral_t_cdf, t_critical};

/// The chance that a two-sided paired t test at level `alpha` finds a mean difference of `effect`
/// standard deviations from `n` pairs. Below two pairs it is 0.
pub fn paired_power(effect: f64, n: u64, alpha: f64) -> f64 {
    if n < 2 { 0.0 } else { power((n - 1) as f64, effect * (n as f64).sqrt(), alpha) }
}

/// The chance that a two-sided t test at level `alpha` finds means `effect` standard deviations
/// apart from `n_per_side` values on each side.
pub fn two_sample_power(effect: f64, n_per_side: u64, alpha: f64) -> f64 {
    if n_per_side < 2 {
        return 0.0;
    }
    let n = n_per_side as f64;
    power(2.0 * n - 2.0, effect * (n / 2.0).sqrt(), alpha)
}

/// The smallest relative change that `n` pairs detect with chance `power`, when the log ratio of
/// a pair has standard deviation `sd_log`: 0.02 is 2 %. Infinite below two pairs.
pub fn paired_mde(sd_log: f64, n: u64, alpha: f64, power: f64) -> f64 {
    let effect = smallest(|effect| paired_power(effect, n, alpha), power);
    relative(effect, sd_log)
}

/// The smallest relative change that `n_per_side` values on each side detect with chance
/// `power`, when their logarithms have standard deviation `cv` (for small noise the coefficient
/// of variation). Infinite below two values.
pub fn two_sample_mde(cv: f64, n_per_side: u64, alpha: f64, power: f64) -> f64 {
    let effect = smallest(|effect| two_sample_power(effect, n_per_side, alpha), power);
    relative(effect, cv)
}

fn relative(effect: f64, sd_log: f64) -> f64 {
    if sd_log > 0.0 { (effect * sd_log).exp_m1() } else { 0.0 }
}

/// P(|T'| > t) with T' noncentral.
fn power(df: f64, shift: f64, alpha: f64) -> f64 {
    assert!(alpha > 0.0 && alpha < 1.0, "level {alpha} is not within (0, 1)");
    let critical = t_critical(alpha / 2.0, df);
    // P(T' > t) = P(-T' < -t), and -T' has shift -delta: no subtraction from 1.
    noncentral_t_cdf(-critical, df, -shift) + noncentral_t_cdf(-critical, df, shift)
}

/// The smallest effect whose power is at least `wanted`, by bisection of a growing function.
fn smallest(power_of: impl Fn(f64) -> f64, wanted: f64) -> f64 {
    assert!(wanted > 0.0 && wanted < 1.0, "power {wanted} is not within (0, 1)");
    let (mut low, mut high) = (0.0, 1.0);
    while power_of(high) < wanted {
        low = high;
        high *= 2.0;
        if high > 1e9 {
            return f64::INFINITY;
        }
    }
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if power_of(middle) < wanted {
            low = middle;
        } else {
            high = middle;
        }
        if high - low <= 1e-12 * high {
            break;
        }
    }
    high
}
