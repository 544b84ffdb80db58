//! Gathers series while a file is read, and refuses what no tool can have measured.

use std::collections::{BTreeMap, HashSet};

use crate::metric::{Key, Statistic};
use crate::quantity::{Dimension, Kind};
use crate::run::{Batch, Data, Resolution, Series, Share, Stated, Summary};

use super::fault::{Fault, Problem, excerpt};
use super::{Format, Imported};

/// Bytes for each unit of time.
pub(super) const BYTES_PER_TIME: Dimension = Dimension { kind: Kind::Bytes, per_time: true };

#[derive(Debug, Default)]
pub(super) struct Collector {
    series: Vec<Series>,
    failures: Vec<String>,
    notes: Vec<String>,
}

/// How many requests an operation saw and lost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Requests {
    pub(super) attempted: u64,
    pub(super) failed: u64,
}

impl Requests {
    pub(super) fn succeeded(self) -> u64 {
        self.attempted.saturating_sub(self.failed)
    }
}

impl Collector {
    pub(super) fn push(
        &mut self,
        operation: Option<&str>,
        metric: &str,
        dimension: Dimension,
        data: Data,
    ) {
        self.push_rounded(operation, metric, dimension, data, Resolution::Exact);
    }

    pub(super) fn push_rounded(
        &mut self,
        operation: Option<&str>,
        metric: &str,
        dimension: Dimension,
        data: Data,
        resolution: Resolution,
    ) {
        self.series.push(Series {
            operation: operation.map(clean),
            metric: clean(metric),
            dimension,
            data,
            resolution,
        });
    }

    /// The counts of a load test. Returns whether the latencies are worth having: those of an
    /// operation without one success are the times of its failures, and often flattering.
    pub(super) fn push_requests(&mut self, operation: Option<&str>, requests: Requests) -> bool {
        let Requests { attempted, failed } = requests;
        if attempted == 0 {
            return false;
        }
        let share = Share { hits: failed.min(attempted), of: attempted };
        self.push(operation, "requests", Dimension::COUNT, Data::Total(attempted as f64));
        self.push(operation, "errors", Dimension::SHARE, Data::Shares(vec![share]));
        if requests.succeeded() == 0 {
            self.note(format!(
                "all {attempted} requests{} failed: their latencies are not imported",
                of(operation)
            ));
        }
        requests.succeeded() > 0
    }

    /// Successful requests per second over the whole run.
    pub(super) fn push_throughput(&mut self, operation: Option<&str>, per_second: f64) {
        let data = single(Statistic::Mean, per_second);
        self.push(operation, "throughput", Dimension::RATE, data);
    }

    /// Something the producing tool itself called a failure; said once.
    pub(super) fn fail(&mut self, reason: impl Into<String>) {
        let reason = reason.into();
        if !self.failures.contains(&reason) {
            self.failures.push(reason);
        }
    }

    /// Something the user should know; said once.
    pub(super) fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    pub(super) fn finish(mut self, format: Format) -> Result<Imported, Fault> {
        let mut names = HashSet::new();
        for series in &self.series {
            if !names.insert((series.operation.as_deref(), series.metric.as_str())) {
                return Err(Problem::Duplicate { what: title(series) }.into());
            }
            check(series)?;
        }
        if self.series.is_empty() && self.failures.is_empty() {
            return Err(Fault::empty());
        }
        let ambiguous: Vec<String> = self
            .series
            .iter()
            .filter(|series| Key::parse(&series.metric).statistic.is_some())
            .map(|series| format!("{} ends like a statistic: no budget can name it", title(series)))
            .collect();
        ambiguous.into_iter().for_each(|note| self.note(note));
        let Collector { series, failures, notes } = self;
        Ok(Imported { format, series, failures, notes })
    }
}

/// ` of `operation``, or nothing for the whole run.
pub(super) fn of(operation: Option<&str>) -> String {
    operation.map_or_else(String::new, |name| format!(" of `{}`", excerpt(name)))
}

fn title(series: &Series) -> String {
    format!("`{}`{}", excerpt(&series.metric), of(series.operation.as_deref()))
}

/// A name on one line, with single spaces and without control characters.
fn clean(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn check(series: &Series) -> Result<(), Fault> {
    let wrong = |what: String| Fault::impossible(format!("{} {what}", title(series)));
    if series.operation.as_deref() == Some("") || series.metric.is_empty() {
        return Err(Fault::impossible("a result has no name"));
    }
    // A counter of the user's may mean anything; times, sizes, shares and rates may not.
    let signed = series.dimension == Dimension::COUNT;
    let fits = |value: f64| value.is_finite() && (signed || value >= 0.0);
    let mut bad = None;
    let mut holds = 0;
    each_value(&series.data, &mut |value| {
        holds += 1;
        if !fits(value) {
            bad = Some(value);
        }
    });
    if let Some(value) = bad {
        return Err(wrong(format!("holds the value {value}, which is impossible")));
    }
    if holds == 0 {
        return Err(wrong("has no values".into()));
    }
    match &series.data {
        Data::Batches(batches) if batches.iter().any(|batch| batch.iterations <= 0.0) => {
            Err(wrong("has a batch without iterations".into()))
        }
        Data::Shares(shares) if shares.iter().any(|share| share.hits > share.of) => {
            Err(wrong("counts more hits than attempts".into()))
        }
        _ => Ok(()),
    }
}

fn each_value(data: &Data, visit: &mut dyn FnMut(f64)) {
    match data {
        Data::Samples(values) => values.iter().for_each(|&value| visit(value)),
        Data::Histograms(histograms) => histograms.iter().for_each(|_| visit(0.0)),
        Data::Batches(batches) => batches.iter().for_each(|&Batch { total, iterations }| {
            visit(total);
            visit(total / iterations);
        }),
        Data::Points(points) => points.iter().for_each(|point| {
            visit(point.at_ns);
            visit(point.value);
        }),
        Data::Shares(shares) => shares.iter().for_each(|share| visit(share.hits as f64)),
        Data::Total(value) => visit(*value),
        Data::Summary(summary) => summary.values.values().for_each(|stated| {
            visit(stated.value);
            stated.low.into_iter().chain(stated.high).for_each(&mut *visit);
        }),
    }
}

/// One statistic and nothing else.
pub(super) fn single(statistic: Statistic, value: f64) -> Data {
    Data::Summary(Summary {
        n: None,
        values: BTreeMap::from([(statistic, Stated { value, low: None, high: None })]),
    })
}

/// A summary of statistics without intervals, each multiplied by `factor`.
pub(super) fn summary(
    n: Option<u64>,
    factor: f64,
    values: impl IntoIterator<Item = (Statistic, f64)>,
) -> Data {
    let stated = |value| Stated { value: value * factor, low: None, high: None };
    let values = values.into_iter().map(|(statistic, value)| (statistic, stated(value)));
    Data::Summary(Summary { n, values: values.collect() })
}
