mod equations;
mod history;
mod series;

use super::*;
use crate::error::Error;

/// Whether a figure is within so many per cent of what it should be.
fn within(found: f64, expected: f64, per_cent: f64) -> bool {
    (found - expected).abs() <= expected.abs() * per_cent / 100.0
}

/// So many numbers of the logistic map at r = 4.
fn logistic(count: usize, start: f64) -> Vec<f64> {
    std::iter::successors(Some(start), |x| Some(4.0 * x * (1.0 - x))).take(count).collect()
}
