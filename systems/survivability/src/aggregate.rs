//! What the simulations of a sweep come to at each load: means over seeds with their intervals, and
//! figures over all failures of all seeds.

mod course;
mod estimate;
mod metric;
mod pooled;

use serde::{Deserialize, Serialize};

use crate::outcome::Outcome;

pub use course::{Course, Mark, Stretch};
pub use estimate::Estimate;
pub use metric::{METRICS, Metric, metric};
pub use pooled::Pooled;

/// A sweep in figures, as `summary.json` holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    pub format: u32,
    /// The fingerprint of the experiment.
    pub experiment: String,
    pub topology: String,
    pub policy: String,
    /// The kinds of failures that were planned, or `none`.
    pub failure_type: String,
    pub k_paths: usize,
    pub loads: Vec<LoadSummary>,
}

/// Everything about one load. Figures without a value are not in it, such as the recovery times of
/// a simulation without failures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadSummary {
    pub erlang: f64,
    /// In the order of the plan; fewer than planned if the interval was narrow enough.
    pub seeds: Vec<u64>,
    /// In the order of [`METRICS`].
    pub metrics: Vec<MetricSummary>,
    pub pooled: Vec<Pooled>,
    pub course: Course,
    /// What the simulations had to say, once each.
    pub warnings: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricSummary {
    pub name: String,
    #[serde(flatten)]
    pub estimate: Estimate,
}

impl LoadSummary {
    /// From the outcomes of one load in the order of their seeds.
    #[must_use]
    pub fn of(erlang: f64, outcomes: &[Outcome]) -> LoadSummary {
        let over_seeds = |metric: &Metric| {
            let values: Vec<f64> = outcomes.iter().filter_map(|run| (metric.of)(run)).collect();
            let estimate = Estimate::of(&values)?;
            Some(MetricSummary { name: metric.name.to_owned(), estimate })
        };
        let mut warnings: Vec<String> = Vec::new();
        for warning in outcomes.iter().flat_map(|run| &run.warnings) {
            if !warnings.contains(warning) {
                warnings.push(warning.clone());
            }
        }
        LoadSummary {
            erlang,
            seeds: outcomes.iter().map(|run| run.seed).collect(),
            metrics: METRICS.iter().filter_map(over_seeds).collect(),
            pooled: pooled::all(outcomes),
            course: Course::of(outcomes),
            warnings,
        }
    }

    #[must_use]
    pub fn metric(&self, name: &str) -> Option<&Estimate> {
        let metric = self.metrics.iter().find(|metric| metric.name == name)?;
        Some(&metric.estimate)
    }

    #[must_use]
    pub fn pooled(&self, name: &str) -> Option<&Pooled> {
        self.pooled.iter().find(|pooled| pooled.name == name)
    }
}

#[cfg(test)]
mod tests;
