//! How well a model says what the recorded policy did.

use super::examples::{Dropped, Examples};
use super::loss::cross_entropy;
use crate::policy::learned::{Model, greatest};
use crate::policy::network::Evaluator;

/// Over the decisions with a choice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    pub decisions: usize,
    /// Mean of the cross-entropy.
    pub loss: f64,
    /// The share of decisions in which the model's choice is the recorded one.
    pub agreement: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation {
    /// `None` if there was no decision to score.
    pub score: Option<Score>,
    /// Not scored because the request was blocked.
    pub blocked: usize,
    /// Not scored because what was chosen was masked out.
    pub masked: usize,
    /// Never became examples.
    pub dropped: Dropped,
}

/// Asks the model for each decision; both must be for as many candidates.
#[must_use]
pub fn evaluate(model: &Model, examples: &Examples) -> Evaluation {
    assert_eq!(model.k(), examples.k(), "a model and examples for as many candidates");
    let mut evaluator = Evaluator::new(model.network().clone());
    let (choices, blocked, masked) = examples.choices();
    let mut tally = Tally::new(model.k());
    for decision in choices {
        let state = examples.decisions()[decision].state;
        tally.add(examples, decision, evaluator.forward(examples.state(state)), 0.0);
    }
    Evaluation { score: tally.score(), blocked, masked, dropped: examples.dropped() }
}

/// Sums up a score, row by row.
pub(super) struct Tally {
    decisions: usize,
    loss: f64,
    agreeing: usize,
    slopes: Vec<f32>,
}

impl Tally {
    pub(super) fn new(k: usize) -> Tally {
        Tally { decisions: 0, loss: 0.0, agreeing: 0, slopes: vec![0.0; k] }
    }

    /// Takes in the logits for a decision with a choice; gives the slopes of `weight` times the
    /// cross-entropy.
    pub(super) fn add(
        &mut self,
        examples: &Examples,
        decision: usize,
        logits: &[f32],
        weight: f64,
    ) -> &[f32] {
        let action = examples.choice(decision).expect("only decisions with a choice are scored");
        let mask = examples.mask(decision);
        self.decisions += 1;
        self.loss += cross_entropy(logits, mask, action, weight, &mut self.slopes);
        self.agreeing += usize::from(greatest(logits, mask).map(usize::from) == Some(action));
        &self.slopes
    }

    pub(super) fn score(&self) -> Option<Score> {
        let decisions = self.decisions;
        (decisions > 0).then(|| Score {
            decisions,
            loss: self.loss / decisions as f64,
            agreement: self.agreeing as f64 / decisions as f64,
        })
    }
}
