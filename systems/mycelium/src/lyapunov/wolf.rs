//! The largest exponent of a series by following one orbit and a neighbour that is replaced again
//! and again (Wolf, Swift, Swinney and Vastano 1985, with replacements at fixed times).

use super::embedding::{Embedding, States};
use crate::error::Error;

/// How neighbours are chosen and when they are replaced.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wolf {
    pub embedding: Embedding,
    /// For how many steps a neighbour is followed.
    pub follow: usize,
    /// A replacement lies in about the same direction: the cosine is at least this, if there is
    /// such a neighbour.
    pub cosine: f64,
}

impl Default for Wolf {
    fn default() -> Wolf {
        Wolf { embedding: Embedding::default(), follow: 1, cosine: 0.9 }
    }
}

/// Per step.
pub fn wolf(series: &[f64], settings: &Wolf) -> Result<f64, Error> {
    let Wolf { embedding, follow, cosine } = *settings;
    if follow == 0 {
        return Err(Error::out_of_range("follow", follow, "1 or more"));
    }
    if !(-1.0..=1.0).contains(&cosine) {
        return Err(Error::out_of_range("cosine", cosine, "from -1 to 1"));
    }
    let window = embedding.theiler.saturating_mul(2).saturating_add(2);
    let states = embedding.states(series, window.saturating_add(follow))?;
    let last = states.len() - follow;
    let (mut sum, mut steps) = (0.0, 0_usize);
    let mut direction: Option<(usize, usize)> = None;
    for state in (0..last).step_by(follow) {
        let Some(neighbour) = choose(&states, state, last, direction, cosine) else { continue };
        let before = states.distance(state, neighbour);
        let after = states.distance(state + follow, neighbour + follow);
        if after > 0.0 {
            sum += (after / before).ln();
            steps += follow;
            direction = Some((state + follow, neighbour + follow));
        }
    }
    if steps == 0 {
        let text = "no state has a neighbour that it parts from: the series repeats itself";
        return Err(Error::Shape(text.to_owned()));
    }
    Ok(sum / steps as f64)
}

/// The nearest neighbour in the direction of a pair, or the nearest of all; not at the same place.
fn choose(
    states: &States,
    state: usize,
    among: usize,
    direction: Option<(usize, usize)>,
    cosine: f64,
) -> Option<usize> {
    let mut nearest = (f64::INFINITY, None);
    let mut along = (f64::INFINITY, None);
    for other in states.candidates(state, among) {
        let distance = states.distance(state, other);
        if distance <= 0.0 || distance >= along.0 {
            continue;
        }
        if distance < nearest.0 {
            nearest = (distance, Some(other));
        }
        let is_along = direction.is_none_or(|(from, to)| {
            let length = states.distance(from, to) * distance;
            let pairs = states.difference(state, other).zip(states.difference(from, to));
            pairs.map(|(one, other)| one * other).sum::<f64>() >= cosine * length
        });
        if is_along {
            along = (distance, Some(other));
        }
    }
    along.1.or(nearest.1)
}
