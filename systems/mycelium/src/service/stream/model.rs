//! What is simulated for a stream: the same computations as everywhere, a step at a time.

use super::request::Source;
use crate::error::Error;
use crate::features::Running;
use crate::pattern::{Pattern, Reaction};
use crate::simulation::{Counts, Simulation};

/// A simulation, and what its features need to know of its steps so far.
pub struct Model {
    stepped: Stepped,
    running: Option<Running>,
}

enum Stepped {
    Membrane(Box<Simulation>),
    Pattern { pattern: Box<Pattern>, shows_u: bool },
}

/// In which unit cells are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Cells are volts, and summaries millivolts.
    Volt,
    /// A concentration, as it is.
    None,
}

impl Model {
    /// Before its first step.
    pub fn new(source: &Source, with_features: bool) -> Result<Model, Error> {
        let stepped = match source {
            Source::Membrane(settings) => Stepped::Membrane(Box::new(Simulation::new(settings)?)),
            Source::Pattern(settings) => {
                // Of Gray and Scott's substances v is the one that stands out, of Schnakenberg's u.
                let shows_u = matches!(settings.reaction, Reaction::Schnakenberg { .. });
                Stepped::Pattern { pattern: Box::new(Pattern::new(settings)?), shows_u }
            }
        };
        let running = with_features.then(|| Running::new(source.grid_size()));
        Ok(Model { stepped, running })
    }

    pub fn step(&mut self) -> Result<(), Error> {
        match &mut self.stepped {
            Stepped::Membrane(simulation) => simulation.step()?,
            Stepped::Pattern { pattern, .. } => pattern.step()?,
        }
        if let Some(running) = &mut self.running {
            running.push(self.stepped.cells());
        }
        Ok(())
    }

    pub fn steps_done(&self) -> usize {
        match &self.stepped {
            Stepped::Membrane(simulation) => simulation.steps_done(),
            Stepped::Pattern { pattern, .. } => pattern.steps_done(),
        }
    }

    pub fn size(&self) -> usize {
        match &self.stepped {
            Stepped::Membrane(simulation) => simulation.size(),
            Stepped::Pattern { pattern, .. } => pattern.size(),
        }
    }

    pub fn cells(&self) -> &[f64] {
        self.stepped.cells()
    }

    /// Of what happens in a membrane alone.
    pub fn counts(&self) -> Option<Counts> {
        match &self.stepped {
            Stepped::Membrane(simulation) => Some(simulation.counts()),
            Stepped::Pattern { .. } => None,
        }
    }

    pub fn unit(&self) -> Unit {
        match self.stepped {
            Stepped::Membrane(_) => Unit::Volt,
            Stepped::Pattern { .. } => Unit::None,
        }
    }

    /// The features up to the last step, if they were asked for from the first.
    pub fn running(&self) -> Option<&Running> {
        self.running.as_ref()
    }
}

impl Stepped {
    fn cells(&self) -> &[f64] {
        match self {
            Stepped::Membrane(simulation) => simulation.cells(),
            Stepped::Pattern { pattern, shows_u: true } => pattern.u(),
            Stepped::Pattern { pattern, shows_u: false } => pattern.v(),
        }
    }
}
