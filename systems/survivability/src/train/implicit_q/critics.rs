//! What actions and states are worth: Q, the Q' that follows it slowly, and V.

use super::{Batch, Settings};
use crate::policy::network::Network;
use crate::train::backpropagation::Learner;
use crate::train::examples::Examples;
use crate::train::loss::expectile;
use crate::train::random::Random;
use crate::train::{TrainError, widths};

pub(super) struct Critics {
    quality: Learner,
    /// Q', which learns nothing itself.
    target: Learner,
    value: Learner,
}

impl Critics {
    /// Both begin around what a state is worth if every reward is the mean one. With a discount of
    /// 0.99 that may be 100, and Adam would take thousands of steps to get there.
    pub(super) fn new(
        examples: &Examples,
        settings: &Settings,
        training: &[usize],
        random: &mut Random,
    ) -> Result<Critics, TrainError> {
        let decisions = training.iter().map(|decision| examples.decisions()[*decision]);
        let (mut rewards, mut going_on) = (0.0, 0.0);
        for decision in decisions {
            rewards += f64::from(decision.reward);
            going_on += if decision.next.is_some() { 1.0 } else { 0.0 };
        }
        let count = training.len() as f64;
        let worth = rewards / count / (1.0 - settings.discount * going_on / count);
        let mut network = |outputs| -> Result<Network, TrainError> {
            let hidden = &settings.critic_hidden;
            let mut network = random.network(&widths(examples.k(), hidden, outputs)?);
            if let Some(last) = network.layers_mut().last_mut() {
                last.biases.iter_mut().for_each(|bias| *bias += worth as f32);
            }
            Ok(network)
        };
        let quality = Learner::new(network(examples.k())?, settings.learning_rate);
        let value = Learner::new(network(1)?, settings.learning_rate);
        Ok(Critics { target: quality.clone(), quality, value })
    }

    /// Moves V; the sum of its losses.
    pub(super) fn learn_value(
        &mut self,
        examples: &Examples,
        settings: &Settings,
        batch: &Batch,
    ) -> f64 {
        let returns = self.returns(examples, settings.discount, batch);
        let qualities = self.target.forward(&batch.states);
        let values = self.value.forward(&batch.states);
        let rows = values.len() as f64;
        let mut slopes = Vec::with_capacity(values.len());
        let mut sum = 0.0;
        for (row, value) in values.iter().enumerate() {
            let (target, share) = match examples.choice(batch.decisions[row]) {
                Some(action) => {
                    (f64::from(qualities[row * examples.k() + action]), settings.expectile)
                }
                None => (returns[row], 0.5),
            };
            let (loss, slope) = expectile(target - f64::from(*value), share);
            sum += loss;
            slopes.push((slope / rows) as f32);
        }
        self.value.learn(&slopes);
        sum
    }

    /// Of each decision with a choice, by how much Q' exceeds V.
    pub(super) fn advantages(&mut self, examples: &Examples, batch: &Batch) -> Vec<Option<f64>> {
        let qualities = self.target.forward(&batch.states);
        let values = self.value.forward(&batch.states);
        let advantage = |(row, decision): (usize, &usize)| {
            let quality = qualities[row * examples.k() + examples.choice(*decision)?];
            Some(f64::from(quality) - f64::from(values[row]))
        };
        batch.decisions.iter().enumerate().map(advantage).collect()
    }

    /// Moves Q; the sum of its losses.
    pub(super) fn learn_quality(
        &mut self,
        examples: &Examples,
        settings: &Settings,
        batch: &Batch,
    ) -> f64 {
        let returns = self.returns(examples, settings.discount, batch);
        let qualities = self.quality.forward(&batch.states);
        let choices: Vec<Option<usize>> =
            batch.decisions.iter().map(|decision| examples.choice(*decision)).collect();
        let chosen = choices.iter().flatten().count() as f64;
        let mut slopes = vec![0.0; qualities.len()];
        let mut sum = 0.0;
        for (row, action) in choices.iter().enumerate() {
            let Some(action) = action else { continue };
            let cell = row * examples.k() + action;
            let off = f64::from(qualities[cell]) - returns[row];
            sum += off * off;
            slopes[cell] = (2.0 * off / chosen) as f32;
        }
        self.quality.learn(&slopes);
        sum
    }

    /// Moves Q' towards Q.
    pub(super) fn follow(&mut self, rate: f32) {
        self.target.approach(self.quality.network(), rate);
    }

    /// Reward + discount × V(next s).
    fn returns(&mut self, examples: &Examples, discount: f64, batch: &Batch) -> Vec<f64> {
        let values = self.value.forward(&batch.next);
        let worth = |(decision, value): (&usize, &f32)| {
            let decision = examples.decisions()[*decision];
            let later = decision.next.map_or(0.0, |_| discount * f64::from(*value));
            f64::from(decision.reward) + later
        };
        batch.decisions.iter().zip(values).map(worth).collect()
    }
}
