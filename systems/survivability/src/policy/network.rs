//! Multilayer perceptrons in f32: linear layers with ReLU between them.
//!
//! An output is its bias, plus input 0 by its weight, plus input 1 by its weight and so on, each
//! step rounded to f32: the same bits on every machine, as [`matrix`] says.

use super::matrix::{self, Shape};

/// A linear layer. Weights lie input by input, so that one input meets all outputs in a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    pub(crate) weights: Vec<f32>,
    pub(crate) biases: Vec<f32>,
    inputs: usize,
}

/// One or more layers, each as wide at its input as the one before it at its output.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    layers: Vec<Layer>,
}

/// A network with room for the values between its layers, so that a pass allocates nothing.
#[derive(Clone, Debug)]
pub struct Evaluator {
    network: Network,
    /// What the current layer reads, and what it writes.
    values: [Vec<f32>; 2],
}

impl Layer {
    /// Weights input by input.
    #[must_use]
    pub fn new(inputs: usize, weights: Vec<f32>, biases: Vec<f32>) -> Layer {
        assert_eq!(weights.len(), inputs * biases.len(), "a weight for each input and output");
        Layer { weights, biases, inputs }
    }

    #[must_use]
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    #[must_use]
    pub fn outputs(&self) -> usize {
        self.biases.len()
    }

    /// Input by input: the weight of input i for output j lies at i × outputs + j.
    #[must_use]
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }

    #[must_use]
    pub fn biases(&self) -> &[f32] {
        &self.biases
    }

    /// Applies the layer to several inputs, one a row.
    pub(crate) fn apply(&self, inputs: &[f32], rows: usize, outputs: &mut [f32]) {
        for row in outputs.chunks_exact_mut(self.outputs()) {
            row.copy_from_slice(&self.biases);
        }
        let shape = Shape { rows, inner: self.inputs, columns: self.outputs() };
        matrix::add_product(outputs, inputs, &self.weights, shape);
    }
}

impl Network {
    #[must_use]
    pub fn new(layers: Vec<Layer>) -> Network {
        assert!(!layers.is_empty(), "a network has a layer");
        let fit = layers.windows(2).all(|pair| pair[0].outputs() == pair[1].inputs());
        assert!(fit, "a layer is as wide as the one before it");
        Network { layers }
    }

    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    pub(crate) fn layers_mut(&mut self) -> &mut [Layer] {
        &mut self.layers
    }

    #[must_use]
    pub fn inputs(&self) -> usize {
        self.layers[0].inputs()
    }

    #[must_use]
    pub fn outputs(&self) -> usize {
        self.layers[self.layers.len() - 1].outputs()
    }

    /// The widths between the layers.
    #[must_use]
    pub fn hidden(&self) -> Vec<usize> {
        self.layers[1..].iter().map(Layer::inputs).collect()
    }

    /// Whether every weight and bias is a finite number.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        let numbers = |layer: &Layer| {
            layer.weights.iter().chain(&layer.biases).all(|number| number.is_finite())
        };
        self.layers.iter().all(numbers)
    }
}

impl Evaluator {
    #[must_use]
    pub fn new(network: Network) -> Evaluator {
        let widths = network.layers.iter().map(|layer| layer.outputs().max(layer.inputs()));
        let widest = widths.max().unwrap_or(0);
        Evaluator { network, values: [vec![0.0; widest], vec![0.0; widest]] }
    }

    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The outputs of the last layer.
    pub fn forward(&mut self, input: &[f32]) -> &[f32] {
        let [from, into] = &mut self.values;
        from[..input.len()].copy_from_slice(input);
        let last = self.network.layers.len() - 1;
        for (index, layer) in self.network.layers.iter().enumerate() {
            let outputs = &mut into[..layer.outputs()];
            layer.apply(&from[..layer.inputs()], 1, outputs);
            if index < last {
                rectify(outputs);
            }
            std::mem::swap(from, into);
        }
        &self.values[0][..self.network.outputs()]
    }
}

/// ReLU in place. What is not a number becomes 0.
pub(crate) fn rectify(values: &mut [f32]) {
    for value in values {
        *value = if *value > 0.0 { *value } else { 0.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::{assert_close, golden, network, numbers};

    #[test]
    fn outputs_are_what_numpy_says_in_double_precision() {
        for case in golden().forward {
            let mut evaluator = Evaluator::new(network(&case.widths, case.seed, 0.4));
            let inputs = numbers(case.seed + 50, 3 * case.widths[0], 4.0);
            for (input, expected) in inputs.chunks_exact(case.widths[0]).zip(&case.outputs) {
                assert_close(evaluator.forward(input), expected, 1e-5);
            }
        }
    }

    #[test]
    fn a_pass_does_not_depend_on_the_one_before_it() {
        let mut evaluator = Evaluator::new(network(&[25, 128, 64, 4], 1, 0.4));
        let (first, second) = (numbers(7, 25, 3.0), numbers(8, 25, 300.0));
        let fresh = evaluator.forward(&first).to_vec();
        evaluator.forward(&second);
        assert_eq!(evaluator.forward(&first), fresh);
    }

    #[test]
    fn one_layer_is_a_network_without_relu() {
        let layer = Layer::new(2, vec![1.0, 10.0, 2.0, 20.0], vec![0.5, -100.0]);
        let mut evaluator = Evaluator::new(Network::new(vec![layer]));
        assert_eq!(evaluator.forward(&[3.0, 4.0]), [11.5, 10.0]);
        assert_eq!(evaluator.forward(&[-3.0, 0.0]), [-2.5, -130.0]);
    }

    #[test]
    fn relu_lets_nothing_negative_through() {
        let first = Layer::new(1, vec![1.0, -1.0], vec![0.0, 0.0]);
        let second = Layer::new(2, vec![1.0, 1.0], vec![0.0]);
        let mut evaluator = Evaluator::new(Network::new(vec![first, second]));
        assert_eq!(evaluator.forward(&[3.0]), [3.0]);
        assert_eq!(evaluator.forward(&[-4.0]), [4.0]);
        assert_eq!(evaluator.network().hidden(), [2]);
    }

    #[test]
    #[should_panic(expected = "as wide as the one before it")]
    fn layers_that_do_not_fit_are_no_network() {
        let layer = || Layer::new(2, vec![0.0; 6], vec![0.0; 3]);
        let _ = Network::new(vec![layer(), layer()]);
    }
}
