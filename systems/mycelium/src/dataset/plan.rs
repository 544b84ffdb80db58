//! Which runs make up a dataset.

use std::ops::RangeInclusive;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::random::Random;
use crate::settings::{Settings, Streams};

use super::row::Draw;

/// A dataset, completely: the same plan gives the same bytes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    pub recipe: Recipe,
    pub samples: usize,
    /// Of the draws; the run of a row has this one plus the row's number.
    pub seed: u64,
    /// Random numbers of NumPy, fixed thresholds and the box sizes of the original.
    pub is_v4_1: bool,
    /// What stands in the column `timestamp`. A time that is read from a clock would make two equal
    /// datasets differ.
    pub timestamp: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Recipe {
    Sampled(Sampler),
    Scenario(Scenario),
    /// Every grid with every number of steps, alpha and mode, each with so many seeds.
    Product {
        grids: Vec<usize>,
        steps: Vec<usize>,
        alphas: Vec<f64>,
        seeds: usize,
    },
}

/// What each row is drawn from, in the order in which it is drawn.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sampler {
    pub grids: Vec<usize>,
    pub steps: RangeInclusive<usize>,
    pub alpha: RangeInclusive<f64>,
    pub turing: Vec<bool>,
    pub spike_probability: RangeInclusive<f64>,
    pub turing_threshold: RangeInclusive<f64>,
}

/// Runs that differ in alpha and seed alone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scenario {
    pub name: String,
    pub grid: usize,
    pub steps: usize,
    /// Rows in a row with the same alpha.
    pub seeds: usize,
    pub alphas: Vec<f64>,
}

/// When nothing else is said.
pub const TIMESTAMP: &str = "1970-01-01T00:00:00Z";
const MOST_SAMPLES: usize = 100_000;

impl Plan {
    #[must_use]
    pub fn new(recipe: Recipe, samples: usize) -> Plan {
        let samples = match &recipe {
            Recipe::Product { grids, steps, alphas, seeds } => {
                grids.len() * steps.len() * alphas.len() * 2 * seeds
            }
            Recipe::Sampled(_) | Recipe::Scenario(_) => samples,
        };
        Plan { recipe, samples, seed: 42, is_v4_1: false, timestamp: TIMESTAMP.to_owned() }
    }

    pub fn validate(&self) -> Result<(), Error> {
        if !(1..=MOST_SAMPLES).contains(&self.samples) {
            return Err(Error::out_of_range("num_samples", self.samples, "from 1 to 100000"));
        }
        if self.seed.checked_add(MOST_SAMPLES as u64).is_none_or(|last| last > i64::MAX as u64) {
            return Err(Error::out_of_range("seed", self.seed, "below 2^63 with the row's number"));
        }
        match &self.recipe {
            Recipe::Sampled(sampler) => sampler.validate()?,
            Recipe::Scenario(Scenario { seeds, alphas, .. }) => {
                if *seeds == 0 || alphas.is_empty() {
                    return Err(Error::Shape("a scenario has alphas, and seeds for them".into()));
                }
            }
            Recipe::Product { .. } => {
                let whole = Plan::new(self.recipe.clone(), 0).samples;
                if self.samples != whole {
                    let expected = "the number of combinations, each with its seeds";
                    return Err(Error::out_of_range("num_samples", self.samples, expected));
                }
            }
        }
        // What can be drawn lies between the least and the most, which were looked at.
        self.draws().iter().try_for_each(|draw| draw.settings.validate())
    }

    /// What is drawn for each row, in their order.
    #[must_use]
    pub fn draws(&self) -> Vec<Draw> {
        match &self.recipe {
            Recipe::Sampled(sampler) => {
                let mut random = Random::new(self.streams(), self.seed);
                (0..self.samples).map(|row| self.draw(row, sampler.draw(&mut random))).collect()
            }
            Recipe::Scenario(scenario) => {
                let alpha =
                    |row: usize| scenario.alphas[row / scenario.seeds % scenario.alphas.len()];
                let settings = |row| Settings {
                    grid_size: scenario.grid,
                    steps: scenario.steps,
                    alpha: alpha(row),
                    ..Settings::default()
                };
                (0..self.samples).map(|row| self.draw(row, settings(row))).collect()
            }
            Recipe::Product { grids, steps, alphas, seeds } => {
                let mut all = Vec::with_capacity(self.samples);
                for &grid_size in grids {
                    for &steps in steps {
                        for &alpha in alphas {
                            for turing_enabled in [true, false] {
                                let settings = Settings {
                                    grid_size,
                                    steps,
                                    alpha,
                                    turing_enabled,
                                    ..Settings::default()
                                };
                                all.extend(std::iter::repeat_n(settings, *seeds));
                            }
                        }
                    }
                }
                (0..).zip(all).map(|(row, settings)| self.draw(row, settings)).collect()
            }
        }
    }

    /// By which rows that were computed before are known to be of this plan.
    #[must_use]
    pub fn digest(&self) -> String {
        let text = serde_json::to_vec(self).expect("a plan has no keys but texts");
        let version = env!("CARGO_PKG_VERSION").as_bytes();
        let digest = Sha256::new().chain_update(version).chain_update(&text).finalize();
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    fn streams(&self) -> Streams {
        if self.is_v4_1 { Streams::Numpy } else { Streams::Fast }
    }

    fn draw(&self, row: usize, mut settings: Settings) -> Draw {
        settings.seed = self.seed + row as u64;
        settings.streams = self.streams();
        Draw { row, settings }
    }
}

impl Sampler {
    fn draw(&self, random: &mut Random) -> Settings {
        let grid_size = choice(&self.grids, random);
        let span = self.steps.end() - self.steps.start() + 1;
        let steps = self.steps.start() + below(span, random);
        let alpha = uniform(&self.alpha, random);
        let turing_enabled = choice(&self.turing, random);
        let spike_probability = uniform(&self.spike_probability, random);
        let turing_threshold = uniform(&self.turing_threshold, random);
        Settings {
            grid_size,
            steps,
            alpha,
            turing_enabled,
            spike_probability,
            turing_threshold,
            ..Settings::default()
        }
    }

    fn validate(&self) -> Result<(), Error> {
        let empty = |what: &str| Err(Error::Shape(format!("there is nothing to draw {what} from")));
        if self.grids.is_empty() {
            return empty("grids");
        }
        if self.turing.is_empty() {
            return empty("the Turing mode");
        }
        let ranges = [
            ("steps", self.steps.is_empty()),
            ("alpha", self.alpha.is_empty()),
            ("spike_probability", self.spike_probability.is_empty()),
            ("turing_threshold", self.turing_threshold.is_empty()),
        ];
        if let Some((name, _)) = ranges.into_iter().find(|(_, is_empty)| *is_empty) {
            return Err(Error::Shape(format!("the range of `{name}` ends before it begins")));
        }
        let ends = |end: bool| Settings {
            steps: if end { *self.steps.end() } else { *self.steps.start() },
            alpha: end_of(&self.alpha, end),
            spike_probability: end_of(&self.spike_probability, end),
            turing_threshold: end_of(&self.turing_threshold, end),
            ..Settings::default()
        };
        for &grid_size in &self.grids {
            for end in [false, true] {
                Settings { grid_size, ..ends(end) }.validate()?;
            }
        }
        Ok(())
    }
}

fn end_of(range: &RangeInclusive<f64>, end: bool) -> f64 {
    if end { *range.end() } else { *range.start() }
}

fn choice<T: Copy>(of: &[T], random: &mut Random) -> T {
    of[below(of.len(), random)]
}

/// NumPy draws nothing where there is no choice.
fn below(count: usize, random: &mut Random) -> usize {
    if count == 1 { 0 } else { random.below(count as u64) as usize }
}

fn uniform(range: &RangeInclusive<f64>, random: &mut Random) -> f64 {
    random.uniform(*range.start(), *range.end())
}
