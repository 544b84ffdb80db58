//! What a pattern is asked for, presets, and which values are allowed.

use serde::{Deserialize, Serialize};

use super::reaction::Reaction;
use crate::error::Error;
use crate::settings::{Boundary, GRID_SIZES};

/// A pattern, completely: the same settings give the same fields, bit by bit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PatternSettings {
    pub reaction: Reaction,
    /// Cells along one side of the square.
    pub grid_size: usize,
    pub steps: usize,
    /// Of u and of v; a cell is 1 wide.
    pub diffusion: (f64, f64),
    pub time_step: f64,
    pub seed: u64,
    pub boundary: Boundary,
}

/// The names of the presets.
pub const PRESETS: [&str; 3] = ["schnakenberg", "stripes", "spots"];

/// As many as a run may have.
pub const MOST_STEPS: usize = 1_000_000;

impl Default for PatternSettings {
    /// Schnakenberg's reaction close to where patterns begin, so that linear theory tells the
    /// wavelength.
    fn default() -> PatternSettings {
        PatternSettings {
            reaction: Reaction::Schnakenberg { a: 0.1, b: 0.9 },
            grid_size: 64,
            steps: 8000,
            diffusion: (1.0, 10.0),
            time_step: 0.02,
            seed: 42,
            boundary: Boundary::Periodic,
        }
    }
}

impl PatternSettings {
    /// One of [`PRESETS`]. `stripes` and `spots` are Gray and Scott's: stripes grow out of the
    /// uniform state, spots are of finite amplitude and have no linear theory.
    #[must_use]
    pub fn preset(name: &str) -> Option<PatternSettings> {
        let gray_scott = |feed, kill| PatternSettings {
            reaction: Reaction::GrayScott { feed, kill },
            steps: 10_000,
            diffusion: (0.16, 0.08),
            time_step: 1.0,
            ..PatternSettings::default()
        };
        match name {
            "schnakenberg" => Some(PatternSettings::default()),
            "stripes" => Some(gray_scott(0.06, 0.062)),
            "spots" => Some(gray_scott(0.035, 0.065)),
            _ => None,
        }
    }

    /// Refuses what no pattern can be made of, and time steps that make small waves grow which
    /// diffusion and reaction damp.
    pub fn validate(&self) -> Result<(), Error> {
        if !GRID_SIZES.contains(&self.grid_size) {
            return Err(Error::out_of_range("grid_size", self.grid_size, "from 4 to 1024"));
        }
        if !(1..=MOST_STEPS).contains(&self.steps) {
            return Err(Error::out_of_range("steps", self.steps, "from 1 to 1000000"));
        }
        positive("diffusion of u", self.diffusion.0, 1000.0, "above 0 and at most 1000")?;
        positive("diffusion of v", self.diffusion.1, 1000.0, "above 0 and at most 1000")?;
        positive("time_step", self.time_step, 10.0, "above 0 and at most 10")?;
        match self.reaction {
            Reaction::GrayScott { feed, kill } => {
                positive("feed", feed, 1.0, "above 0 and at most 1")?;
                positive("kill", kill, 1.0, "above 0 and at most 1")?;
            }
            Reaction::Schnakenberg { a, b } => {
                positive("a", a, 10.0, "above 0 and at most 10")?;
                positive("b", b, 10.0, "above 0 and at most 10")?;
            }
        }
        self.check_step()
    }

    /// A step multiplies the mode with the Laplacian's eigenvalue -mu by 1 + dt (J - mu D), and mu
    /// is 8 at most.
    fn check_step(&self) -> Result<(), Error> {
        let (u, v) = self.reaction.uniform_state();
        let reaction = self.reaction.jacobian(u, v).bound();
        let fastest = 8.0 * self.diffusion.0.max(self.diffusion.1) + reaction;
        if self.time_step * fastest < 2.0 {
            return Ok(());
        }
        let (step, most) = (self.time_step, 2.0 / fastest);
        Err(Error::Unstable(format!("a time step of {step}, which must be below {most:.6}")))
    }
}

/// Refuses what is not above zero and at most `most`, not a number included.
fn positive(
    parameter: &'static str,
    value: f64,
    most: f64,
    bounds: &'static str,
) -> Result<(), Error> {
    if value > 0.0 && value <= most {
        return Ok(());
    }
    Err(Error::out_of_range(parameter, value, bounds))
}
