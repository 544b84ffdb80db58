//! Inputs brought to a mean of 0 and a spread of 1 for training, and the way back.

use super::examples::Examples;
use crate::policy::input::width;
use crate::policy::network::{Layer, Network};

/// For each input what is subtracted, and what the rest is multiplied by.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaling {
    means: Vec<f32>,
    factors: Vec<f32>,
}

impl Scaling {
    /// From the states of those decisions. An input that is the same in all of them is multiplied
    /// by 0: nothing can be learned of it, and what the network would do with it is chance.
    #[must_use]
    pub fn of(examples: &Examples, decisions: &[usize]) -> Scaling {
        let inputs = width(examples.k());
        let rows =
            || decisions.iter().map(|index| examples.state(examples.decisions()[*index].state));
        let count = decisions.len().max(1) as f64;
        let mut means = vec![0.0_f64; inputs];
        for row in rows() {
            means.iter_mut().zip(row).for_each(|(sum, value)| *sum += f64::from(*value));
        }
        means.iter_mut().for_each(|sum| *sum /= count);
        let mut squares = vec![0.0_f64; inputs];
        let mut varies = vec![false; inputs];
        let first = rows().next().unwrap_or_default();
        for row in rows() {
            for (input, value) in row.iter().enumerate() {
                let off = f64::from(*value) - means[input];
                squares[input] += off * off;
                varies[input] |= value.to_bits() != first[input].to_bits();
            }
        }
        let factor = |(square, varies): (&f64, bool)| {
            if varies { 1.0 / (square / count).sqrt() } else { 0.0 }
        };
        let factors: Vec<f64> = squares.iter().zip(varies).map(factor).collect();
        let single = |values: Vec<f64>| values.into_iter().map(|value| value as f32).collect();
        Scaling { means: single(means), factors: single(factors) }
    }

    /// Appends a state, scaled.
    pub fn push(&self, state: &[f32], into: &mut Vec<f32>) {
        let scaled = state.iter().zip(&self.means).zip(&self.factors);
        into.extend(scaled.map(|((value, mean), factor)| (value - mean) * factor));
    }

    /// The network over raw inputs that does what this one does over scaled ones: w (x - m) f + b
    /// is (w f) x + (b - w f m).
    #[must_use]
    pub fn fold(&self, network: &Network) -> Network {
        let mut layers = network.layers().to_vec();
        let first = &layers[0];
        let outputs = first.outputs();
        let mut weights = Vec::with_capacity(first.weights().len());
        let mut biases: Vec<f64> = first.biases().iter().map(|bias| f64::from(*bias)).collect();
        let scales = self.means.iter().zip(&self.factors);
        for (row, (mean, factor)) in first.weights().chunks_exact(outputs).zip(scales) {
            for (weight, bias) in row.iter().zip(&mut biases) {
                let weight = f64::from(*weight) * f64::from(*factor);
                *bias -= weight * f64::from(*mean);
                weights.push(weight as f32);
            }
        }
        let biases = biases.into_iter().map(|bias| bias as f32).collect();
        layers[0] = Layer::new(first.inputs(), weights, biases);
        Network::new(layers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::{assert_close, network};
    use crate::policy::network::Evaluator;
    use crate::train::examples::tests::{collect, transition};

    fn examples() -> Examples {
        let mut lines: Vec<_> =
            (0..4).map(|t| transition(t, 1, [1, 3, 3, 5][t as usize], 1)).collect();
        for (line, slots) in lines.iter_mut().zip([10, 300, 120, 45]) {
            line.state.paths[0].min_residual_slots = slots;
        }
        collect(1, lines)
    }

    #[test]
    fn what_varies_gets_a_mean_of_0_and_a_spread_of_1_and_the_rest_is_left_out() {
        let scaling = Scaling::of(&examples(), &[0, 1, 2, 3]);
        let mut scaled = Vec::new();
        scaling.push(examples().state(3), &mut scaled);
        // Sources 1, 3, 3, 5: mean 3, variance 2. The remaining time is always 1.
        assert_close(&scaled[..4], &[2.0_f64.sqrt(), 0.0, 0.0, 0.0], 1e-6);
    }

    #[test]
    fn the_folded_network_does_over_raw_inputs_what_the_other_does_over_scaled_ones() {
        let examples = examples();
        let scaling = Scaling::of(&examples, &[0, 1, 2, 3]);
        let network = network(&[10, 16, 1], 9, 1.0);
        let mut folded = Evaluator::new(scaling.fold(&network));
        let mut plain = Evaluator::new(network);
        for state in 0..4 {
            let mut scaled = Vec::new();
            scaling.push(examples.state(state), &mut scaled);
            let expected: Vec<f64> = plain.forward(&scaled).iter().map(|v| f64::from(*v)).collect();
            assert_close(folded.forward(examples.state(state)), &expected, 1e-5);
        }
    }
}
