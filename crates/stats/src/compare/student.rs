//! Differences of means by Student's t.

use crate::distribution::{t_critical, t_tails};
use crate::interval::{Interval, tail};
use crate::mean::{mean, variance};

/// A difference of means and its test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// mean(y) - mean(x), or the mean of the paired differences.
    pub estimate: f64,
    /// The t statistic; infinite when nothing varies but the means differ, 0 when they do not.
    pub t: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// The interval of the difference.
    pub interval: Interval,
}

/// Welch's test (1947) of y - x, which does not assume equal variances, with Satterthwaite's
/// degrees of freedom. None when a side has fewer than two values.
pub fn welch(x: &[f64], y: &[f64], confidence: f64) -> Option<Difference> {
    let (vx, vy) = (variance(x)? / x.len() as f64, variance(y)? / y.len() as f64);
    let parts = vx * vx / (x.len() - 1) as f64 + vy * vy / (y.len() - 1) as f64;
    let df =
        if parts > 0.0 { (vx + vy) * (vx + vy) / parts } else { (x.len() + y.len() - 2) as f64 };
    Some(difference(mean(y) - mean(x), (vx + vy).sqrt(), df, confidence))
}

/// The paired test: Student's t on the differences. None below two.
pub fn paired_t(d: &[f64], confidence: f64) -> Option<Difference> {
    let error = (variance(d)? / d.len() as f64).sqrt();
    Some(difference(mean(d), error, (d.len() - 1) as f64, confidence))
}

fn difference(estimate: f64, error: f64, df: f64, confidence: f64) -> Difference {
    let half = if error > 0.0 { t_critical(tail(confidence), df) * error } else { 0.0 };
    let t = if error > 0.0 {
        estimate / error
    } else if estimate == 0.0 {
        0.0
    } else {
        f64::INFINITY.copysign(estimate)
    };
    let p = (2.0 * t_tails(t.abs(), df).upper).min(1.0);
    let interval = Interval::new(estimate - half, estimate + half, confidence);
    Difference { estimate, t, df, p, interval }
}
