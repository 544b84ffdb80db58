//! How large the steps of a history are, as a logarithm in the mean.
//!
//! The first version took it for a Lyapunov exponent. It is none: it depends on the unit and the
//! number of cells, and is negative for chaos of small steps.

use crate::error::Error;
use crate::features::change::Change;
use crate::field::{History, Summary};

/// What a step's size is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// The length of the vector of all changes. Steps without a change are left out of the mean.
    #[default]
    Norm,
    /// The root of the mean square of the changes. Steps without a change count as of size one.
    RootMeanSquare,
}

/// How a history moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stability {
    pub mean_log_increment: f64,
    /// Whether it is below zero.
    pub is_stable: bool,
    /// Of a cell, in volts per unit of time.
    pub mean_change: f64,
    pub max_change: f64,
    /// Of the last frame's cells, in volts.
    pub deviation: f64,
}

impl Form {
    /// In volts. A step below it is none.
    fn least(self) -> f64 {
        match self {
            Form::Norm => 1e-10,
            Form::RootMeanSquare => 1e-12,
        }
    }
}

/// Per unit of time, of which a step takes `time_step`; 0 where nothing ever changes.
pub fn mean_log_increment(history: &History, form: Form, time_step: f64) -> Result<f64, Error> {
    Ok(stability(history, form, time_step)?.mean_log_increment)
}

/// In one pass over the history.
pub fn stability(history: &History, form: Form, time_step: f64) -> Result<Stability, Error> {
    if !(time_step.is_finite() && time_step > 0.0) {
        return Err(Error::out_of_range("time_step", time_step, "a finite number above 0"));
    }
    let mut total = Total::default();
    for (step, (before, after)) in history.frames().zip(history.frames().skip(1)).enumerate() {
        let change = Change::between(before, after);
        if !change.squares.is_finite() {
            let count = after.iter().zip(before).filter(|(a, b)| !(*a - *b).is_finite()).count();
            return Err(Error::NotFinite { field: "potential", step: step + 2, count });
        }
        total.add(&change, after.len(), form);
    }
    let mean_log_increment = total.mean_log(form) / time_step;
    let changes = total.steps * history.size() * history.size();
    Ok(Stability {
        mean_log_increment,
        is_stable: mean_log_increment < 0.0,
        mean_change: total.changes / changes.max(1) as f64 / time_step,
        max_change: total.largest / time_step,
        deviation: history
            .frames()
            .next_back()
            .map_or(0.0, |frame| Summary::of(frame).deviation / 1000.0),
    })
}

#[derive(Default)]
struct Total {
    steps: usize,
    /// Steps that are large enough for a logarithm, and the sum of theirs.
    counted: usize,
    logarithms: f64,
    changes: f64,
    largest: f64,
}

impl Total {
    fn add(&mut self, change: &Change, cells: usize, form: Form) {
        self.steps += 1;
        self.changes += change.sum;
        self.largest = self.largest.max(change.largest);
        let size = match form {
            Form::Norm => change.squares.sqrt(),
            Form::RootMeanSquare => (change.squares / cells as f64).sqrt(),
        };
        if size > form.least() {
            self.counted += 1;
            self.logarithms += size.ln();
        }
    }

    fn mean_log(&self, form: Form) -> f64 {
        let steps = match form {
            Form::Norm => self.counted,
            Form::RootMeanSquare => self.steps,
        };
        self.logarithms / steps.max(1) as f64
    }
}
