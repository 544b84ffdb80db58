//! What is simulated, described, learned and summed up in the measurements.

use crate::features::{self, Features, Mask, Options};
use crate::field::{Field, History};
use crate::model::{Adam, Batch, Network, Trainer};
use crate::random::Random;
use crate::settings::{Settings, Streams};
use crate::simulation::{self, Outcome};

pub(super) fn end(settings: &Settings) -> Outcome {
    simulation::run(settings).expect("the settings are allowed")
}

/// The field at the end, and those of all steps.
pub(super) fn run(settings: &Settings) -> (Field, History) {
    let outcome = simulation::run_with_history(settings).expect("the settings are allowed");
    (outcome.field, outcome.history.expect("a history was asked for"))
}

/// As the demo describes them.
pub(super) fn features(field: &Field, history: &History) -> Features {
    features::extract(field, Some(history), &Options::demo()).expect("the field is finite")
}

/// 32 cells a side, 50 steps: what is run many times.
pub(super) fn small_run(seed: u64) {
    let settings = Settings { grid_size: 32, steps: 50, seed, ..Settings::default() };
    std::hint::black_box(end(&settings));
}

fn random() -> Random {
    Random::new(Streams::Fast, 42)
}

/// Every cell with an even chance at -50 mV, else at -70 mV.
pub(super) fn half_active(size: usize) -> Field {
    let mut random = random();
    let mut cell = |_| if random.unit() < 0.5 { -0.050 } else { -0.070 };
    Field::new(size, (0..size * size).map(&mut cell).collect()).expect("the cells are a square")
}

/// Every cell with an even chance.
pub(super) fn noise_mask(size: usize) -> Mask {
    let mut random = random();
    Mask::from_fn(size, |_, _| random.unit() < 0.5)
}

/// Frames of normal numbers around rest, 5 mV wide.
pub(super) fn noise_history(size: usize, frames: usize) -> History {
    let mut random = random();
    let cells = (0..size * size * frames).map(|_| -0.070 + 0.005 * random.normal()).collect();
    History::new(size, cells).expect("the cells are whole squares")
}

pub(super) fn normal_f32(count: usize) -> Vec<f32> {
    let mut random = random();
    (0..count).map(|_| random.normal() as f32).collect()
}

pub(super) fn gradients(clients: usize, width: usize) -> Vec<Vec<f64>> {
    let mut random = random();
    (0..clients).map(|_| (0..width).map(|_| random.normal()).collect()).collect()
}

pub(super) fn network((inputs, hidden): (usize, usize)) -> Network {
    Network::new(inputs, hidden, 42).expect("the widths are allowed")
}

/// A network that learns one batch over and over.
pub(super) struct Training {
    trainer: Trainer,
    batch: usize,
    inputs: Vec<f32>,
    targets: Vec<f32>,
}

impl Training {
    pub(super) fn new((inputs, hidden): (usize, usize), batch: usize) -> Training {
        let adam = Adam::new(0.01).expect("the rate is allowed");
        let trainer = Trainer::new(network((inputs, hidden)), adam);
        let (inputs, targets) = (normal_f32(batch * inputs), normal_f32(batch));
        Training { trainer, batch, inputs, targets }
    }

    pub(super) fn step(&mut self) -> f32 {
        let batch = Batch::rows(&self.inputs, self.batch);
        self.trainer.step(batch, &self.targets).expect("the loss stays finite")
    }
}
