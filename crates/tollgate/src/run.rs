//! What was measured: a run, its trials and their series. Plain values, stored and read back whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tollgate_stats::histogram::Histogram;

use crate::budget::Budget;
use crate::metric::Statistic;
use crate::quantity::Dimension;

/// The version of a run as it is stored and exported; raised when a field changes its meaning.
pub const FORMAT: u32 = 1;

/// All trials of a plan, on one machine, at one commit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub head: RunHead,
    pub trials: Vec<Trial>,
}

/// A run without its measurements.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunHead {
    pub format: u32,
    /// Short, unique, sorts by time: `20261121-021600-7f3a`.
    pub id: String,
    pub project: String,
    /// Milliseconds since 1970 in UTC.
    pub started_ms: i64,
    pub ended_ms: Option<i64>,
    pub state: RunState,
    pub environment: Option<String>,
    pub seed: u64,
    pub commit: Option<Commit>,
    pub machine: Machine,
    /// The cases that were planned, with how many counted trials each.
    pub planned: Vec<PlannedTrials>,
    /// The budgets as resolved for this run, so that it can be judged again without the file.
    pub budgets: Vec<Budget>,
    /// Tollgate's version.
    pub tool: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// Being measured now, or killed while it was.
    Open,
    /// Ended by a person before all trials were done; never judged as within.
    Interrupted,
    Complete,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedTrials {
    pub case: String,
    /// The operation a parameter value makes (`size=10`), if the case has parameters.
    pub operation: Option<String>,
    pub trials: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    pub hash: String,
    pub branch: Option<String>,
    /// Whether tracked files differed from the commit.
    pub dirty: bool,
}

/// What a machine is, as far as it decides whether two runs may be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    pub host: String,
    pub os: String,
    pub kernel: String,
    pub cpu_model: String,
    pub cores: u32,
    pub memory_bytes: u64,
    pub governor: Option<String>,
    /// CPU and memory limits of the container, as the kernel states them.
    pub limits: BTreeMap<String, String>,
}

impl Machine {
    /// Equal for machines whose figures may be compared: processor, cores, kernel series, governor
    /// and container limits. Not the host name: a fleet of equal runners is one machine.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let kernel: Vec<&str> = self.kernel.split('.').take(2).collect();
        let memory_gib = (self.memory_bytes + (1 << 29)) >> 30;
        let limits: Vec<String> = self.limits.iter().map(|(k, v)| format!("{k}={v}")).collect();
        format!(
            "{}; {} cores; {memory_gib} GiB; {} {}; {}; {}",
            self.cpu_model,
            self.cores,
            self.os,
            kernel.join("."),
            self.governor.as_deref().unwrap_or("no governor"),
            if limits.is_empty() { "no limits".to_owned() } else { limits.join(", ") },
        )
    }
}

/// One repetition of a case, in a fresh process where the case allows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    pub case: String,
    /// The operation a parameter value makes, if the case has parameters.
    pub operation: Option<String>,
    /// Counts from 1 within a case and operation; pairs trials of different cases.
    pub number: u32,
    /// The place in the interleaved order of the whole run.
    pub position: u32,
    pub started_ms: i64,
    pub elapsed_ns: u64,
    pub outcome: Outcome,
    pub series: Vec<Series>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Complete,
    /// Why, and the last lines the program printed.
    Failed {
        reason: String,
        output: String,
    },
}

/// The values of one metric in one trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// The full operation: the parameter's, the program's own, or both joined by ` / `.
    pub operation: Option<String>,
    pub metric: String,
    pub dimension: Dimension,
    pub data: Data,
    /// How coarsely the producer rounded its values.
    #[serde(default, skip_serializing_if = "Resolution::is_exact")]
    pub resolution: Resolution,
}

/// The evidence, in the most detailed form the producer gave. Values are in base units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Data {
    /// Single observations in the order of time.
    Samples(Vec<f64>),
    /// Observations counted in buckets, one histogram a window, in the order of time.
    Histograms(Vec<Histogram>),
    /// Observations timed together: their spread within a batch is lost, so their tail is unknown.
    Batches(Vec<Batch>),
    /// A value over time, such as resident memory every second.
    Points(Vec<Point>),
    /// How many of how many, one pair a window, in the order of time.
    Shares(Vec<Share>),
    /// One number for the whole trial, such as requests sent.
    Total(f64),
    /// Statistics another tool computed, whose observations are gone.
    Summary(Summary),
}

impl Data {
    /// The name of the kind, in messages and beside stored evidence.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Data::Samples(_) => "samples",
            Data::Histograms(_) => "histograms",
            Data::Batches(_) => "batches",
            Data::Points(_) => "points",
            Data::Shares(_) => "shares",
            Data::Total(_) => "total",
            Data::Summary(_) => "summary",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    pub total: f64,
    pub iterations: f64,
}

impl Batch {
    /// The value of one iteration, on average over the batch.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.total / self.iterations
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub at_ns: f64,
    pub value: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    pub hits: u64,
    pub of: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Observations behind the statistics, if the tool said.
    pub n: Option<u64>,
    pub values: BTreeMap<Statistic, Stated>,
}

/// A statistic as another tool stated it, with its interval if it gave one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stated {
    pub value: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
}

/// How far the truth may lie from a value, because the producer rounded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resolution {
    #[default]
    Exact,
    /// Every value may be off by this much either way, in base units.
    Absolute(f64),
    /// Every value may be off by this share of itself either way.
    Relative(f64),
    /// `(up to, off by)` steps in rising order; the last step also serves larger values.
    Steps(Vec<(f64, f64)>),
}

impl Resolution {
    #[must_use]
    pub fn is_exact(&self) -> bool {
        *self == Resolution::Exact
    }

    /// How far the truth may lie from `value`, either way.
    #[must_use]
    pub fn around(&self, value: f64) -> f64 {
        match self {
            Resolution::Exact => 0.0,
            Resolution::Absolute(by) => *by,
            Resolution::Relative(share) => share * value.abs(),
            Resolution::Steps(steps) => steps
                .iter()
                .find(|(up_to, _)| value <= *up_to)
                .or(steps.last())
                .map_or(0.0, |&(_, by)| by),
        }
    }
}
