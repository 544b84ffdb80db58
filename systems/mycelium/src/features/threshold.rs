//! Above which potential a cell is active: fixed, or found in the field itself.

use serde::{Deserialize, Serialize};

use super::moments::Moments;
use crate::error::Error;

/// Three levels, in strictly rising order.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Threshold {
    /// In millivolts.
    Fixed { low: f64, medium: f64, high: f64 },
    /// Potentials that so many per cent of the cells are not above.
    Percentile { low: f64, medium: f64, high: f64 },
    /// So many standard deviations above the mean.
    MeanPlus { low: f64, medium: f64, high: f64 },
    /// The level that parts the cells into the two groups of the least variance within them; then
    /// again among those above it, and once more.
    Otsu,
}

/// In millivolts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    pub low: f64,
    pub medium: f64,
    pub high: f64,
}

impl Default for Threshold {
    /// A field at rest is a narrow hill of potentials around -70 mV, a few tenths of a millivolt
    /// wide, with spikes to its right. Fixed levels lie outside of it. A percentile makes the
    /// fraction of active cells a constant, which then describes nothing. Otsu's level cuts a
    /// hill without a valley in the middle, but behind a fresh spike it leaves only that spike.
    /// A deviation above the mean moves and widens with the hill, is below the highest cell of
    /// any hill that is not lopsided to the left, and leaves the fraction to depend on its shape.
    fn default() -> Threshold {
        Threshold::MeanPlus { low: 1.0, medium: 1.5, high: 2.0 }
    }
}

impl Threshold {
    pub fn validate(&self) -> Result<(), Error> {
        match *self {
            Threshold::Fixed { low, medium, high } => {
                let bounds = "from -100 to 50 and rising from low to high";
                rising("threshold", [low, medium, high], (-100.0, 50.0), bounds)
            }
            Threshold::Percentile { low, medium, high } => {
                let bounds = "from 0 to 100 and rising from low to high";
                rising("percentile", [low, medium, high], (0.0, 100.0), bounds)
            }
            Threshold::MeanPlus { low, medium, high } => {
                let bounds = "from -10 to 10 and rising from low to high";
                rising("deviations", [low, medium, high], (-10.0, 10.0), bounds)
            }
            Threshold::Otsu => Ok(()),
        }
    }

    /// For cells in volts, of which there is at least one.
    #[must_use]
    pub fn levels(&self, cells: &[f64], moments: &Moments) -> Levels {
        match *self {
            Threshold::Fixed { low, medium, high } => Levels { low, medium, high },
            Threshold::MeanPlus { low, medium, high } => {
                let at = |deviations: f64| moments.mean + deviations * moments.deviation;
                Levels::rising(at(low), at(medium), at(high))
            }
            Threshold::Percentile { low, medium, high } => {
                let sorted = sorted(cells);
                let at = |per_cent| percentile(&sorted, per_cent);
                Levels::rising(at(low), at(medium), at(high))
            }
            Threshold::Otsu => {
                let sorted = sorted(cells);
                let low = otsu(&sorted);
                let medium = otsu(&sorted[low..]) + low;
                let high = otsu(&sorted[medium..]) + medium;
                let at = |place: usize| sorted[place.saturating_sub(1)];
                Levels::rising(at(low), at(medium), at(high))
            }
        }
    }
}

impl Levels {
    /// Where a field has too few different potentials for three levels, the higher ones are moved
    /// up by as little as there is.
    fn rising(low: f64, medium: f64, high: f64) -> Levels {
        let medium = medium.max(low.next_up());
        Levels { low, medium, high: high.max(medium.next_up()) }
    }
}

fn rising(
    parameter: &'static str,
    values: [f64; 3],
    (least, most): (f64, f64),
    bounds: &'static str,
) -> Result<(), Error> {
    let [low, medium, high] = values;
    // Not a number is neither at least nor below anything.
    if least <= low && low < medium && medium < high && high <= most {
        return Ok(());
    }
    Err(Error::out_of_range(parameter, format!("{low}, {medium}, {high}"), bounds))
}

/// In millivolts.
fn sorted(cells: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = cells.iter().map(|cell| cell * 1000.0).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

/// Between the two nearest cells in proportion, as is usual.
fn percentile(sorted: &[f64], per_cent: f64) -> f64 {
    let place = per_cent / 100.0 * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}

/// How many of the cells, lowest first, make the lower group: as many as give the largest variance
/// between the groups, tried at every place where the potential changes. All, if it nowhere does.
fn otsu(sorted: &[f64]) -> usize {
    let count = sorted.len() as f64;
    let total: f64 = sorted.iter().sum();
    let mut best = (0.0, sorted.len());
    let mut sum = 0.0;
    for (place, pair) in sorted.windows(2).enumerate() {
        sum += pair[0];
        if pair[0] >= pair[1] {
            continue;
        }
        let lower = (place + 1) as f64;
        let upper = count - lower;
        let apart = (total - sum) / upper - sum / lower;
        let between = lower * upper * apart * apart;
        if between > best.0 {
            best = (between, place + 1);
        }
    }
    best.1
}

#[cfg(test)]
mod tests;
