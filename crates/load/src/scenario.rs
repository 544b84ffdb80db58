//! Named workload shapes, as a person writes them.

use std::time::Duration;

use crate::workload::Arrivals;

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
