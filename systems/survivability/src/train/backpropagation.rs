//! A network that learns: the forward pass over a batch, the gradient, the step.

use super::adam::Adam;
use crate::policy::matrix::{Shape, add_product, transpose};
use crate::policy::network::{Layer, Network, rectify};

#[derive(Clone, Debug)]
pub struct Learner {
    network: Network,
    gradient: Network,
    adam: Adam,
    rows: usize,
    /// What went into each layer in the last forward pass, and what came out of the last.
    values: Vec<Vec<f32>>,
    /// The slope of the loss by the outputs of a layer, and by its inputs.
    slopes: [Vec<f32>; 2],
    transposed: Vec<f32>,
}

impl Learner {
    #[must_use]
    pub fn new(network: Network, rate: f32) -> Learner {
        let zeros = |layer: &Layer| {
            let outputs = layer.outputs();
            Layer::new(layer.inputs(), vec![0.0; layer.inputs() * outputs], vec![0.0; outputs])
        };
        Learner {
            gradient: Network::new(network.layers().iter().map(zeros).collect()),
            adam: Adam::new(&network, rate),
            rows: 0,
            values: vec![Vec::new(); network.layers().len() + 1],
            slopes: [Vec::new(), Vec::new()],
            transposed: Vec::new(),
            network,
        }
    }

    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The outputs for several inputs, one a row.
    pub fn forward(&mut self, inputs: &[f32]) -> &[f32] {
        self.rows = inputs.len() / self.network.inputs();
        self.values[0].clear();
        self.values[0].extend_from_slice(inputs);
        let last = self.network.layers().len() - 1;
        for (index, layer) in self.network.layers().iter().enumerate() {
            let [from, into] = &mut self.values[index..=index + 1] else {
                unreachable!("values lie before and after each layer");
            };
            into.resize(self.rows * layer.outputs(), 0.0);
            layer.apply(from, self.rows, into);
            if index < last {
                rectify(into);
            }
        }
        &self.values[last + 1]
    }

    /// One step against the slopes of the loss by the outputs of the last forward pass.
    pub fn learn(&mut self, slopes: &[f32]) {
        self.backward(slopes);
        self.adam.step(&mut self.network, &self.gradient);
    }

    /// Moves the weights a share of the way to those of another network of the same shape.
    pub fn approach(&mut self, other: &Network, share: f32) {
        for (layer, other) in self.network.layers_mut().iter_mut().zip(other.layers()) {
            let weights = (&mut layer.weights, other.weights());
            for (values, others) in [weights, (&mut layer.biases, other.biases())] {
                for (value, other) in values.iter_mut().zip(others) {
                    *value = (1.0 - share) * *value + share * other;
                }
            }
        }
    }

    fn backward(&mut self, slopes: &[f32]) {
        let rows = self.rows;
        let [after, before] = &mut self.slopes;
        after.clear();
        after.extend_from_slice(slopes);
        let layers = self.network.layers().iter().zip(self.gradient.layers_mut());
        for (index, (layer, gradient)) in layers.enumerate().rev() {
            let (inputs, outputs) = (layer.inputs(), layer.outputs());
            let values = &self.values[index];
            transpose(values, rows, inputs, &mut self.transposed);
            gradient.weights.fill(0.0);
            let shape = Shape { rows: inputs, inner: rows, columns: outputs };
            add_product(&mut gradient.weights, &self.transposed, after, shape);
            gradient.biases.fill(0.0);
            for row in after.chunks_exact(outputs) {
                gradient.biases.iter_mut().zip(row).for_each(|(sum, slope)| *sum += slope);
            }
            if index > 0 {
                transpose(layer.weights(), inputs, outputs, &mut self.transposed);
                before.clear();
                before.resize(rows * inputs, 0.0);
                let shape = Shape { rows, inner: outputs, columns: inputs };
                add_product(before, after, &self.transposed, shape);
                // ReLU lets a slope through where it let a value through.
                for (slope, value) in before.iter_mut().zip(values) {
                    *slope = if *value > 0.0 { *slope } else { 0.0 };
                }
                std::mem::swap(after, before);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::{assert_close, golden, network, numbers};
    use crate::train::loss::cross_entropy;

    #[test]
    fn gradients_are_the_differences_of_the_loss_in_double_precision() {
        let case = golden().gradient;
        let (widths, rows) = (&case.widths, case.actions.len());
        let mut learner = Learner::new(network(widths, case.seed, 0.8), 0.001);
        let logits = learner.forward(&numbers(case.seed + 50, rows * widths[0], 2.0)).to_vec();
        let mut slopes = vec![0.0; logits.len()];
        let mut loss = 0.0;
        for (row, slopes) in slopes.chunks_exact_mut(3).enumerate() {
            let logits = &logits[3 * row..][..3];
            let part = 1.0 / rows as f64;
            loss += part * cross_entropy(logits, &case.mask[row], case.actions[row], part, slopes);
        }
        assert!((loss - case.loss).abs() < 1e-6, "{loss} for {}", case.loss);
        learner.backward(&slopes);
        for (layer, expected) in learner.gradient.layers().iter().zip(&case.gradients) {
            let mut rows = Vec::new();
            transpose(layer.weights(), layer.inputs(), layer.outputs(), &mut rows);
            assert_close(&rows, &expected[0], 1e-6);
            assert_close(layer.biases(), &expected[1], 1e-6);
        }
    }

    #[test]
    fn a_batch_goes_forward_as_its_rows_do() {
        let inputs = numbers(3, 7 * 25, 2.0);
        let mut learner = Learner::new(network(&[25, 128, 64, 4], 1, 0.3), 0.001);
        let together = learner.forward(&inputs).to_vec();
        let apart: Vec<f32> =
            inputs.chunks_exact(25).flat_map(|row| learner.forward(row).to_vec()).collect();
        assert_eq!(together, apart);
    }
}
