//! Steps in a series of runs: where it went from one level to another, and stayed.

mod energy;

use std::ops::Range;

use self::energy::{Candidate, Distances};
use crate::distribution::t_tails;
use crate::mean::mean;
use crate::trend::median;

/// The latest values that are looked at. The work grows with their square.
pub const WINDOW: usize = 400;
/// The fewest values on either side of a step. One or two could be outliers.
pub const CONFIRMED_BY: usize = 3;

/// A step's `p` is at most this. Series that never change have one in 1 to 5 of 100 all the same.
pub const LEVEL: f64 = 0.001;
/// Of fewer values the median deviation is low by chance, and none is an outlier.
const DRAWN_IN: usize = 5;

/// A change of level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The first value of the new level.
    pub index: usize,
    /// The mean of the level before, without its outliers.
    pub before: f64,
    /// The mean of the new level, without its outliers.
    pub after: f64,
    /// How often chance alone would part two given neighbours so far: of a single place, not of
    /// the most conspicuous one of the series.
    pub p: f64,
}

/// The steps of a series, the earliest first.
///
/// Places are proposed by E-divisive (Matteson and James 2014), part by part, and tested by
/// Student's t between the neighbours, as Fleming et al. (2023, "Hunter") do; the weakest is
/// dropped until all hold. Unlike there, values are drawn in to a few deviations of their level,
/// so that an outlier is no step, and the test counts how much neighbours resemble each other.
/// The order of values is their time. None are found where one is not finite.
pub fn steps(values: &[f64]) -> Vec<Step> {
    let offset = values.len().saturating_sub(WINDOW);
    let values = &values[offset..];
    if values.iter().any(|value| !value.is_finite()) {
        return Vec::new();
    }
    let distances = Distances::between(values);
    let mut places = Vec::new();
    propose(&distances, values, 0..values.len(), &mut places);
    places.sort_unstable();
    loop {
        let steps = measured(values, &places);
        let weakest = steps.iter().max_by(|one, other| one.p.total_cmp(&other.p));
        match weakest.filter(|step| step.p > LEVEL) {
            Some(weakest) => places.retain(|place| *place != weakest.index),
            None => return steps.into_iter().map(|step| step.later_by(offset)).collect(),
        }
    }
}

impl Step {
    fn later_by(self, offset: usize) -> Step {
        Step { index: self.index + offset, ..self }
    }
}

/// What looks like a step to the end of its part or, where more steps follow that hide it, to some
/// nearer end.
fn propose(distances: &Distances, values: &[f64], part: Range<usize>, places: &mut Vec<usize>) {
    let Some(Candidate { place, end }) = distances.candidate(&part, CONFIRMED_BY) else { return };
    let is_step = |end: usize, level: f64| {
        let (x, y) = (drawn_in(&values[part.start..place]), drawn_in(&values[place..end]));
        significance(&x, &y, worth(&x, &y)) <= level
    };
    // A few values that differ can be chosen from many, so that they have to differ more, and of
    // fewer none can be told to be outliers.
    let is_long = end - place >= DRAWN_IN && place - part.start >= DRAWN_IN;
    let is_one = is_step(part.end, 10.0 * LEVEL) || is_long && is_step(end, LEVEL / 100.0);
    if !is_one {
        return;
    }
    places.push(place);
    propose(distances, values, part.start..place, places);
    propose(distances, values, place..part.end, places);
}

/// The steps at these places, each between its neighbours.
fn measured(values: &[f64], places: &[usize]) -> Vec<Step> {
    let ends = places.iter().copied().chain([values.len()]);
    let mut start = 0;
    let parts: Vec<_> = ends.map(|end| std::mem::replace(&mut start, end)..end).collect();
    parts.windows(2).map(|pair| step(values, &pair[0], &pair[1])).collect()
}

fn step(values: &[f64], one: &Range<usize>, other: &Range<usize>) -> Step {
    let (x, y) = (drawn_in(&values[one.clone()]), drawn_in(&values[other.clone()]));
    let p = significance(&x, &y, worth(&x, &y));
    Step { index: other.start, before: mean(&x), after: mean(&y), p }
}

/// How often chance alone parts the means of two such sets so far: Student's t, for so many values
/// as they are worth, as a share of their number.
fn significance(x: &[f64], y: &[f64], worth: f64) -> f64 {
    let (rest_x, rest_y) = (around(x), around(y));
    let sum: f64 = rest_x.iter().chain(&rest_y).map(|value| value * value).sum();
    let difference = mean(y) - mean(x);
    if sum == 0.0 {
        return if difference == 0.0 { 1.0 } else { 0.0 };
    }
    let (n, m) = (x.len() as f64, y.len() as f64);
    let df = n + m - 2.0;
    let error = (sum / df * (1.0 / n + 1.0 / m) / worth).sqrt();
    (2.0 * t_tails((difference / error).abs(), (df * worth).max(1.0)).upper).min(1.0)
}

/// What each of the values of two levels is worth, as they resemble their neighbours: as in a first
/// autoregression (Zwiers and von Storch 1995).
fn worth(x: &[f64], y: &[f64]) -> f64 {
    let (rest_x, rest_y) = (around(x), around(y));
    let squares: f64 = rest_x.iter().chain(&rest_y).map(|value| value * value).sum();
    let pairs = rest_x.windows(2).chain(rest_y.windows(2));
    let products: f64 = pairs.map(|pair| pair[0] * pair[1]).sum();
    // What is estimated from few values is too low, by about one in their number for each mean.
    let likeness = products / squares + 2.0 / (x.len() + y.len()) as f64;
    let likeness = if likeness.is_finite() { likeness.clamp(0.0, 0.9) } else { 0.0 };
    (1.0 - likeness) / (1.0 + likeness)
}

fn around(values: &[f64]) -> Vec<f64> {
    let mean = mean(values);
    values.iter().map(|value| value - mean).collect()
}

/// No further from the median than three deviations, as the median of deviations tells them.
fn drawn_in(values: &[f64]) -> Vec<f64> {
    let middle = median(values);
    let off: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
    let reach = if values.len() < DRAWN_IN { f64::INFINITY } else { 3.0 * 1.4826 * median(&off) };
    // More than half of them are the same: what differs is not an outlier of them.
    let reach = if reach == 0.0 { f64::INFINITY } else { reach };
    values.iter().map(|value| value.clamp(middle - reach, middle + reach)).collect()
}
