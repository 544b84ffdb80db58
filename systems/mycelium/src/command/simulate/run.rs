//! Runs a simulation step by step, to its end or until somebody asks to stop.

use std::time::Duration;

use crate::command::progress::Progress;
use crate::command::stop;
use crate::error::Error;
use crate::field::{Field, History};
use crate::settings::Settings;
use crate::simulation::{Counts, Simulation};

/// What a run came to, whether it was stopped or not.
pub struct Ran {
    pub field: Field,
    pub history: Option<History>,
    pub counts: Counts,
    pub activator_mean: f64,
    pub inhibitor_mean: f64,
    pub steps_done: usize,
    pub is_complete: bool,
    pub took: Duration,
}

/// Shows the cells after every so many steps to `see`.
pub fn run(
    settings: &Settings,
    keeps_history: bool,
    every: usize,
    mut see: impl FnMut(&[f64]),
) -> Result<Ran, Error> {
    let mut simulation = Simulation::new(settings)?;
    let size = settings.grid_size;
    let mut history = keeps_history.then(|| History::with_room(size, settings.steps));
    let progress = Progress::new(settings.steps as u64, "steps");
    let is_stopped = |done: usize| {
        progress.reached(done as u64);
        stop::is_asked()
    };
    let looks = Looks { steps: settings.steps, every, keeps_history };
    while let Some(steps) = looks.until_next(simulation.steps_done()) {
        if !simulation.advance_unless(steps, is_stopped)? {
            break;
        }
        if looks.is_seen(simulation.steps_done()) {
            see(simulation.cells());
        }
        if let Some(history) = &mut history {
            history.push(simulation.cells());
        }
    }
    Ok(Ran {
        took: progress.finish(),
        field: Field::new(size, simulation.cells().to_vec())?,
        history,
        counts: simulation.counts(),
        activator_mean: mean(simulation.activator()),
        inhibitor_mean: mean(simulation.inhibitor()),
        steps_done: simulation.steps_done(),
        is_complete: simulation.steps_done() == settings.steps,
    })
}

/// After which steps somebody looks: in between several are done at once.
#[derive(Clone, Copy, Debug)]
pub struct Looks {
    pub steps: usize,
    /// Steps from one that is seen to the next.
    pub every: usize,
    pub keeps_history: bool,
}

impl Looks {
    /// Steps until somebody looks or the end is reached; none at the end.
    pub fn until_next(&self, done: usize) -> Option<usize> {
        let every = if self.keeps_history { 1 } else { self.every };
        let left = self.steps - done;
        (left > 0).then(|| left.min(every - done % every))
    }

    pub fn is_seen(&self, done: usize) -> bool {
        done.is_multiple_of(self.every)
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
