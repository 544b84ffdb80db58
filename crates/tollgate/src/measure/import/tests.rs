//! Every format against what its tool wrote, and against what no tool should write.

mod detection;
mod hostile;
mod load;
mod microbenchmarks;
mod verdicts;

use std::path::PathBuf;

use super::*;
use crate::metric::Statistic;
use crate::run::{Data, Resolution, Series, Stated};

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/import")
}

/// Reads a sample and leaves the format to detection.
fn sample(name: &str) -> Imported {
    read_path(&samples().join(name), None).unwrap_or_else(|error| panic!("{error}"))
}

fn text_of(name: &str) -> String {
    std::fs::read_to_string(samples().join(name)).unwrap()
}

/// Reads text as a format that is given.
fn parse(format: Format, text: &str) -> Result<Imported, ImportError> {
    read("results", text.as_bytes(), Some(format))
}

fn error(format: Format, text: &str) -> String {
    match parse(format, text) {
        Ok(imported) => panic!("imported {imported:?}"),
        Err(error) => error.to_string(),
    }
}

impl Imported {
    fn find(&self, operation: impl Into<Option<&'static str>>, metric: &str) -> Option<&Series> {
        let operation = operation.into();
        self.series
            .iter()
            .find(|series| series.operation.as_deref() == operation && series.metric == metric)
    }

    fn series(&self, operation: impl Into<Option<&'static str>>, metric: &str) -> &Series {
        let operation = operation.into();
        self.find(operation, metric).unwrap_or_else(|| panic!("no {metric} of {operation:?}"))
    }

    fn operations(&self, metric: &str) -> Vec<&str> {
        let of = self.series.iter().filter(|series| series.metric == metric);
        of.map(|series| series.operation.as_deref().unwrap_or("-")).collect()
    }
}

impl Series {
    fn stated(&self, statistic: Statistic) -> Option<Stated> {
        match &self.data {
            Data::Summary(summary) => summary.values.get(&statistic).copied(),
            other => panic!("{other:?} is no summary"),
        }
    }

    fn value(&self, statistic: Statistic) -> f64 {
        self.stated(statistic).unwrap_or_else(|| panic!("no {statistic}")).value
    }

    fn n(&self) -> Option<u64> {
        match &self.data {
            Data::Summary(summary) => summary.n,
            other => panic!("{other:?} is no summary"),
        }
    }

    fn samples(&self) -> &[f64] {
        match &self.data {
            Data::Samples(values) => values,
            other => panic!("{other:?} are no samples"),
        }
    }

    /// The mean of each batch.
    fn batches(&self) -> Vec<f64> {
        match &self.data {
            Data::Batches(batches) => batches.iter().map(|b| b.total / b.iterations).collect(),
            other => panic!("{other:?} are no batches"),
        }
    }

    fn shares(&self) -> Vec<(u64, u64)> {
        match &self.data {
            Data::Shares(shares) => shares.iter().map(|share| (share.hits, share.of)).collect(),
            other => panic!("{other:?} are no shares"),
        }
    }

    fn total(&self) -> f64 {
        match self.data {
            Data::Total(value) => value,
            ref other => panic!("{other:?} is no total"),
        }
    }
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= expected.abs() * 1e-9, "{found} is not {expected}");
}

#[track_caller]
fn all_near(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{found:?} is not {expected:?}");
    found.iter().zip(expected).for_each(|(&found, &expected)| near(found, expected));
}

const P90: Statistic = Statistic::Quantile(900_000);
const P95: Statistic = Statistic::Quantile(950_000);
const P99: Statistic = Statistic::Quantile(990_000);

#[test]
fn a_budget_file_may_name_every_format_and_no_other() {
    let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
    assert_eq!(names, crate::budget::keys::IMPORT_FORMATS);
}
