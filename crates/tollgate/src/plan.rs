//! What will be done: cases × trials in a seeded, interleaved order. A value that can be printed
//! and refused before anything runs.

use crate::budget::Source;

#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub project: String,
    pub environment: Option<String>,
    pub seed: u64,
    pub build: Vec<Vec<String>>,
    pub units: Vec<Unit>,
    pub order: Vec<Step>,
}

/// A case, or one combination of its parameters: what one trial measures.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    pub case: String,
    /// The operation a parameter value makes, if the case has parameters.
    pub operation: Option<String>,
    /// Parameters are already filled in.
    pub source: Source,
    pub trials: u32,
    pub warmups: u32,
    pub needs: Vec<String>,
}

/// One trial to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Index into `Plan::units`.
    pub unit: usize,
    pub purpose: Purpose,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Warmup,
    /// The number of the trial, from 1.
    Trial(u32),
    /// An extra repetition under valgrind, for the metric `instructions`; numbered from 1.
    Instructions(u32),
}
