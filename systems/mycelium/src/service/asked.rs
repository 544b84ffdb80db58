//! A simulation as requests ask for it: smaller than the largest, so that no request takes for
//! ever.

use std::ops::RangeInclusive;

use serde::Deserialize;

use super::State;
use super::failure::Failure;
use super::fields::{Fields, Numbers};
use super::pool::Stop;
use crate::features;
use crate::settings::Settings;
use crate::simulation::Simulation;

pub const GRID_SIZES: RangeInclusive<usize> = 8..=256;
pub const STEPS: RangeInclusive<usize> = 1..=1000;

/// Whose numbers an answer has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Compat {
    #[default]
    #[serde(skip)]
    Ours,
    /// Those of the program in Python of which this one takes the place.
    #[serde(rename = "v4.1")]
    V41,
}

impl Compat {
    /// How features are computed.
    pub fn features(self) -> features::Options {
        match self {
            Compat::Ours => features::Options::default(),
            Compat::V41 => features::Options::v4_1(),
        }
    }
}

/// The settings in a body, or what it leaves them at.
pub fn settings(fields: &mut Fields) -> Settings {
    let usual = Settings { steps: 64, ..Settings::default() };
    Settings {
        seed: fields.integer("seed", 0..=u64::MAX, usual.seed),
        grid_size: fields.integer("grid_size", GRID_SIZES, usual.grid_size),
        steps: fields.integer("steps", STEPS, usual.steps),
        alpha: fields.number("alpha", Numbers::Between(0.001, 0.25), usual.alpha),
        spike_probability: fields.number(
            "spike_probability",
            Numbers::Between(0.0, 1.0),
            usual.spike_probability,
        ),
        turing_enabled: fields.flag("turing_enabled", usual.turing_enabled),
        turing_threshold: fields.number(
            "turing_threshold",
            Numbers::Between(0.0, 1.0),
            usual.turing_threshold,
        ),
        quantum_jitter: fields.flag("quantum_jitter", usual.quantum_jitter),
        jitter_var: fields.number("jitter_var", Numbers::Between(0.0, 0.01), usual.jitter_var),
        boundary: fields.word(
            "boundary",
            r#""periodic", "neumann" or "dirichlet""#,
            usual.boundary,
        ),
        streams: fields.word("streams", r#""fast" or "numpy""#, usual.streams),
        ..usual
    }
}

pub fn compat(fields: &mut Fields) -> Compat {
    fields.word("compat", r#""v4.1", or left out"#, Compat::Ours)
}

/// A simulation at its end, unless nobody waits for it any longer.
pub fn simulated(settings: &Settings, stop: &Stop, state: &State) -> Result<Simulation, Failure> {
    let mut simulation = Simulation::new(settings)?;
    if !simulation.advance_unless(settings.steps, |_| stop.is_set())? {
        return Err(Failure::TimedOut);
    }
    state.metrics().simulated(1, settings.steps as u64);
    Ok(simulation)
}

/// The same, which shows the cells after each step.
pub fn watched(
    settings: &Settings,
    stop: &Stop,
    state: &State,
    mut seen: impl FnMut(&[f64]),
) -> Result<Simulation, Failure> {
    let mut simulation = Simulation::new(settings)?;
    while simulation.steps_done() < settings.steps {
        if stop.is_set() {
            return Err(Failure::TimedOut);
        }
        simulation.step()?;
        seen(simulation.cells());
    }
    state.metrics().simulated(1, settings.steps as u64);
    Ok(simulation)
}
