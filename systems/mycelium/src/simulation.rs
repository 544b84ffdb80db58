//! The field step by step: spikes, diffusion, activator and inhibitor, jitter, clamp.

pub(crate) mod cross;
pub(crate) mod finite;
mod many;
mod mean;
pub(crate) mod sheets;
mod span;
mod step;
mod stride;
mod strip;

#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::error::Error;
use crate::field::{Field, History};
use crate::random::Random;
use crate::settings::{Boundary, Settings};
pub use many::run_many;
pub use mean::mean;
use sheets::{Raise, Sheets};
use span::Span;
use step::Kinetics;
pub(crate) use strip::LEVELS;

/// Volts. What a cell starts with is normal around the first, with the second as its deviation.
const REST: (f64, f64) = (-0.070, 0.005);
/// What a spike adds to one cell.
const SPIKE: (f64, f64) = (0.020, 0.005);
/// What an activation adds to its cell.
const ACTIVATION: f64 = 0.005;
/// No potential is below the first or above the second.
const CLAMP: (f64, f64) = (-0.095, 0.040);
/// Activator and inhibitor start evenly below this.
const SUBSTANCE: f64 = 0.1;

/// Cells a side up to which all fields are swept over at once: that spares half of what is done for
/// a row beside its cells. Longer rows of all fields have no room near the processor.
const TOGETHER: usize = 96;

/// A run that can be looked at after each of its steps, which allocate nothing.
#[derive(Clone, Debug)]
pub struct Simulation {
    size: usize,
    steps: usize,
    alpha: f64,
    spike_probability: f64,
    kinetics: Option<Kinetics>,
    threshold: f64,
    jitter: Option<f64>,
    random: Random,
    /// Drawn for the next step already.
    waiting: Option<Raise>,
    /// Those of the steps that are done at once.
    spikes: Vec<Raise>,
    boundary: Boundary,
    /// Potential, activator and inhibitor.
    sheets: Sheets<3>,
    /// Of the cells.
    span: Span,
    /// Neither activator nor inhibitor is above it.
    most: f64,
    counts: Counts,
    steps_done: usize,
}

/// What happened in the steps so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Steps that began with a spike.
    pub growth_events: u64,
    /// Cells that were raised because of their activator.
    pub turing_activations: u64,
    /// Cells that had left the allowed potentials.
    pub clamping_events: u64,
}

/// A run's end.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub field: Field,
    /// The cells after every step, if asked for.
    pub history: Option<History>,
    pub counts: Counts,
    pub activator_mean: f64,
    pub inhibitor_mean: f64,
}

/// All steps.
pub fn run(settings: &Settings) -> Result<Outcome, Error> {
    let mut simulation = Simulation::new(settings)?;
    simulation.advance(settings.steps)?;
    simulation.outcome(None)
}

/// All steps, each of them kept.
pub fn run_with_history(settings: &Settings) -> Result<Outcome, Error> {
    let mut simulation = Simulation::new(settings)?;
    let mut history = History::with_room(settings.grid_size, settings.steps);
    for _ in 0..settings.steps {
        simulation.step()?;
        history.push(simulation.cells());
    }
    simulation.outcome(Some(history))
}

impl Simulation {
    /// The state before the first step. Activator and inhibitor are drawn in any case, so that
    /// without them the same spikes come at the same places.
    pub fn new(settings: &Settings) -> Result<Simulation, Error> {
        settings.validate()?;
        let size = settings.grid_size;
        let mut random = Random::new(settings.streams, settings.seed);
        let count = size * size;
        let mut cells = Vec::with_capacity(3 * count);
        cells.extend((0..count).map(|_| REST.0 + REST.1 * random.normal()));
        let span = Span::around(&cells, settings.boundary);
        cells.extend((0..2 * count).map(|_| random.uniform(0.0, SUBSTANCE)));
        let kinetics = Kinetics {
            activator_diffusion: settings.activator_diffusion,
            inhibitor_diffusion: settings.inhibitor_diffusion,
            activator_rate: settings.activator_rate,
            inhibitor_rate: settings.inhibitor_rate,
        };
        Ok(Simulation {
            size,
            steps: settings.steps,
            alpha: settings.alpha,
            spike_probability: settings.spike_probability,
            kinetics: settings.turing_enabled.then_some(kinetics),
            threshold: settings.turing_threshold,
            jitter: settings.quantum_jitter.then(|| settings.jitter_var.sqrt()),
            random,
            waiting: None,
            spikes: Vec::with_capacity(LEVELS),
            boundary: settings.boundary,
            span,
            most: SUBSTANCE,
            sheets: Sheets::new(size, settings.boundary, cells),
            counts: Counts::default(),
            steps_done: 0,
        })
    }

    /// # Errors
    ///
    /// If cells are no longer finite, which no allowed settings lead to. It is told every 16 steps,
    /// and after the last one.
    pub fn step(&mut self) -> Result<(), Error> {
        self.stride(1)
    }

    /// So many steps, of whose activations only those of the last are looked for.
    fn spread(&mut self, steps: usize) {
        let (alpha, spikes) = (self.alpha, &mut self.spikes);
        let diffuse = |[cell]: [_; 1]| [step::diffused(cell, alpha)];
        match self.kinetics {
            None => self.sheets.rewrite(0, steps, spikes, diffuse),
            Some(kinetics) if self.size <= TOGETHER => {
                let all = |[cell, a, i]: [_; 3]| {
                    let [a, i] = kinetics.react(a, i);
                    [step::diffused(cell, alpha), a, i]
                };
                self.sheets.rewrite(0, steps, spikes, all);
            }
            Some(kinetics) => {
                self.sheets.rewrite(0, steps, spikes, diffuse);
                self.sheets.rewrite(1, steps, &mut [], |[a, i]: [_; 2]| kinetics.react(a, i));
            }
        }
        self.spikes.iter().for_each(|spike| self.span.include(spike.raised));
        self.span = self.span.diffused(steps);
        self.counts.growth_events += self.spikes.len() as u64;
        if let Some(kinetics) = self.kinetics {
            for _ in 1..steps {
                self.most = span::grown(self.most, kinetics.rate());
            }
            if self.may_cross(kinetics) {
                self.activate();
            }
        }
    }

    /// Whether anything may have come above the threshold. Cells are looked at only if it cannot
    /// be told without.
    fn may_cross(&mut self, kinetics: Kinetics) -> bool {
        self.most = span::grown(self.most, kinetics.rate());
        if self.most > self.threshold {
            self.most = span::most(self.activator(), self.inhibitor());
        }
        self.most > self.threshold
    }

    /// Raises the potential above the threshold, and keeps both substances at one at most.
    fn activate(&mut self) {
        let (threshold, mut activations) = (self.threshold, 0);
        let [cells, activators, inhibitors] = self.sheets.fields_mut();
        // Without branches, since activators around the threshold come in no order.
        for (activator, cell) in activators.iter_mut().zip(cells) {
            let is_active = *activator > threshold;
            *cell = if is_active { *cell + ACTIVATION } else { *cell };
            activations += u64::from(is_active);
            *activator = lowered(*activator);
        }
        self.counts.turing_activations += activations;
        for inhibitor in inhibitors {
            *inhibitor = lowered(*inhibitor);
        }
        self.most = lowered(self.most);
        self.span.most += ACTIVATION;
    }

    fn clamp(&mut self) {
        let (least, most) = CLAMP;
        if self.jitter.is_none() && self.span.is_within(least, most) {
            return;
        }
        let mut clamped = 0;
        let [cells, ..] = self.sheets.fields_mut();
        for cell in cells {
            let within = if *cell < least { least } else { *cell };
            let within = if within > most { most } else { within };
            clamped += u64::from(*cell < least || *cell > most);
            *cell = within;
        }
        self.counts.clamping_events += clamped;
        self.span = Span::around(self.cells(), self.boundary);
    }

    fn look(&self) -> Result<(), Error> {
        let [cells, activator, inhibitor] = self.sheets.fields();
        finite::check("potential", cells, self.steps_done)?;
        finite::check("activator", activator, self.steps_done)?;
        finite::check("inhibitor", inhibitor, self.steps_done)
    }

    fn outcome(self, history: Option<History>) -> Result<Outcome, Error> {
        Ok(Outcome {
            counts: self.counts,
            activator_mean: mean(self.activator()),
            inhibitor_mean: mean(self.inhibitor()),
            field: Field::new(self.size, self.sheets.into_first())?,
            history,
        })
    }

    /// In volts, row by row.
    #[must_use]
    pub fn cells(&self) -> &[f64] {
        self.sheets.fields()[0]
    }

    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    #[must_use]
    pub fn steps_done(&self) -> usize {
        self.steps_done
    }

    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    #[must_use]
    pub fn activator(&self) -> &[f64] {
        self.sheets.fields()[1]
    }

    #[must_use]
    pub fn inhibitor(&self) -> &[f64] {
        self.sheets.fields()[2]
    }
}

/// At most one; what is not a number stays as it is.
fn lowered(value: f64) -> f64 {
    if value > 1.0 { 1.0 } else { value }
}
