//! The tests of what is computed before and after a load: moments, presences, draws, searches.

#![expect(clippy::float_cmp, reason = "some answers are exact: levels held, areas of whole legs")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod arrivals;
mod choice;
mod curve;
mod freeze;
mod presence;
mod search;

use std::time::Duration;

use tollgate_load::workload::Leg;

/// Legs from levels and milliseconds.
fn legs(legs: &[(f64, u64)]) -> Vec<Leg> {
    legs.iter().map(|(to, ms)| Leg { to: *to, over: Duration::from_millis(*ms) }).collect()
}

/// The largest distance between the sample's distribution and another, times the root of its size:
/// above 1.95 once in a thousand times by chance (Kolmogorov).
fn distance(mut sample: Vec<f64>, distribution: impl Fn(f64) -> f64) -> f64 {
    sample.sort_by(f64::total_cmp);
    let n = sample.len() as f64;
    let gaps = sample.iter().enumerate().map(|(index, value)| {
        let p = distribution(*value);
        (p - index as f64 / n).max((index + 1) as f64 / n - p)
    });
    gaps.fold(0.0, f64::max) * n.sqrt()
}
