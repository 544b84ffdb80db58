//! Named workload shapes, as a person writes them.

mod change;
mod preset;
mod told;

use std::time::Duration;

pub use change::Override;
pub use preset::PRESETS;

use crate::schedule::Curve;
use crate::search;
use crate::workload::{Arrivals, Leg, Schedule, Stop};

/// A shape with what belongs to it; the user classes may be narrowed for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    pub name: String,
    pub shape: Shape,
    /// The classes of users that take part; empty for all of the case.
    pub classes: Vec<String>,
    /// What does not count at the beginning; by default the ramp.
    pub warmup: Option<Duration>,
    /// No more than so many requests.
    pub requests: Option<u64>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// So many users at the same time; the ramp comes before `hold`.
    Users { users: u32, ramp: Duration, hold: Duration },
    /// So many tasks begun a second.
    Rate { per_second: f64, arrivals: Arrivals, ramp: Duration, hold: Duration },
    /// One after the other, all in users or all in rates.
    Stages { stages: Vec<Stage>, arrivals: Arrivals },
    /// Looks for the highest rate at which the budgets hold.
    Search(Search),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stage {
    pub level: Level,
    /// How long the straight line to the level takes, and how long it is held then.
    pub over: Duration,
    pub hold: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Level {
    Users(u32),
    Rate(f64),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Search {
    /// Tasks begun a second: the first and the highest tried.
    pub from: f64,
    pub to: f64,
    pub arrivals: Arrivals,
    /// How long each rate is held.
    pub step: Duration,
    /// How closely the answer is wanted, as a share of itself.
    pub precision: f64,
}

impl Scenario {
    /// When what is sent; of a search, its first step.
    #[must_use]
    pub fn schedule(&self) -> Schedule {
        match &self.shape {
            Shape::Users { users, ramp, hold } => {
                Schedule::Users(ramped(f64::from(*users), *ramp, *hold))
            }
            Shape::Rate { per_second, arrivals, ramp, hold } => {
                Schedule::Rate { legs: ramped(*per_second, *ramp, *hold), arrivals: *arrivals }
            }
            Shape::Stages { stages, arrivals } => staged(stages, *arrivals),
            Shape::Search(search) => search.step_at(search.from),
        }
    }

    /// Until when. By default the ramp is a warm-up; stages and the steps of a search have none.
    #[must_use]
    pub fn stop(&self) -> Stop {
        let ramp = match self.shape {
            Shape::Users { ramp, .. } | Shape::Rate { ramp, .. } => ramp,
            Shape::Stages { .. } | Shape::Search(_) => Duration::ZERO,
        };
        Stop { warmup: self.warmup.unwrap_or(ramp), requests: self.requests }
    }

    /// How long it takes; a search, at most.
    #[must_use]
    pub fn total(&self) -> Duration {
        match &self.shape {
            Shape::Search(search) => search.step.saturating_mul(search::most_steps(*search)),
            _ => self.schedule().curve().total(),
        }
    }
}

impl Search {
    /// The schedule that holds one of its rates.
    #[must_use]
    pub fn step_at(&self, rate: f64) -> Schedule {
        Schedule::Rate { legs: ramped(rate, Duration::ZERO, self.step), arrivals: self.arrivals }
    }
}

impl Schedule {
    /// The levels, be they users or rates.
    #[must_use]
    pub fn curve(&self) -> Curve {
        match self {
            Schedule::Users(legs) | Schedule::Rate { legs, .. } => Curve::new(legs),
        }
    }
}

impl Level {
    fn value(self) -> f64 {
        match self {
            Level::Users(users) => f64::from(users),
            Level::Rate(rate) => rate,
        }
    }
}

fn ramped(level: f64, ramp: Duration, hold: Duration) -> Vec<Leg> {
    vec![Leg { to: level, over: ramp }, Leg { to: level, over: hold }]
}

/// The first stage says whether all are in users or in rates.
fn staged(stages: &[Stage], arrivals: Arrivals) -> Schedule {
    let legs = stages
        .iter()
        .flat_map(|stage| ramped(stage.level.value(), stage.over, stage.hold))
        .collect();
    match stages.first().map(|stage| stage.level) {
        Some(Level::Rate(_)) => Schedule::Rate { legs, arrivals },
        Some(Level::Users(_)) | None => Schedule::Users(legs),
    }
}

#[cfg(test)]
mod tests;
