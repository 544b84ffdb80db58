//! The lines of an export: the form outside, apart from the values inside.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tollgate_stats::histogram::Histogram;

use super::super::checksum::Checksum;
use crate::judge::Judgement;
use crate::metric::Statistic;
use crate::quantity::Dimension;
use crate::run::{
    Batch, Data, Outcome, Point, Resolution, RunHead, Series, Share, Stated, Summary, Trial,
};

/// Raised when a line changes its form or its meaning.
pub(super) const VERSION: u32 = 1;

/// A longer line is refused, so that input without line ends cannot fill the memory.
pub(super) const LONGEST: u64 = 1 << 30;

#[derive(Serialize, Deserialize)]
pub(super) struct Opening {
    #[serde(rename = "tollgate-history")]
    pub(super) version: u32,
    #[serde(default)]
    tool: String,
}

impl Opening {
    pub(super) fn current() -> Opening {
        Opening { version: VERSION, tool: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Line {
    Run(RunHead),
    Trial(TrialLine),
    Series(SeriesLine),
    Judgement(Judgement),
    End(End),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TrialLine {
    case: String,
    operation: Option<String>,
    number: u32,
    position: u32,
    started_ms: i64,
    elapsed_ns: u64,
    outcome: Outcome,
    /// How many lines of series follow.
    pub(super) series: u64,
}

impl TrialLine {
    pub(super) fn new(trial: &Trial) -> TrialLine {
        TrialLine {
            case: trial.case.clone(),
            operation: trial.operation.clone(),
            number: trial.number,
            position: trial.position,
            started_ms: trial.started_ms,
            elapsed_ns: trial.elapsed_ns,
            outcome: trial.outcome.clone(),
            series: trial.series.len() as u64,
        }
    }
}

/// Without its series.
impl From<TrialLine> for Trial {
    fn from(line: TrialLine) -> Trial {
        Trial {
            case: line.case,
            operation: line.operation,
            number: line.number,
            position: line.position,
            started_ms: line.started_ms,
            elapsed_ns: line.elapsed_ns,
            outcome: line.outcome,
            series: Vec::new(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct End {
    pub(super) run: String,
    check: String,
}

impl End {
    pub(super) fn new(run: &str, sum: &Checksum) -> End {
        End { run: run.to_owned(), check: format!("{:016x}", sum.finish()) }
    }

    pub(super) fn agrees(&self, sum: &Checksum) -> bool {
        // A fuzzer would never guess it.
        cfg!(fuzzing) || self.check == End::new("", sum).check
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeriesLine {
    operation: Option<String>,
    metric: String,
    dimension: Dimension,
    data: Evidence,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resolution: Option<Coarseness>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Evidence {
    Samples(Vec<Number>),
    Histograms(Vec<Histogram>),
    /// Total and iterations.
    Batches(Vec<(Number, Number)>),
    /// Nanoseconds and value.
    Points(Vec<(Number, Number)>),
    /// Hits and of how many.
    Shares(Vec<(u64, u64)>),
    Total(Number),
    Summary {
        n: Option<u64>,
        /// Value, low end, high end.
        values: BTreeMap<Statistic, (Number, Option<Number>, Option<Number>)>,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Coarseness {
    Absolute(Number),
    Relative(Number),
    Steps(Vec<(Number, Number)>),
}

impl From<&Series> for SeriesLine {
    fn from(series: &Series) -> SeriesLine {
        SeriesLine {
            operation: series.operation.clone(),
            metric: series.metric.clone(),
            dimension: series.dimension,
            data: evidence(&series.data),
            resolution: match &series.resolution {
                Resolution::Exact => None,
                Resolution::Absolute(by) => Some(Coarseness::Absolute(Number(*by))),
                Resolution::Relative(share) => Some(Coarseness::Relative(Number(*share))),
                Resolution::Steps(steps) => {
                    Some(Coarseness::Steps(steps.iter().map(|&(a, b)| pair(a, b)).collect()))
                }
            },
        }
    }
}

impl From<SeriesLine> for Series {
    fn from(line: SeriesLine) -> Series {
        Series {
            operation: line.operation,
            metric: line.metric,
            dimension: line.dimension,
            data: data(line.data),
            resolution: match line.resolution {
                None => Resolution::Exact,
                Some(Coarseness::Absolute(by)) => Resolution::Absolute(by.0),
                Some(Coarseness::Relative(share)) => Resolution::Relative(share.0),
                Some(Coarseness::Steps(steps)) => {
                    Resolution::Steps(steps.into_iter().map(|(a, b)| (a.0, b.0)).collect())
                }
            },
        }
    }
}

fn evidence(data: &Data) -> Evidence {
    match data {
        Data::Samples(values) => Evidence::Samples(values.iter().copied().map(Number).collect()),
        Data::Histograms(histograms) => Evidence::Histograms(histograms.clone()),
        Data::Batches(batches) => {
            Evidence::Batches(batches.iter().map(|b| pair(b.total, b.iterations)).collect())
        }
        Data::Points(points) => {
            Evidence::Points(points.iter().map(|p| pair(p.at_ns, p.value)).collect())
        }
        Data::Shares(shares) => Evidence::Shares(shares.iter().map(|s| (s.hits, s.of)).collect()),
        Data::Total(total) => Evidence::Total(Number(*total)),
        Data::Summary(summary) => Evidence::Summary {
            n: summary.n,
            values: summary
                .values
                .iter()
                .map(|(&name, s)| (name, (Number(s.value), s.low.map(Number), s.high.map(Number))))
                .collect(),
        },
    }
}

fn data(evidence: Evidence) -> Data {
    match evidence {
        Evidence::Samples(values) => Data::Samples(values.into_iter().map(|v| v.0).collect()),
        Evidence::Histograms(histograms) => Data::Histograms(histograms),
        Evidence::Batches(pairs) => Data::Batches(
            pairs.into_iter().map(|(a, b)| Batch { total: a.0, iterations: b.0 }).collect(),
        ),
        Evidence::Points(pairs) => {
            Data::Points(pairs.into_iter().map(|(a, b)| Point { at_ns: a.0, value: b.0 }).collect())
        }
        Evidence::Shares(pairs) => {
            Data::Shares(pairs.into_iter().map(|(hits, of)| Share { hits, of }).collect())
        }
        Evidence::Total(total) => Data::Total(total.0),
        Evidence::Summary { n, values } => Data::Summary(Summary {
            n,
            values: values
                .into_iter()
                .map(|(name, (value, low, high))| {
                    let (low, high) = (low.map(|v| v.0), high.map(|v| v.0));
                    (name, Stated { value: value.0, low, high })
                })
                .collect(),
        }),
    }
}

fn pair(first: f64, second: f64) -> (Number, Number) {
    (Number(first), Number(second))
}

/// A float that survives JSON, which has no infinities: those go by name.
struct Number(f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            value if value.is_finite() => serializer.serialize_f64(value),
            value if value.is_nan() => serializer.serialize_str("NaN"),
            value if value > 0.0 => serializer.serialize_str("inf"),
            _ => serializer.serialize_str("-inf"),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Number, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

impl serde::de::Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a number, \"NaN\", \"inf\" or \"-inf\"")
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Number, E> {
        Ok(Number(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Number, E> {
        Ok(Number(value as f64))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Number, E> {
        Ok(Number(value as f64))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Number, E> {
        match value {
            "NaN" => Ok(Number(f64::NAN)),
            "inf" => Ok(Number(f64::INFINITY)),
            "-inf" => Ok(Number(f64::NEG_INFINITY)),
            _ => Err(E::invalid_value(serde::de::Unexpected::Str(value), &self)),
        }
    }
}
