//! Behaviour cloning: a network learns to choose what the recorded policy chose.
//!
//! It minimises the cross-entropy of the softmax over the feasible candidates. Blocked requests
//! have no choice to copy and are left out; rewards are not looked at.

use super::backpropagation::Learner;
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
    /// The widths between the layers.
    pub hidden: Vec<usize>,
    pub epochs: usize,
    /// Decisions a step.
    pub batch: usize,
    pub learning_rate: f32,
    /// So many epochs without a better one end the training.
    pub patience: usize,
    pub holdout: Holdout,
    pub seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// From 1.
    pub number: usize,
    /// On the decisions trained on, each before the step it took part in.
    pub training: Score,
    /// On what is held out, after the epoch.
    pub validation: Option<Score>,
}

impl Settings {
    /// The network and the rates that are usual.
    #[must_use]
    pub fn usual(seed: u64) -> Settings {
        Settings {
            hidden: vec![128, 64],
            epochs: 30,
            batch: 256,
            learning_rate: 0.001,
            patience: 5,
            holdout: Holdout::Decisions(0.1),
            seed,
        }
    }
}

impl Epoch {
    /// What the best epoch has the least of.
    fn loss(&self) -> f64 {
        self.validation.unwrap_or(self.training).loss
    }
}

/// The model of the epoch with the least loss on what is held out; if nothing is, on the training.
pub fn train(
    examples: &Examples,
    settings: &Settings,
    observer: &mut Observer<Epoch>,
) -> Result<Trained<Epoch>, TrainError> {
    let Settings { hidden, epochs, batch, learning_rate, patience, holdout, seed } = settings;
    let k = examples.k();
    check(k, *epochs, *batch, *learning_rate, holdout.share())?;
    let (choices, blocked, masked) = examples.choices();
    if choices.is_empty() {
        return Err(TrainError::NothingToLearn { blocked, masked });
    }
    let (mut training, held_out) = holdout.split(examples, &choices, *seed);
    if training.is_empty() {
        return Err(TrainError::AllHeldOut);
    }
    let mut random = Random::new(*seed);
    let scaling = Scaling::of(examples, &training);
    let learner = Learner::new(random.network(&widths(k, hidden, k)?), *learning_rate);
    let mut cloning = Cloning { examples, scaling, learner, inputs: Vec::new() };
    let mut best: Option<(Epoch, Network)> = None;
    let mut done: Vec<Epoch> = Vec::new();
    let mut ended = Ended::Finished;
    for number in 1..=*epochs {
        random.shuffle(&mut training);
        let Some(score) = cloning.epoch(&training, *batch, observer) else {
            ended = Ended::Stopped;
            break;
        };
        let epoch = Epoch { number, training: score, validation: cloning.score(&held_out, *batch) };
        if !(epoch.loss().is_finite() && cloning.learner.network().is_finite()) {
            return Err(TrainError::Diverged(number));
        }
        done.push(epoch);
        (observer.progress)(&epoch);
        if best.as_ref().is_none_or(|(best, _)| epoch.loss() < best.loss()) {
            best = Some((epoch, cloning.scaling.fold(cloning.learner.network())));
        } else if best.as_ref().is_some_and(|(best, _)| number - best.number >= *patience) {
            ended = Ended::Early;
            break;
        }
    }
    let (best, network) = best.ok_or(TrainError::Stopped)?;
    if !network.is_finite() {
        return Err(TrainError::Diverged(best.number));
    }
    let model = Model::new(Kind::BehaviourCloning, network);
    Ok(Trained { model, epochs: done, best: best.number, ended })
}

struct Cloning<'a> {
    examples: &'a Examples,
    scaling: Scaling,
    learner: Learner,
    inputs: Vec<f32>,
}

impl Cloning<'_> {
    /// Takes a step for each batch, unless it is stopped.
    fn epoch(
        &mut self,
        decisions: &[usize],
        batch: usize,
        observer: &Observer<Epoch>,
    ) -> Option<Score> {
        let mut tally = Tally::new(self.examples.k());
        let mut slopes = Vec::new();
        for batch in decisions.chunks(batch) {
            if observer.is_stopped() {
                return None;
            }
            slopes.clear();
            self.pass(batch, &mut tally, &mut slopes);
            self.learner.learn(&slopes);
        }
        tally.score()
    }

    /// `None` if there is nothing to score.
    fn score(&mut self, decisions: &[usize], batch: usize) -> Option<Score> {
        let mut tally = Tally::new(self.examples.k());
        for batch in decisions.chunks(batch) {
            self.pass(batch, &mut tally, &mut Vec::new());
        }
        tally.score()
    }

    fn pass(&mut self, batch: &[usize], tally: &mut Tally, slopes: &mut Vec<f32>) {
        let Cloning { examples, scaling, learner, inputs } = self;
        inputs.clear();
        for decision in batch {
            scaling.push(examples.state(examples.decisions()[*decision].state), inputs);
        }
        let logits = learner.forward(inputs);
        let weight = 1.0 / batch.len() as f64;
        for (logits, decision) in logits.chunks_exact(examples.k()).zip(batch) {
            slopes.extend_from_slice(tally.add(examples, *decision, logits, weight));
        }
    }
}

#[cfg(test)]
mod tests;
