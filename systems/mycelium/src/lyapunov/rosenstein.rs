//! The largest exponent of a series by the mean logarithm of how far neighbours part (Rosenstein,
//! Collins and De Luca 1993).

use super::embedding::{Embedding, States};
use crate::error::Error;

/// An exponent, and the line that it is the slope of.
#[derive(Clone, Debug, PartialEq)]
pub struct Rosenstein {
    /// Per step.
    pub exponent: f64,
    /// The mean logarithm of the distance of neighbours, so many steps after they were.
    pub divergence: Vec<f64>,
}

/// Follows each state and its nearest neighbour for so many steps, which must be few enough that
/// they do not yet part as far as the system is wide.
pub fn rosenstein(
    series: &[f64],
    embedding: &Embedding,
    steps: usize,
) -> Result<Rosenstein, Error> {
    if !(2..=10_000).contains(&steps) {
        return Err(Error::out_of_range("steps", steps, "from 2 to 10000"));
    }
    let window = embedding.theiler.saturating_mul(2).saturating_add(2);
    let states = embedding.states(series, window.saturating_add(steps))?;
    // Neighbours are sought among those that can be followed.
    let followed = states.len() + 1 - steps;
    let pairs: Vec<(usize, usize)> =
        (0..followed).filter_map(|state| Some((state, states.nearest(state, followed)?))).collect();
    let divergence: Vec<f64> =
        (0..steps).filter_map(|step| mean_logarithm(&states, &pairs, step)).collect();
    if divergence.len() < steps {
        let text = "states do not part from their neighbours: the series repeats itself";
        return Err(Error::Shape(text.to_owned()));
    }
    Ok(Rosenstein { exponent: slope(&divergence), divergence })
}

/// None if all pairs are at the same place. Single ones that are have no logarithm and are left
/// out.
fn mean_logarithm(states: &States, pairs: &[(usize, usize)], step: usize) -> Option<f64> {
    let apart = pairs.iter().map(|(one, other)| states.distance(one + step, other + step));
    let (mut sum, mut count) = (0.0, 0);
    for distance in apart.filter(|distance| *distance > 0.0) {
        sum += distance.ln();
        count += 1;
    }
    (count > 0).then(|| sum / f64::from(count) + states.log_unit())
}

/// Of least squares against 0, 1, 2 and so on.
fn slope(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let middle = (count - 1.0) / 2.0;
    let weighted = values.iter().enumerate().map(|(at, value)| (at as f64 - middle) * value);
    weighted.sum::<f64>() / (count * (count * count - 1.0) / 12.0)
}
