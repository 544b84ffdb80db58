//! The slope by Theil and Sen: the median of the slopes between any two points.

use super::{Point, middle};

/// By how much a number rises in a second, with an interval of 95 %.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    pub per_second: f64,
    pub low: f64,
    pub high: f64,
}

/// The 97.5th percentile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

impl Slope {
    /// Whether it goes somewhere: the interval does not contain zero.
    #[must_use]
    pub fn is_significant(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

/// None where no two points are at different times. It takes time with the square of the points: a
/// thousand of them are a good number. Points that are no numbers are left out.
#[must_use]
pub fn slope(points: &[Point]) -> Option<Slope> {
    let finite = |point: &&Point| point.at_s.is_finite() && point.value.is_finite();
    let points: Vec<Point> = points.iter().filter(finite).copied().collect();
    let mut slopes = Vec::new();
    for (at, one) in points.iter().enumerate() {
        for other in &points[at + 1..] {
            let apart = other.at_s - one.at_s;
            if apart.abs() > 0.0 {
                slopes.push((other.value - one.value) / apart);
            }
        }
    }
    if slopes.is_empty() {
        return None;
    }
    slopes.sort_unstable_by(f64::total_cmp);
    // Sen 1968: how far the number of rising pairs strays where there is no slope.
    let variance = kendall(points.len() as f64)
        - ties(points.iter().map(|point| point.at_s))
        - ties(points.iter().map(|point| point.value));
    let wide = Z * (variance.max(0.0) / 18.0).sqrt();
    let count = slopes.len() as f64;
    let last = count - 1.0;
    let low = (((count - wide) / 2.0).round_ties_even() - 1.0).clamp(0.0, last);
    let high = ((count + wide) / 2.0).round_ties_even().clamp(0.0, last);
    Some(Slope {
        per_second: middle(&slopes),
        low: slopes[low as usize],
        high: slopes[high as usize],
    })
}

fn kendall(count: f64) -> f64 {
    count * (count - 1.0) * (2.0 * count + 5.0)
}

/// What equal values take away from it.
fn ties(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
        .chunk_by(|one, other| one.total_cmp(other).is_eq())
        .map(|c| kendall(c.len() as f64))
        .sum()
}
