//! Training of the networks behind learned policies, from recorded decisions.
//!
//! The same examples, settings and seed give the same bytes on every machine: sums have one order,
//! every draw comes from the seed, and [`elementary`] stands in for the platform's exp and ln.

pub mod adam;
pub mod backpropagation;
pub mod behaviour_cloning;
pub mod elementary;
pub mod evaluation;
pub mod examples;
pub mod holdout;
pub mod implicit_q;
pub mod loss;
mod random;
pub mod scaling;

use std::sync::atomic::{AtomicBool, Ordering};

use thiserror::Error;

use crate::policy::input::width;
use crate::policy::learned::Model;

/// What came of a training.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained<Epoch> {
    pub model: Model,
    /// All that ended, in order.
    pub epochs: Vec<Epoch>,
    /// The epoch, from 1, whose weights the model has.
    pub best: usize,
    pub ended: Ended,
}

/// What the caller of a training hears, and how it says stop.
pub struct Observer<'a, Epoch> {
    /// Asked before each batch. An epoch that is broken off counts for nothing.
    pub stop: &'a AtomicBool,
    /// Called after each epoch.
    pub progress: &'a mut dyn FnMut(&Epoch),
}

impl<Epoch> Observer<'_, Epoch> {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// After the last epoch.
    Finished,
    /// No better epoch came for as long as the patience.
    Early,
    /// The observer said so.
    Stopped,
}

#[derive(Clone, Debug, Error, PartialEq)]
pub enum TrainError {
    #[error("setting `{0}` is {1}, not {2}")]
    Setting(&'static str, f64, &'static str),
    #[error("no decision to train on: {blocked} blocked requests, {masked} choices not feasible")]
    NothingToLearn { blocked: usize, masked: usize },
    #[error("every decision is held out")]
    AllHeldOut,
    #[error("stopped before the first epoch ended")]
    Stopped,
    #[error("training diverged in epoch {0}; try a smaller learning rate")]
    Diverged(usize),
}

/// Checks what both ways of training are set to.
fn check(k: usize, epochs: usize, batch: usize, rate: f32, share: f64) -> Result<(), TrainError> {
    let fault = |name, value, expected| Err(TrainError::Setting(name, value, expected));
    for (name, value) in [("k", k), ("epochs", epochs), ("batch", batch)] {
        if value == 0 {
            return fault(name, 0.0, "positive");
        }
    }
    if !(rate.is_finite() && rate > 0.0) {
        return fault("learning rate", f64::from(rate), "positive");
    }
    if !(0.0..1.0).contains(&share) {
        return fault("holdout", share, "a share from 0 to below 1");
    }
    Ok(())
}

/// The widths of a network for K candidates, with those given between its layers.
fn widths(k: usize, hidden: &[usize], outputs: usize) -> Result<Vec<usize>, TrainError> {
    if hidden.contains(&0) {
        return Err(TrainError::Setting("hidden", 0.0, "positive"));
    }
    Ok([&[width(k)], hidden, &[outputs]].concat())
}
