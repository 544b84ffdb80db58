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

/// Shows the cells after each step to `see`.
pub fn run(
    settings: &Settings,
    keeps_history: bool,
    mut see: impl FnMut(&[f64]),
) -> Result<Ran, Error> {
    let mut simulation = Simulation::new(settings)?;
    let size = settings.grid_size;
    let mut history = keeps_history.then(|| History::with_room(size, settings.steps));
    let progress = Progress::new(settings.steps as u64, "steps");
    for step in 0..settings.steps {
        if stop::is_asked() {
            break;
        }
        simulation.step()?;
        see(simulation.cells());
        if let Some(history) = &mut history {
            history.push(simulation.cells());
        }
        progress.reached(step as u64 + 1);
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

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
