//! A linear layer: where its weights lie among a network's parameters, and its two directions.

use super::matrix::{Scratch, View};
use super::real::Real;
use crate::random::Random;

/// The weights are `inputs` rows of `outputs`, the biases follow them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Linear {
    pub inputs: usize,
    pub outputs: usize,
    start: usize,
}

impl Linear {
    pub fn new(inputs: usize, outputs: usize, start: usize) -> Linear {
        Linear { inputs, outputs, start }
    }

    /// One after its last parameter.
    pub fn end(&self) -> usize {
        self.start + (self.inputs + 1) * self.outputs
    }

    /// The weights, and after them the biases as a last row.
    pub fn rows<'a, T>(&self, all: &'a [T]) -> &'a [T] {
        &all[self.start..self.end()]
    }

    pub fn parts<'a, T>(&self, all: &'a [T]) -> (&'a [T], &'a [T]) {
        self.rows(all).split_at(self.inputs * self.outputs)
    }

    pub fn parts_mut<'a, T>(&self, all: &'a mut [T]) -> (&'a mut [T], &'a mut [T]) {
        all[self.start..self.end()].split_at_mut(self.inputs * self.outputs)
    }

    /// The weights as a matrix.
    pub fn matrix<'a, T>(&self, all: &'a [T]) -> View<'a, T> {
        View::new(self.parts(all).0, self.inputs, self.outputs)
    }

    /// Evenly within one over the root of the inputs, weights and biases alike, as PyTorch's.
    pub fn initialise<T: Real>(&self, all: &mut [T], random: &mut Random) {
        let bound = 1.0 / (self.inputs as f64).sqrt();
        for parameter in &mut all[self.start..self.end()] {
            *parameter = T::of(random.uniform(-bound, bound));
        }
    }

    pub fn forward<T: Real>(
        &self,
        all: &[T],
        input: &[T],
        output: &mut Vec<T>,
        scratch: &mut Scratch<T>,
    ) {
        let rows = input.len() / self.inputs;
        let (_, bias) = self.parts(all);
        output.clear();
        (0..rows).for_each(|_| output.extend_from_slice(bias));
        let input = View::new(input, rows, self.inputs);
        scratch.add(input, self.matrix(all), output, self.outputs);
    }

    /// Adds to the gradients of the layer's parameters, given those of its output.
    pub fn backward<T: Real>(
        &self,
        input: &[T],
        output_gradients: &[T],
        gradients: &mut [T],
        scratch: &mut Scratch<T>,
    ) {
        let rows = input.len() / self.inputs;
        let (weights, bias) = self.parts_mut(gradients);
        for row in output_gradients.chunks_exact(self.outputs) {
            bias.iter_mut().zip(row).for_each(|(sum, gradient)| *sum += *gradient);
        }
        let input = View::new(input, rows, self.inputs).transposed();
        let output_gradients = View::new(output_gradients, rows, self.outputs);
        scratch.add(input, output_gradients, weights, self.outputs);
    }

    /// Adds to the gradients of the layer's input, given those of its output.
    pub fn backward_input<T: Real>(
        &self,
        all: &[T],
        output_gradients: &[T],
        input_gradients: &mut [T],
        scratch: &mut Scratch<T>,
    ) {
        let rows = output_gradients.len() / self.outputs;
        let output_gradients = View::new(output_gradients, rows, self.outputs);
        let weights = self.matrix(all).transposed();
        scratch.add(output_gradients, weights, input_gradients, self.inputs);
    }
}
