//! Reactions that form patterns, and the wavelength that linear theory gives them.

mod linear;
mod reaction;
mod settings;
mod wavelength;

#[cfg(test)]
mod tests;

pub use linear::{fastest_growth, growth_rate, predicted_wavelength};
pub use reaction::Reaction;
pub use settings::{MOST_STEPS, PRESETS, PatternSettings};
pub use wavelength::measured_wavelength;

use crate::error::Error;
use crate::random::Random;
use crate::settings::Streams;
use crate::simulation::LEVELS;
use crate::simulation::cross::Cross;
use crate::simulation::finite;
use crate::simulation::sheets::Sheets;

/// Two substances that react and diffuse, in steps of Euler's explicit scheme.
#[derive(Clone, Debug)]
pub struct Pattern {
    size: usize,
    reaction: Reaction,
    diffusion: (f64, f64),
    time_step: f64,
    /// u and v.
    sheets: Sheets<2>,
    steps_done: usize,
}

/// What a pattern starts with.
struct Pair {
    u: Vec<f64>,
    v: Vec<f64>,
}

/// Deviation of the noise at the start, relative to the uniform state.
const NOISE: f64 = 0.01;

impl Pattern {
    /// The uniform state with a little noise where it is unstable; where it is not, or where there
    /// is none but u without v, some squares rich in v, from which patterns spread.
    pub fn new(settings: &PatternSettings) -> Result<Pattern, Error> {
        settings.validate()?;
        let mut random = Random::new(Streams::Fast, settings.seed);
        let start = if predicted_wavelength(settings).is_some() {
            Pair::noisy(settings, &mut random)
        } else {
            Pair::patched(settings, &mut random)
        };
        Pattern::from_fields(settings, start.u, start.v)
    }

    /// Starts with the given fields.
    pub fn from_fields(
        settings: &PatternSettings,
        u: Vec<f64>,
        v: Vec<f64>,
    ) -> Result<Pattern, Error> {
        settings.validate()?;
        let size = settings.grid_size;
        if u.len() != size * size || v.len() != size * size {
            let text = format!("{} and {} cells, {size} a side", u.len(), v.len());
            return Err(Error::Shape(text));
        }
        Ok(Pattern {
            size,
            reaction: settings.reaction,
            diffusion: settings.diffusion,
            time_step: settings.time_step,
            sheets: Sheets::new(size, settings.boundary, [u, v].concat()),
            steps_done: 0,
        })
    }

    /// # Errors
    ///
    /// If cells are no longer finite, as when a time step suits the uniform state but not the peaks
    /// of a pattern. It is told every 16 steps.
    pub fn step(&mut self) -> Result<(), Error> {
        self.stride(1)
    }

    /// Several steps, which end as if each were done alone and take less time, and a look for cells
    /// that are no numbers after the last.
    pub fn run(&mut self, steps: usize) -> Result<(), Error> {
        self.run_unless(steps, |_| false).map(|_| ())
    }

    /// The same, unless it is told to stop: every few steps `is_stopped` is asked, with the number
    /// of steps done. Gives whether all of them are.
    pub fn run_unless(
        &mut self,
        steps: usize,
        mut is_stopped: impl FnMut(usize) -> bool,
    ) -> Result<bool, Error> {
        let end = self.steps_done + steps;
        while self.steps_done < end && !is_stopped(self.steps_done) {
            self.stride(end - self.steps_done)?;
        }
        self.look()?;
        Ok(self.steps_done == end)
    }

    /// At most so many steps, and at least one.
    fn stride(&mut self, most: usize) -> Result<(), Error> {
        let until_look = finite::EVERY - self.steps_done % finite::EVERY;
        let steps = most.min(until_look).min(LEVELS).min(self.size);
        match self.reaction {
            Reaction::GrayScott { feed, kill } => {
                self.advance(steps, |u, v| reaction::gray_scott(feed, kill, u, v));
            }
            Reaction::Schnakenberg { a, b } => {
                self.advance(steps, |u, v| reaction::schnakenberg(a, b, u, v));
            }
        }
        if self.steps_done.is_multiple_of(finite::EVERY) { self.look() } else { Ok(()) }
    }

    fn look(&self) -> Result<(), Error> {
        finite::check("u", self.u(), self.steps_done)?;
        finite::check("v", self.v(), self.steps_done)
    }

    fn advance(&mut self, steps: usize, rates: impl Fn(f64, f64) -> (f64, f64)) {
        let (diffusion, dt) = (self.diffusion, self.time_step);
        let changed = |[u, v]: [Cross; 2]| {
            let (du, dv) = rates(u.cell, v.cell);
            let du = diffusion.0 * u.laplacian() + du;
            let dv = diffusion.1 * v.laplacian() + dv;
            [u.cell + dt * du, v.cell + dt * dv]
        };
        self.sheets.rewrite(0, steps, &mut [], changed);
        self.steps_done += steps;
    }

    #[must_use]
    pub fn u(&self) -> &[f64] {
        self.sheets.fields()[0]
    }

    #[must_use]
    pub fn v(&self) -> &[f64] {
        self.sheets.fields()[1]
    }

    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    #[must_use]
    pub fn steps_done(&self) -> usize {
        self.steps_done
    }
}

impl Pair {
    fn noisy(settings: &PatternSettings, random: &mut Random) -> Pair {
        let (u, v) = settings.reaction.uniform_state();
        let cells = settings.grid_size * settings.grid_size;
        let mut noisy = |value: f64| -> Vec<f64> {
            (0..cells).map(|_| value * (1.0 + NOISE * random.normal())).collect()
        };
        Pair { u: noisy(u), v: noisy(v) }
    }

    /// One square for every 1024 cells.
    fn patched(settings: &PatternSettings, random: &mut Random) -> Pair {
        let size = settings.grid_size;
        let mut pair = Pair { u: vec![1.0; size * size], v: vec![0.0; size * size] };
        let side = (size / 4).clamp(2, 6);
        for _ in 0..(size * size).div_ceil(1024) {
            let row = random.below(size as u64) as usize;
            let column = random.below(size as u64) as usize;
            for cell in 0..side * side {
                let (row, column) = ((row + cell / side) % size, (column + cell % side) % size);
                let at = row * size + column;
                pair.u[at] = 0.5 * (1.0 + NOISE * random.normal());
                pair.v[at] = 0.25 * (1.0 + NOISE * random.normal());
            }
        }
        pair
    }
}
