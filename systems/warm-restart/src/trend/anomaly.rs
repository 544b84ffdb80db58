//! What stands out: values far from the median, by the median distance from it.

use super::median;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anomaly {
    pub index: usize,
    /// As many standard deviations, were all others normal.
    pub score: f64,
}

/// Iglewicz and Hoaglin 1993: beyond it a value is worth a look.
const FAR: f64 = 3.5;

/// The median distance of normal values, in standard deviations; and the mean one.
const MEDIAN_DISTANCE: f64 = 0.674_489_750_196_081_7;
const MEAN_DISTANCE: f64 = 0.797_884_560_802_865_4;

/// In the order of the values; of fewer than three nothing can stand out. Where more than half are
/// equal, the mean distance takes the place of the median one.
#[must_use]
pub fn anomalies(values: &[f64]) -> Vec<Anomaly> {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let count = finite().count();
    let Some(center) = median(finite()).filter(|_| count >= 3) else { return Vec::new() };
    let distances = || finite().map(|value| (value - center).abs());
    let typical = median(distances()).unwrap_or(0.0) / MEDIAN_DISTANCE;
    let mean = distances().sum::<f64>() / count as f64 / MEAN_DISTANCE;
    let unit = if typical > 0.0 { typical } else { mean };
    if unit <= 0.0 {
        return Vec::new();
    }
    let scored = values.iter().enumerate();
    scored
        .map(|(index, value)| Anomaly { index, score: (value - center) / unit })
        .filter(|anomaly| anomaly.score.abs() > FAR)
        .collect()
}
