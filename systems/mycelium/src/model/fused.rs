//! A network for rows without a sequence. All that lies before the first ReLU is linear there, so
//! it is one layer; queries and keys play no part.

use super::linear::Linear;
use super::matrix::{Packed, Scratch, View};
use super::network::{Network, relu};
use super::real::Real;
use super::workspace::Workspace;
use crate::error::Error;

/// A network as it is now: what it learns later does not show here. Its outputs are the network's
/// up to rounding.
#[derive(Clone, Debug)]
pub struct Fused<T = f32> {
    inputs: usize,
    front: Layer<T>,
    second: Layer<T>,
    last: Layer<T>,
}

#[derive(Clone, Debug)]
struct Layer<T> {
    weights: Packed<T>,
    bias: Vec<T>,
}

impl<T: Real> Fused<T> {
    #[must_use]
    pub fn new(network: &Network<T>) -> Fused<T> {
        let (layers, all) = (&network.layers, network.values());
        let mut front = layers.input.rows(all).to_vec();
        for layer in [layers.value, layers.mixed, layers.first] {
            front = followed_by(&front, layer, all);
        }
        let inputs = layers.input.inputs;
        let [second, last] =
            [layers.second, layers.last].map(|layer| Layer::new(layer.rows(all), layer.inputs));
        Fused { inputs, front: Layer::new(&front, inputs), second, last }
    }

    /// One number for each row.
    pub fn forward<'w>(&self, rows: &[T], work: &'w mut Workspace<T>) -> Result<&'w [T], Error> {
        if rows.is_empty() || !rows.len().is_multiple_of(self.inputs) {
            let text = format!("{} values are no rows of {}", rows.len(), self.inputs);
            return Err(Error::Shape(text));
        }
        let Workspace { first, second, output, .. } = work;
        self.front.forward(rows, first);
        relu(first);
        self.second.forward(first, second);
        relu(second);
        self.last.forward(second, output);
        Ok(output)
    }
}

impl<T: Real> Layer<T> {
    /// From the rows of weights with the biases as the last one.
    fn new(rows: &[T], inputs: usize) -> Layer<T> {
        let outputs = rows.len() / (inputs + 1);
        let (weights, bias) = rows.split_at(inputs * outputs);
        let weights = Packed::new(View::new(weights, inputs, outputs));
        Layer { weights, bias: bias.to_vec() }
    }

    fn forward(&self, input: &[T], output: &mut Vec<T>) {
        let rows = input.len() / self.weights.rows();
        output.clear();
        (0..rows).for_each(|_| output.extend_from_slice(&self.bias));
        let input = View::new(input, rows, self.weights.rows());
        self.weights.add_after(input, output, self.bias.len());
    }
}

/// The layer of these rows and then another one, as rows of one.
fn followed_by<T: Real>(rows: &[T], layer: Linear, all: &[T]) -> Vec<T> {
    let (_, bias) = layer.parts(all);
    let count = rows.len() / layer.inputs;
    let mut fused = vec![T::ZERO; (count - 1) * layer.outputs];
    fused.extend_from_slice(bias);
    let rows = View::new(rows, count, layer.inputs);
    Scratch::default().add(rows, layer.matrix(all), &mut fused, layer.outputs);
    fused
}
