//! Spike timing applied to a network: activations of its first hidden layer become spikes, and the
//! weights between them change by the rule.

use super::network::Network;
use super::real::Real;
use super::stdp::Stdp;
use super::workspace::Workspace;
use crate::error::Error;

/// How activations become spikes.
///
/// In each item, a cell whose activation is above the threshold fires once, and the stronger it is
/// the sooner: the strongest of its layer at 0, one at the threshold after the window. The layer
/// after fires as much later as a signal takes to reach it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plasticity {
    pub rule: Stdp,
    /// At least 0.
    pub threshold: f64,
    /// In seconds.
    pub window: f64,
    /// How much later the second layer fires, in seconds.
    pub delay: f64,
    /// What the rule's changes are multiplied by.
    pub rate: f64,
    /// Weights are kept between this and its negative.
    pub limit: f64,
}

impl Default for Plasticity {
    fn default() -> Plasticity {
        Plasticity {
            rule: Stdp::default(),
            threshold: 0.0,
            window: 0.020,
            delay: 0.005,
            rate: 0.01,
            limit: 1.0,
        }
    }
}

impl Plasticity {
    pub fn validate(&self) -> Result<(), Error> {
        self.rule.validate()?;
        let positive = "above 0 and at most 1";
        for (parameter, value) in [("window", self.window), ("rate", self.rate)] {
            if !(value > 0.0 && value <= 1.0) {
                return Err(Error::out_of_range(parameter, value, positive));
            }
        }
        for (parameter, value) in [("threshold", self.threshold), ("limit", self.limit)] {
            if !(0.0..=1e6).contains(&value) {
                return Err(Error::out_of_range(parameter, value, "from 0 to 1e6"));
            }
        }
        if !(0.0..=1.0).contains(&self.delay) {
            return Err(Error::out_of_range("delay", self.delay, "from 0 to 1"));
        }
        Ok(())
    }

    /// Changes the weights of the first hidden layer by what its inputs and outputs were in the
    /// latest batch, which `work` holds.
    pub(super) fn apply<T: Real>(
        &self,
        network: &mut Network<T>,
        work: &Workspace<T>,
        sequence: usize,
    ) -> Result<(), Error> {
        let input = if sequence == 1 { &work.mixed } else { &work.mean };
        let layer = network.layers.first;
        let before = self.spikes(input, layer.inputs, 0.0);
        let after = self.spikes(&work.first, layer.outputs, self.delay);
        let items = work.first.len() / layer.outputs;
        let changes = self.rule.mean_changes(&before, &after, items)?;
        let (weights, _) = layer.parts_mut(&mut network.parameters);
        for (weight, change) in weights.iter_mut().zip(changes) {
            let changed = weight.wide() + self.rate * change;
            *weight = T::of(changed.clamp(-self.limit, self.limit));
        }
        Ok(())
    }

    /// When the cells of a layer fire, row by row; not a number where they do not.
    fn spikes<T: Real>(&self, activations: &[T], width: usize, delay: f64) -> Vec<f64> {
        let mut times = Vec::with_capacity(activations.len());
        for row in activations.chunks_exact(width) {
            let largest = row.iter().map(|value| value.wide()).fold(self.threshold, f64::max);
            let span = largest - self.threshold;
            times.extend(row.iter().map(|value| match value.wide() - self.threshold {
                above if above > 0.0 => delay + self.window * (1.0 - above / span),
                _ => f64::NAN,
            }));
        }
        times
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Batch, Network};

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
    }

    #[test]
    fn the_strongest_fires_first_and_what_is_not_above_the_threshold_never() {
        let plasticity = Plasticity { threshold: 1.0, ..Plasticity::default() };
        let times = plasticity.spikes(&[3.0, 2.0, 1.0, -5.0, 1.0, 0.0, 0.0, 0.0], 4, 0.005);
        near(times[0], 0.005);
        near(times[1], 0.015);
        assert!(times[2..].iter().all(|time| time.is_nan()), "{times:?}");
    }

    #[test]
    fn weights_change_by_the_rule_and_stay_within_the_limit() {
        let mut network = Network::new(2, 4, 3).unwrap();
        let mut work = Workspace::default();
        let rows = [0.3, -0.8, 0.5, 0.9, -1.0, 0.2];
        network.forward(Batch::rows(&rows, 3), &mut work).unwrap();
        let before = network.values().to_vec();
        let plasticity = Plasticity { rate: 1.0, limit: 0.3, ..Plasticity::default() };
        plasticity.apply(&mut network, &work, 1).unwrap();
        let layer = network.layers.first;
        let mut changed = 0;
        for input in 0..4 {
            for output in 0..4 {
                let expected = by_hand(&plasticity, &work, input, output);
                let weight = f64::from(layer.parts(&before).0[input * 4 + output]);
                let expected = (weight + expected).clamp(-0.3, 0.3);
                let found = f64::from(layer.parts(network.values()).0[input * 4 + output]);
                assert!((found - expected).abs() < 1e-7, "{found} is not {expected}");
                changed += usize::from((found - weight).abs() > 1e-6);
            }
        }
        assert!(changed > 4, "only {changed} weights changed");
        assert_eq!(layer.parts(&before).1, layer.parts(network.values()).1);
    }

    /// The mean over the three items, from the activations themselves.
    fn by_hand(plasticity: &Plasticity, work: &Workspace, input: usize, output: usize) -> f64 {
        let time = |row: &[f32], cell: usize, delay: f64| {
            let largest = row.iter().copied().fold(0.0_f32, f32::max);
            let share = f64::from(row[cell]) / f64::from(largest);
            (row[cell] > 0.0).then_some(delay + 0.020 * (1.0 - share))
        };
        let changes =
            work.mixed.chunks(4).zip(work.first.chunks(4)).map(|(before, after)| {
                match (time(before, input, 0.0), time(after, output, 0.005)) {
                    (Some(before), Some(after)) => plasticity.rule.change(after - before),
                    _ => 0.0,
                }
            });
        changes.sum::<f64>() / 3.0
    }

    #[test]
    fn settings_out_of_their_bounds_are_refused() {
        assert_eq!(Plasticity::default().validate(), Ok(()));
        let wrong = [
            Plasticity { window: 0.0, ..Plasticity::default() },
            Plasticity { rate: f64::NAN, ..Plasticity::default() },
            Plasticity { threshold: -1.0, ..Plasticity::default() },
            Plasticity { limit: f64::INFINITY, ..Plasticity::default() },
            Plasticity { delay: -0.1, ..Plasticity::default() },
        ];
        wrong.iter().for_each(|one| assert!(one.validate().is_err(), "{one:?}"));
    }
}
