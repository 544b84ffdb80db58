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

/// The smallest effect whose power is at least `wanted`. The power grows smoothly, so false
/// position with the Illinois rule (Dowell and Jarratt 1971) needs a fifth of bisection's steps.
fn smallest(power_of: impl Fn(f64) -> f64, wanted: f64) -> f64 {
    assert!(wanted > 0.0 && wanted < 1.0, "power {wanted} is not within (0, 1)");
    let short_of = |effect| power_of(effect) - wanted;
    let (mut low, mut high) = ((0.0, short_of(0.0)), (1.0, short_of(1.0)));
    while high.1 < 0.0 {
        low = high;
        high = (high.0 * 2.0, short_of(high.0 * 2.0));
        if high.0 > 1e9 {
            return f64::INFINITY;
        }
    }
    let mut stayed = None;
    for _ in 0..100 {
        if high.0 - low.0 <= 1e-12 * high.0 {
            break;
        }
        let at = high.0 - high.1 * (high.0 - low.0) / (high.1 - low.1);
        let found = short_of(at);
        if found.abs() < 1e-12 {
            return at;
        }
        // The end that stays twice in a row is believed half as much.
        let side = found < 0.0;
        if side {
            low = (at, found);
            high.1 /= if stayed == Some(side) { 2.0 } else { 1.0 };
        } else {
            high = (at, found);
            low.1 /= if stayed == Some(side) { 2.0 } else { 1.0 };
        }
        stayed = Some(side);
    }
    high.0
}
