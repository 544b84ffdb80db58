mod diffusion;
mod golden;
mod plain;
mod runs;
mod turing;

use super::*;
use crate::settings::{Boundary, Streams};

/// Without spikes, activator and jitter: diffusion alone.
fn still(size: usize, boundary: Boundary) -> Simulation {
    let settings = Settings {
        grid_size: size,
        spike_probability: 0.0,
        turing_enabled: false,
        boundary,
        ..Settings::default()
    };
    Simulation::new(&settings).unwrap()
}

impl Simulation {
    /// Puts the cells in the place of those that were drawn.
    fn begin_with(&mut self, cells: &[f64]) {
        self.span = Span::around(cells, self.boundary);
        self.sheets.fields_mut()[0].copy_from_slice(cells);
    }

    fn steps(&mut self, steps: usize) {
        for _ in 0..steps {
            self.step().unwrap();
        }
    }
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}
