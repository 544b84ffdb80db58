//! Implicit Q-learning (Kostrikov, Nair and Levine, 2021): from recorded decisions and what came of
//! them, an actor that prefers what turned out better than usual, and never asks what an action
//! that was not recorded would have brought.
//!
//! A step moves, in this order and as the authors' code does:
//! - V(s) towards the expectile of Q'(s, a), where Q' follows Q slowly;
//! - the actor by the cross-entropy of a, weighted by exp(temperature × (Q'(s, a) - V(s)));
//! - Q(s, a) towards reward + discount × V(next s), or the reward alone where the simulation ends.
//!
//! There is one Q with an output for each candidate, where the authors take the lesser of two.
//!
//! A blocked request has no action to prefer, but says what its state is worth: V alone learns from
//! it, towards reward + discount × V(next s) without asymmetry, since there is no choice to take
//! the best of. So Q sees when a choice leads to where requests are blocked. A choice that was
//! masked out counts the same.

mod critics;

use self::critics::Critics;
use super::backpropagation::Learner;
use super::elementary::exp;
use super::evaluation::{Score, Tally};
use super::examples::Examples;
use super::holdout::Holdout;
use super::random::Random;
use super::scaling::Scaling;
use super::{Ended, Observer, TrainError, Trained, check, widths};
use crate::policy::learned::{Kind, Model};
use crate::policy::network::Network;

#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The widths between the layers of the actor.
    pub hidden: Vec<usize>,
    /// Those of Q and V.
    pub critic_hidden: Vec<usize>,
    pub epochs: usize,
    /// Decisions a step.
    pub batch: usize,
    pub learning_rate: f32,
    /// Of the values of the recorded actions, which V learns; towards 1 it is the best of them.
    pub expectile: f64,
    /// How strongly an advantage weighs.
    pub temperature: f64,
    /// The greatest weight.
    pub weight_limit: f64,
    /// What a reward one request later is worth.
    pub discount: f64,
    /// The share of Q that Q' takes over each step.
    pub target_rate: f32,
    pub holdout: Holdout,
    pub seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// From 1.
    pub number: usize,
    /// Means of the losses over the decisions each was taken for.
    pub value_loss: f64,
    pub critic_loss: f64,
    /// The actor, unweighted, against what was recorded: what it should not agree with everywhere.
    pub training: Score,
    pub validation: Option<Score>,
}

impl Settings {
    /// The actor and the rates that are usual.
    #[must_use]
    pub fn usual(seed: u64) -> Settings {
        Settings {
            hidden: vec![64],
            critic_hidden: vec![128, 64],
            epochs: 10,
            batch: 256,
            learning_rate: 0.0003,
            expectile: 0.7,
            temperature: 3.0,
            weight_limit: 100.0,
            discount: 0.99,
            target_rate: 0.005,
            holdout: Holdout::Decisions(0.1),
            seed,
        }
    }

    fn check(&self, k: usize) -> Result<(), TrainError> {
        check(k, self.epochs, self.batch, self.learning_rate, self.holdout.share())?;
        let fault = |name, value, expected| Err(TrainError::Setting(name, value, expected));
        if !(self.expectile > 0.0 && self.expectile < 1.0) {
            return fault("expectile", self.expectile, "between 0 and 1");
        }
        if !(self.temperature.is_finite() && self.temperature >= 0.0) {
            return fault("temperature", self.temperature, "0 or more");
        }
        if !(self.weight_limit.is_finite() && self.weight_limit > 0.0) {
            return fault("weight limit", self.weight_limit, "positive");
        }
        if !(0.0..1.0).contains(&self.discount) {
            return fault("discount", self.discount, "from 0 to below 1");
        }
        if !(self.target_rate > 0.0 && self.target_rate <= 1.0) {
            return fault("target rate", f64::from(self.target_rate), "from above 0 to 1");
        }
        Ok(())
    }
}

/// The actor after the last epoch that ended.
pub fn train(
    examples: &Examples,
    settings: &Settings,
    observer: &mut Observer<Epoch>,
) -> Result<Trained<Epoch>, TrainError> {
    settings.check(examples.k())?;
    let (choices, blocked, masked) = examples.choices();
    if choices.is_empty() {
        return Err(TrainError::NothingToLearn { blocked, masked });
    }
    let all: Vec<usize> = (0..examples.decisions().len()).collect();
    let (mut training, held_out) = settings.holdout.split(examples, &all, settings.seed);
    if !training.iter().any(|decision| examples.choice(*decision).is_some()) {
        return Err(TrainError::AllHeldOut);
    }
    let mut learning = Learning::new(examples, settings, &training)?;
    let mut random = Random::new(settings.seed);
    let mut done: Vec<Epoch> = Vec::new();
    let mut actor: Option<Network> = None;
    let mut ended = Ended::Finished;
    for number in 1..=settings.epochs {
        random.shuffle(&mut training);
        let Some(epoch) = learning.epoch(number, &training, &held_out, observer) else {
            ended = Ended::Stopped;
            break;
        };
        let network = learning.scaling.fold(learning.actor.network());
        let losses = epoch.value_loss + epoch.critic_loss + epoch.training.loss;
        if !(losses.is_finite() && network.is_finite()) {
            return Err(TrainError::Diverged(number));
        }
        done.push(epoch);
        (observer.progress)(&epoch);
        actor = Some(network);
    }
    let model = Model::new(Kind::ImplicitQ, actor.ok_or(TrainError::Stopped)?);
    Ok(Trained { model, best: done.len(), epochs: done, ended })
}

struct Learning<'a> {
    examples: &'a Examples,
    settings: &'a Settings,
    scaling: Scaling,
    actor: Learner,
    critics: Critics,
    batch: Batch,
}

/// What the networks read of a batch.
#[derive(Default)]
struct Batch {
    decisions: Vec<usize>,
    /// The states, scaled.
    states: Vec<f32>,
    /// The states after them; where there is none, the state itself, which nobody asks for.
    next: Vec<f32>,
}

impl<'a> Learning<'a> {
    fn new(
        examples: &'a Examples,
        settings: &'a Settings,
        training: &[usize],
    ) -> Result<Learning<'a>, TrainError> {
        let k = examples.k();
        // Apart from the draws that shuffle, so that one more layer leaves the order as it is.
        let mut random = Random::new(settings.seed ^ 0x5eed);
        let actor = random.network(&widths(k, &settings.hidden, k)?);
        Ok(Learning {
            examples,
            settings,
            scaling: Scaling::of(examples, training),
            actor: Learner::new(actor, settings.learning_rate),
            critics: Critics::new(examples, settings, training, &mut random)?,
            batch: Batch::default(),
        })
    }

    /// Takes a step for each batch, unless it is stopped.
    fn epoch(
        &mut self,
        number: usize,
        training: &[usize],
        held_out: &[usize],
        observer: &Observer<Epoch>,
    ) -> Option<Epoch> {
        let mut tally = Tally::new(self.examples.k());
        let (mut value_loss, mut critic_loss) = (0.0, 0.0);
        for batch in training.chunks(self.settings.batch) {
            if observer.is_stopped() {
                return None;
            }
            self.batch.fill(self.examples, &self.scaling, batch);
            value_loss += self.critics.learn_value(self.examples, self.settings, &self.batch);
            self.learn_actor(&mut tally);
            critic_loss += self.critics.learn_quality(self.examples, self.settings, &self.batch);
            self.critics.follow(self.settings.target_rate);
        }
        let training_score = tally.score()?;
        Some(Epoch {
            number,
            value_loss: value_loss / training.len() as f64,
            critic_loss: critic_loss / training_score.decisions as f64,
            training: training_score,
            validation: self.score(held_out),
        })
    }

    fn learn_actor(&mut self, tally: &mut Tally) {
        let Learning { examples, settings, actor, critics, batch, .. } = self;
        let advantages = critics.advantages(examples, batch);
        let k = examples.k();
        let logits = actor.forward(&batch.states);
        let mut slopes = vec![0.0; logits.len()];
        let chosen = advantages.iter().flatten().count() as f64;
        for (row, advantage) in advantages.iter().enumerate() {
            let Some(advantage) = advantage else { continue };
            let weight = exp(settings.temperature * advantage).min(settings.weight_limit) / chosen;
            let logits = &logits[row * k..][..k];
            let of_row = tally.add(examples, batch.decisions[row], logits, weight);
            slopes[row * k..][..k].copy_from_slice(of_row);
        }
        actor.learn(&slopes);
    }

    /// `None` if there is nothing to score.
    fn score(&mut self, decisions: &[usize]) -> Option<Score> {
        let Learning { examples, settings, scaling, actor, batch, .. } = self;
        let mut tally = Tally::new(examples.k());
        let has_choice = |decision: &&usize| examples.choice(**decision).is_some();
        let decisions: Vec<usize> = decisions.iter().filter(has_choice).copied().collect();
        for chunk in decisions.chunks(settings.batch) {
            batch.fill(examples, scaling, chunk);
            let logits = actor.forward(&batch.states);
            for (logits, decision) in logits.chunks_exact(examples.k()).zip(chunk) {
                tally.add(examples, *decision, logits, 0.0);
            }
        }
        tally.score()
    }
}

impl Batch {
    fn fill(&mut self, examples: &Examples, scaling: &Scaling, decisions: &[usize]) {
        self.decisions.clear();
        self.decisions.extend_from_slice(decisions);
        self.states.clear();
        self.next.clear();
        for decision in decisions {
            let decision = examples.decisions()[*decision];
            scaling.push(examples.state(decision.state), &mut self.states);
            scaling.push(examples.state(decision.next.unwrap_or(decision.state)), &mut self.next);
        }
    }
}

#[cfg(test)]
mod tests;
