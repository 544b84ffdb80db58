//! One run: what is drawn for it, and what comes out.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Error;
use crate::features::{Features, Options, Running};
use crate::settings::Settings;
use crate::simulation::{Counts, Simulation};

/// What is drawn for a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Draw {
    /// From 0.
    pub row: usize,
    pub settings: Settings,
}

/// What is computed for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    pub features: [f64; 18],
    pub counts: Counts,
}

impl Draw {
    /// Runs it; none if it was told to stop meanwhile.
    pub fn compute(&self, options: &Options, stop: &AtomicBool) -> Result<Option<Row>, Error> {
        let mut simulation = Simulation::new(&self.settings)?;
        let mut running = Running::new(self.settings.grid_size);
        for _ in 0..self.settings.steps {
            if stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            simulation.step()?;
            running.push(simulation.cells());
        }
        let features: Features = running.finish(options)?;
        Ok(Some(Row { features: features.values(), counts: simulation.counts() }))
    }
}
