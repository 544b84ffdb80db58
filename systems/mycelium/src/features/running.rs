//! Features of a run while it goes on: frame after frame, of which the last one alone is kept.

use super::change::Change;
use super::options::Options;
use super::{Features, describe};
use crate::error::Error;

/// What has been seen of a run.
#[derive(Clone, Debug)]
pub struct Running {
    size: usize,
    frames: usize,
    last: Vec<f64>,
    /// Sum over all changes of a cell in a step, and the largest of them; in volts.
    changes: f64,
    largest: f64,
    /// The deviation of the changes of each step but the first, in volts.
    spreads: Vec<f64>,
    trend: Trend,
    /// The first frame that is not finite.
    broken: Option<Broken>,
}

/// The four features that need more than one frame; zero without.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Temporal {
    /// In millivolts a step.
    pub mean_change: f64,
    pub max_change: f64,
    /// In steps.
    pub stable_after: usize,
    /// In square millivolts a step.
    pub energy_trend: f64,
}

#[derive(Clone, Copy, Debug)]
struct Broken {
    step: usize,
    count: usize,
}

/// A line through the energies, of which only sums are kept, taken from the first of them.
#[derive(Clone, Copy, Debug, Default)]
struct Trend {
    first: f64,
    sum: f64,
    weighted: f64,
}

impl Running {
    /// Before the first frame.
    ///
    /// # Panics
    ///
    /// If frames have no cells.
    #[must_use]
    pub fn new(size: usize) -> Running {
        assert!(size > 0, "a frame has cells");
        Running {
            size,
            frames: 0,
            last: Vec::new(),
            changes: 0.0,
            largest: 0.0,
            spreads: Vec::new(),
            trend: Trend::default(),
            broken: None,
        }
    }

    /// Takes the cells after one more step, in volts.
    ///
    /// # Panics
    ///
    /// If the frame has another size.
    pub fn push(&mut self, frame: &[f64]) {
        assert_eq!(frame.len(), self.size * self.size, "a frame has the size of its run");
        let is_first = self.frames == 0;
        if is_first {
            self.last.extend_from_slice(frame);
        }
        let change = Change::between(&self.last, frame);
        self.trend.push(self.frames as f64, change.energy);
        self.frames += 1;
        if !change.energy.is_finite() && self.broken.is_none() {
            let count = frame.iter().filter(|cell| !(*cell * *cell).is_finite()).count();
            self.broken = Some(Broken { step: self.frames, count });
        }
        if is_first {
            return;
        }
        self.last.copy_from_slice(frame);
        let count = frame.len() as f64;
        let mean = change.sum / count;
        self.spreads.push((change.squares / count - mean * mean).max(0.0).sqrt());
        self.changes += change.sum;
        self.largest = self.largest.max(change.largest);
    }

    #[must_use]
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// The features of the run so far. Refuses a run without frames and one that is not finite.
    pub fn finish(&self, options: &Options) -> Result<Features, Error> {
        options.validate()?;
        if self.frames == 0 {
            return Err(Error::Shape("a run without frames has no features".to_owned()));
        }
        if let Some(Broken { step, count }) = self.broken {
            return Err(Error::NotFinite { field: "potential", step, count });
        }
        describe(&self.last, self.temporal(options), options)
    }

    /// The four of them that need more than the last frame.
    #[must_use]
    pub fn temporal(&self, options: &Options) -> Temporal {
        if self.frames < 2 {
            return Temporal::default();
        }
        let changes = (self.frames - 1) * self.last.len();
        Temporal {
            mean_change: self.changes / changes as f64 * 1000.0,
            max_change: self.largest * 1000.0,
            stable_after: self.stable_after(options),
            energy_trend: self.trend.slope(self.frames) * 1e6,
        }
    }

    /// The step with which the first stable window ends, less the window: it is counted in frames,
    /// the first of which has no change.
    fn stable_after(&self, options: &Options) -> usize {
        let window = options.stability_window;
        let mut run = 0;
        for (step, spread) in self.spreads.iter().enumerate() {
            run = if spread * 1000.0 < options.stability_threshold { run + 1 } else { 0 };
            if run == window {
                return step + 2 - window;
            }
        }
        self.frames
    }
}

impl Trend {
    fn push(&mut self, at: f64, energy: f64) {
        if at < 0.5 {
            self.first = energy;
        }
        // From the first on: the energy of a field hardly changes against itself.
        let above = energy - self.first;
        self.sum += above;
        self.weighted += at * above;
    }

    /// Of least squares, over the frames counted from zero.
    fn slope(&self, frames: usize) -> f64 {
        let count = frames as f64;
        let middle = (count - 1.0) / 2.0;
        let spread = count * (count * count - 1.0) / 12.0;
        (self.weighted - middle * self.sum) / spread
    }
}
