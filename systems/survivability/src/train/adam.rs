//! Adam (Kingma and Ba, 2015), with the constants it was published with.

use crate::policy::network::Network;

const FIRST: f32 = 0.9;
const SECOND: f32 = 0.999;
const EPSILON: f32 = 1e-8;

#[derive(Clone, Debug)]
pub struct Adam {
    rate: f32,
    /// The decays to the power of the number of steps.
    powers: [f64; 2],
    /// Of each layer the moments of its weights, then of its biases.
    moments: Vec<Moments>,
}

#[derive(Clone, Debug)]
struct Moments {
    first: Vec<f32>,
    second: Vec<f32>,
}

impl Adam {
    #[must_use]
    pub fn new(network: &Network, rate: f32) -> Adam {
        let moments = |length| Moments { first: vec![0.0; length], second: vec![0.0; length] };
        let layers = network.layers().iter();
        let lengths = layers.flat_map(|layer| [layer.weights().len(), layer.biases().len()]);
        Adam { rate, powers: [1.0; 2], moments: lengths.map(moments).collect() }
    }

    /// Moves a network against the gradient, which has its shape.
    pub fn step(&mut self, network: &mut Network, gradient: &Network) {
        self.powers = [self.powers[0] * f64::from(FIRST), self.powers[1] * f64::from(SECOND)];
        let rate = (f64::from(self.rate) / (1.0 - self.powers[0])) as f32;
        let root = (1.0 - self.powers[1]).sqrt() as f32;
        let mut moments = self.moments.iter_mut();
        for (layer, gradient) in network.layers_mut().iter_mut().zip(gradient.layers()) {
            let weights = (&mut layer.weights, gradient.weights());
            for (values, slopes) in [weights, (&mut layer.biases, gradient.biases())] {
                let moments = moments.next().expect("moments for weights and biases of each layer");
                moments.step(values, slopes, rate, root);
            }
        }
    }
}

impl Moments {
    /// `rate` and `root` carry the corrections for moments that began at 0.
    fn step(&mut self, values: &mut [f32], slopes: &[f32], rate: f32, root: f32) {
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((value, slope), (first, second)) in values.iter_mut().zip(slopes).zip(moments) {
            *first = FIRST * *first + (1.0 - FIRST) * slope;
            *second = SECOND * *second + (1.0 - SECOND) * slope * slope;
            *value -= rate * *first / (second.sqrt() / root + EPSILON);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::{assert_close, golden, numbers};
    use crate::policy::network::Layer;

    /// A layer of one input without weight, whose biases are the parameters.
    fn biases(biases: Vec<f32>) -> Network {
        Network::new(vec![Layer::new(1, vec![0.0; biases.len()], biases)])
    }

    #[test]
    fn steps_are_what_numpy_says_in_double_precision() {
        let case = golden().adam;
        let count = case.parameters.len();
        let mut network = biases(numbers(case.seed + 1, count, 1.0));
        let mut gradients = numbers(case.seed, case.steps * count, 3.0);
        gradients.iter_mut().skip(4).step_by(5).for_each(|slope| *slope = 0.0);
        let mut adam = Adam::new(&network, case.rate);
        for gradient in gradients.chunks_exact(count) {
            adam.step(&mut network, &biases(gradient.to_vec()));
        }
        assert_close(network.layers()[0].biases(), &case.parameters, 1e-6);
    }
}
