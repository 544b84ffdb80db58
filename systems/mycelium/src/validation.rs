//! One cycle of simulating, learning and looking whether anything was learned.

mod report;

#[cfg(test)]
mod tests;

pub use report::Report;

use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::Error;
use crate::features::{Options, Running};
use crate::ifs;
use crate::model::{Adam, Batch, Network, Plasticity, Trainer};
use crate::nernst::{self, POTASSIUM};
use crate::random::Random;
use crate::settings::{Settings, Streams};
use crate::simulation::Simulation;

/// A cycle, completely: the same one gives the same report.
#[derive(Clone, Debug, PartialEq)]
pub struct Cycle {
    pub seed: u64,
    /// How often the network sees all fields.
    pub epochs: usize,
    pub batch_size: usize,
    pub grid_size: usize,
    pub steps: usize,
    pub turing_enabled: bool,
    pub quantum_jitter: bool,
    /// Whether weights also change by the time of spikes.
    pub plasticity: bool,
    /// As the first version did it: a cell is active above -60 mV, which none ever is, so that the
    /// dimension is always 0; and the losses are those of the first and of the last batch, which
    /// are not the same fields.
    pub compat: bool,
}

/// How many fields are learned from.
const FIELDS: usize = 16;
const RATE: f64 = 0.001;
/// Of the fractals: maps and points.
const FRACTAL: (usize, usize) = (4, 1000);

impl Default for Cycle {
    fn default() -> Cycle {
        Cycle {
            seed: 42,
            epochs: 1,
            batch_size: 4,
            grid_size: 64,
            steps: 64,
            turing_enabled: true,
            quantum_jitter: false,
            plasticity: false,
            compat: false,
        }
    }
}

impl Cycle {
    pub fn validate(&self) -> Result<(), Error> {
        if !(1..=1000).contains(&self.epochs) {
            return Err(Error::out_of_range("epochs", self.epochs, "from 1 to 1000"));
        }
        if !(1..=64).contains(&self.batch_size) {
            return Err(Error::out_of_range("batch_size", self.batch_size, "from 1 to 64"));
        }
        self.settings(self.seed).validate()
    }

    fn settings(&self, seed: u64) -> Settings {
        Settings {
            grid_size: self.grid_size,
            steps: self.steps,
            turing_enabled: self.turing_enabled,
            quantum_jitter: self.quantum_jitter,
            seed,
            ..Settings::default()
        }
    }

    fn options(&self) -> Options {
        match self.compat {
            true => Options::v4_1(),
            false => Options::default(),
        }
    }

    /// A field in four numbers of about the same size; none if it was told to stop meanwhile.
    fn look(&self, seed: u64, stop: &AtomicBool) -> Result<Option<Look>, Error> {
        let mut simulation = Simulation::new(&self.settings(seed))?;
        if !simulation.advance_unless(self.steps, |_| stop.load(Ordering::Relaxed))? {
            return Ok(None);
        }
        let mut frame = Running::new(self.grid_size);
        frame.push(simulation.cells());
        let features = frame.finish(&self.options())?;
        // Potentials in units of 10 mV.
        let [mean, deviation, max] =
            [features.v_mean, features.v_std, features.v_max].map(|millivolts| millivolts / 10.0);
        Ok(Some(Look {
            row: [features.d_box, mean, deviation, max],
            target: 0.5 * features.d_box + 0.2 * mean - 0.1 * deviation,
            range: (features.v_min, features.v_max),
            growth_events: simulation.counts().growth_events,
        }))
    }
}

/// What is seen of a simulation.
struct Look {
    row: [f64; 4],
    target: f64,
    range: (f64, f64),
    growth_events: u64,
}

/// Simulates sixteen fields, trains a network to tell a mixture of their dimension, mean and
/// deviation, and simulates one more as an example.
pub fn run(cycle: &Cycle) -> Result<Report, Error> {
    let report = run_unless(cycle, &AtomicBool::new(false))?;
    Ok(report.expect("nobody stops it"))
}

/// The same, or nothing where `stop` is set: it is looked at between two steps of a simulation.
pub fn run_unless(cycle: &Cycle, stop: &AtomicBool) -> Result<Option<Report>, Error> {
    cycle.validate()?;
    let mut random = Random::new(Streams::Fast, cycle.seed);
    let mut looks = Vec::with_capacity(FIELDS);
    let mut exponents = 0.0;
    for _ in 0..FIELDS {
        let seed = random.below(u64::MAX);
        let Some(look) = cycle.look(seed, stop)? else { return Ok(None) };
        looks.push(look);
        exponents += exponent(seed)?;
    }
    let (loss_start, loss_final) = learn(cycle, &looks, &mut random)?;
    let example_seed = cycle.seed.wrapping_add(1);
    let Some(example) = cycle.look(example_seed, stop)? else { return Ok(None) };
    let potassium = POTASSIUM;
    let numeric =
        nernst::potential(potassium.valence, potassium.outside, potassium.inside, nernst::BODY)?;
    let factor = nernst::GAS * nernst::BODY / (f64::from(potassium.valence) * nernst::FARADAY);
    Ok(Some(Report {
        loss_start,
        loss_final,
        loss_drop: loss_start - loss_final,
        pot_min_mv: looks.iter().map(|look| look.range.0).fold(f64::INFINITY, f64::min),
        pot_max_mv: looks.iter().map(|look| look.range.1).fold(f64::NEG_INFINITY, f64::max),
        example_fractal_dim: example.row[0],
        lyapunov_exponent: exponent(example_seed)?,
        lyapunov_mean: exponents / FIELDS as f64,
        growth_events: example.growth_events,
        nernst_symbolic_mv: factor * (potassium.outside / potassium.inside).ln() * 1000.0,
        nernst_numeric_mv: numeric * 1000.0,
        nernst_rtfz_mv: factor * 1000.0,
    }))
}

fn exponent(seed: u64) -> Result<f64, Error> {
    let (maps, points) = FRACTAL;
    Ok(ifs::generate(Streams::Fast, seed, maps, points)?.area_exponent)
}

/// The losses before and after. Both are of all fields, so that they can be compared.
fn learn(cycle: &Cycle, looks: &[Look], random: &mut Random) -> Result<(f64, f64), Error> {
    let mut trainer = Trainer::new(Network::new(4, 32, cycle.seed)?, Adam::new(RATE)?);
    if cycle.plasticity {
        trainer = trainer.with_plasticity(Plasticity::default())?;
    }
    let mut order: Vec<usize> = (0..looks.len()).collect();
    let mut lesson = Lesson::default();
    lesson.fill(looks, &order);
    let before = trainer.loss(lesson.batch(), &lesson.targets)?;
    let mut losses = Vec::new();
    for _ in 0..cycle.epochs {
        random.shuffle(&mut order);
        for places in order.chunks(cycle.batch_size) {
            lesson.fill(looks, places);
            losses.push(f64::from(trainer.step(lesson.batch(), &lesson.targets)?));
        }
    }
    if cycle.compat {
        return Ok((losses[0], losses[losses.len() - 1]));
    }
    lesson.fill(looks, &order);
    let after = trainer.loss(lesson.batch(), &lesson.targets)?;
    Ok((before, after))
}

/// Some of the fields, as the network takes them.
#[derive(Default)]
struct Lesson {
    rows: Vec<f32>,
    targets: Vec<f32>,
}

impl Lesson {
    fn fill(&mut self, looks: &[Look], places: &[usize]) {
        self.rows.clear();
        self.targets.clear();
        for look in places.iter().map(|place| &looks[*place]) {
            self.rows.extend(look.row.map(|value| value as f32));
            self.targets.push(look.target as f32);
        }
    }

    fn batch(&self) -> Batch<'_> {
        Batch::rows(&self.rows, self.targets.len())
    }
}
