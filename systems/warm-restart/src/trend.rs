//! Where a number is going: its slope, what stands out of it, and what comes round again. All of it
//! is robust: single values that are far away change little.

mod anomaly;
pub mod read;
mod season;
mod slope;
pub mod summary;
#[cfg(test)]
mod tests;

pub use self::anomaly::{Anomaly, anomalies};
pub use self::season::{Season, season};
pub use self::slope::{Slope, slope};

/// A number at a time in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub at_s: f64,
    pub value: f64,
}

/// Of sorted numbers, of which there is one at least.
fn middle(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[half] } else { sorted[half - 1].midpoint(sorted[half]) }
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_unstable_by(f64::total_cmp);
    (!sorted.is_empty()).then(|| middle(&sorted))
}
