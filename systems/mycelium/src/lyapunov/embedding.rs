//! States of a system of which only one number is seen: that number now and some steps ago.

use std::borrow::Cow;

use crate::error::Error;

/// How states are made of a series, and which of them are neighbours by the system rather than by
/// time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Embedding {
    /// Numbers in a state.
    pub dimension: usize,
    /// Steps between them.
    pub lag: usize,
    /// Theiler's window: states no more steps apart than this are no neighbours.
    pub theiler: usize,
}

impl Default for Embedding {
    fn default() -> Embedding {
        Embedding { dimension: 2, lag: 1, theiler: 1 }
    }
}

/// A series as states, in their order in time.
#[derive(Clone, Debug)]
pub(super) struct States<'a> {
    /// In this unit of the series that was given.
    series: Cow<'a, [f64]>,
    unit: f64,
    embedding: Embedding,
}

impl Embedding {
    /// Refuses a series with fewer states than `least`, and one that is not finite.
    pub(super) fn states<'a>(&self, series: &'a [f64], least: usize) -> Result<States<'a>, Error> {
        if !(1..=20).contains(&self.dimension) {
            return Err(Error::out_of_range("dimension", self.dimension, "from 1 to 20"));
        }
        if self.lag == 0 || self.lag > series.len() {
            return Err(Error::out_of_range("lag", self.lag, "from 1 to the length of the series"));
        }
        if let Some(step) = series.iter().position(|value| !value.is_finite()) {
            let count = series.iter().filter(|value| !value.is_finite()).count();
            return Err(Error::NotFinite { field: "series", step, count });
        }
        let unit = unit(series);
        let series: Cow<[f64]> = match unit {
            None => series.into(),
            Some(unit) => series.iter().map(|value| value / unit).collect(),
        };
        let states = States { series, unit: unit.unwrap_or(1.0), embedding: *self };
        // Each needs a neighbour outside of its window.
        let least = least.max(self.theiler.saturating_mul(2).saturating_add(2));
        if states.len() < least {
            let values = states.series.len();
            let text = format!("{values} values make {} states of {least}", states.len());
            return Err(Error::Shape(text));
        }
        Ok(states)
    }
}

impl States<'_> {
    pub(super) fn len(&self) -> usize {
        self.series.len().saturating_sub((self.embedding.dimension - 1) * self.embedding.lag)
    }

    /// What leads from one state to another.
    pub(super) fn difference(&self, from: usize, to: usize) -> impl Iterator<Item = f64> {
        let Embedding { dimension, lag, .. } = self.embedding;
        (0..dimension)
            .map(move |place| self.series[to + place * lag] - self.series[from + place * lag])
    }

    /// The logarithm of what distances are multiples of.
    pub(super) fn log_unit(&self) -> f64 {
        self.unit.ln()
    }

    pub(super) fn distance(&self, from: usize, to: usize) -> f64 {
        self.difference(from, to).map(|along| along * along).sum::<f64>().sqrt()
    }

    /// Among the first states, those that are no neighbours in time.
    pub(super) fn candidates(&self, of: usize, among: usize) -> impl Iterator<Item = usize> {
        let theiler = self.embedding.theiler;
        (0..among).filter(move |other| of.abs_diff(*other) > theiler)
    }

    /// The nearest among the first states, at whatever distance; the earlier one of two.
    pub(super) fn nearest(&self, of: usize, among: usize) -> Option<usize> {
        let away =
            |other: usize| -> f64 { self.difference(of, other).map(|along| along * along).sum() };
        let candidates = self.candidates(of, among).map(|other| (other, away(other)));
        candidates.min_by(|one, other| one.1.total_cmp(&other.1)).map(|(other, _)| other)
    }
}

/// In which values can be squared, where they cannot be as they are. It is a power of two, so that
/// next to nothing is rounded.
fn unit(series: &[f64]) -> Option<f64> {
    let most = series.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    match most {
        1e100.. => Some(600.0_f64.exp2()),
        ..1e-100 => Some((-600.0_f64).exp2()),
        _ => None,
    }
}
