//! The network: its layers, its parameters, and the way through it.

use super::attention::{Attention, Projected};
use super::linear::Linear;
use super::real::Real;
use super::workspace::Workspace;
use crate::error::Error;
use crate::random::Random;
use crate::settings::Streams;

/// How wide a network is, and how its attention looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Architecture {
    pub inputs: usize,
    /// Even, and divided by the heads.
    pub hidden: usize,
    pub heads: usize,
    /// How many positions of a sequence each position looks at.
    pub kept: usize,
}

/// From rows of inputs, or sequences of such rows, to one number each.
///
/// A linear layer, attention, the mean over the sequence, and three linear layers with ReLU
/// between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Network<T = f32> {
    architecture: Architecture,
    pub(super) layers: Layers,
    pub(super) parameters: Vec<T>,
}

/// So many sequences of rows, one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a, T = f32> {
    pub values: &'a [T],
    pub size: usize,
    pub sequence: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layers {
    pub(super) input: Linear,
    pub(super) query: Linear,
    pub(super) key: Linear,
    pub(super) value: Linear,
    pub(super) mixed: Linear,
    pub(super) first: Linear,
    pub(super) second: Linear,
    pub(super) last: Linear,
}

impl Default for Architecture {
    fn default() -> Architecture {
        Architecture { inputs: 4, hidden: 32, heads: 1, kept: 4 }
    }
}

impl Architecture {
    pub fn validate(&self) -> Result<(), Error> {
        if !(1..=65_536).contains(&self.inputs) {
            return Err(Error::out_of_range("inputs", self.inputs, "from 1 to 65536"));
        }
        if !(2..=4096).contains(&self.hidden) || !self.hidden.is_multiple_of(2) {
            return Err(Error::out_of_range("hidden", self.hidden, "even and from 2 to 4096"));
        }
        if self.heads == 0 || !self.hidden.is_multiple_of(self.heads) {
            return Err(Error::out_of_range("heads", self.heads, "a divisor of the hidden width"));
        }
        if self.kept == 0 {
            return Err(Error::out_of_range("kept", self.kept, "at least 1"));
        }
        Ok(())
    }
}

impl Network {
    /// One head that keeps four positions.
    pub fn new(inputs: usize, hidden: usize, seed: u64) -> Result<Network, Error> {
        Network::build(Architecture { inputs, hidden, ..Architecture::default() }, seed)
    }
}

impl<T: Real> Network<T> {
    pub fn build(architecture: Architecture, seed: u64) -> Result<Network<T>, Error> {
        let mut network = Network::zeros(architecture)?;
        let mut random = Random::new(Streams::Fast, seed);
        for (_, layer) in network.layers.all() {
            layer.initialise(&mut network.parameters, &mut random);
        }
        Ok(network)
    }

    pub(super) fn zeros(architecture: Architecture) -> Result<Network<T>, Error> {
        architecture.validate()?;
        let layers = Layers::new(architecture.inputs, architecture.hidden);
        let parameters = vec![T::ZERO; layers.last.end()];
        Ok(Network { architecture, layers, parameters })
    }

    #[must_use]
    pub fn architecture(&self) -> Architecture {
        self.architecture
    }

    /// How many there are.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.parameters.len()
    }

    /// Layer after layer, each with its weights by input and then its biases.
    #[must_use]
    pub fn values(&self) -> &[T] {
        &self.parameters
    }

    /// One number for each item of the batch.
    pub fn forward<'w>(
        &self,
        batch: Batch<'_, T>,
        work: &'w mut Workspace<T>,
    ) -> Result<&'w [T], Error> {
        batch.check(self.architecture.inputs)?;
        let (layers, all) = (&self.layers, self.parameters.as_slice());
        let scratch = &mut work.scratch;
        layers.input.forward(all, batch.values, &mut work.embedded, scratch);
        layers.value.forward(all, &work.embedded, &mut work.value, scratch);
        // The only position there is has all the attention.
        if batch.sequence == 1 {
            layers.mixed.forward(all, &work.value, &mut work.mixed, scratch);
            layers.first.forward(all, &work.mixed, &mut work.first, scratch);
        } else {
            layers.query.forward(all, &work.embedded, &mut work.query, scratch);
            layers.key.forward(all, &work.embedded, &mut work.key, scratch);
            let projected = Projected {
                query: &work.query,
                key: &work.key,
                value: &work.value,
                sequence: batch.sequence,
            };
            self.attention().forward(projected, &mut work.attended, scratch);
            layers.mixed.forward(all, &work.attended.context, &mut work.mixed, scratch);
            mean(&work.mixed, batch.sequence, self.architecture.hidden, &mut work.mean);
            layers.first.forward(all, &work.mean, &mut work.first, scratch);
        }
        relu(&mut work.first);
        layers.second.forward(all, &work.first, &mut work.second, scratch);
        relu(&mut work.second);
        layers.last.forward(all, &work.second, &mut work.output, scratch);
        Ok(&work.output)
    }

    pub(super) fn attention(&self) -> Attention {
        let Architecture { hidden, heads, kept, .. } = self.architecture;
        Attention { hidden, heads, kept }
    }
}

impl<'a, T> Batch<'a, T> {
    /// Rows, each of which is a sequence of its own.
    #[must_use]
    pub fn rows(values: &'a [T], size: usize) -> Batch<'a, T> {
        Batch { values, size, sequence: 1 }
    }

    #[must_use]
    pub fn sequences(values: &'a [T], size: usize, sequence: usize) -> Batch<'a, T> {
        Batch { values, size, sequence }
    }

    pub(super) fn check(&self, inputs: usize) -> Result<(), Error> {
        let values = self.size.checked_mul(self.sequence).and_then(|rows| rows.checked_mul(inputs));
        if values == Some(self.values.len()) && !self.values.is_empty() {
            return Ok(());
        }
        let (given, size, sequence) = (self.values.len(), self.size, self.sequence);
        let text = format!("{given} values are no batch of {size} x {sequence} rows of {inputs}");
        Err(Error::Shape(text))
    }
}

impl Layers {
    fn new(inputs: usize, hidden: usize) -> Layers {
        let input = Linear::new(inputs, hidden, 0);
        let query = Linear::new(hidden, hidden, input.end());
        let key = Linear::new(hidden, hidden, query.end());
        let value = Linear::new(hidden, hidden, key.end());
        let mixed = Linear::new(hidden, hidden, value.end());
        let first = Linear::new(hidden, hidden, mixed.end());
        let second = Linear::new(hidden, hidden / 2, first.end());
        let last = Linear::new(hidden / 2, 1, second.end());
        Layers { input, query, key, value, mixed, first, second, last }
    }

    /// In the order of their parameters, with their names in files.
    pub(super) fn all(&self) -> [(&'static str, Linear); 8] {
        [
            ("input", self.input),
            ("attention.query", self.query),
            ("attention.key", self.key),
            ("attention.value", self.value),
            ("attention.output", self.mixed),
            ("first", self.first),
            ("second", self.second),
            ("last", self.last),
        ]
    }
}

pub(super) fn relu<T: Real>(values: &mut [T]) {
    for value in values {
        // A number that is none stays, so that it shows in the result.
        *value = if *value < T::ZERO { T::ZERO } else { *value };
    }
}

/// The mean row of each sequence.
fn mean<T: Real>(rows: &[T], sequence: usize, width: usize, out: &mut Vec<T>) {
    let share = T::of(1.0 / sequence as f64);
    out.clear();
    out.resize(rows.len() / sequence, T::ZERO);
    for (out, rows) in out.chunks_exact_mut(width).zip(rows.chunks_exact(sequence * width)) {
        for row in rows.chunks_exact(width) {
            out.iter_mut().zip(row).for_each(|(sum, value)| *sum += *value);
        }
        out.iter_mut().for_each(|sum| *sum = *sum * share);
    }
}
