//! From the record lines a program printed to series.
//!
//! Lines of the same operation, metric and kind append in their order; everything that does not
//! fit together is an error that names the lines.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read};

use tollgate_harness::record::{self, Better, Record, RecordError, Values};
use tollgate_stats::histogram::Histogram;

use crate::metric::{self, Source};
use crate::quantity::{self, Dimension, Kind};
use crate::run::{Batch, Data, Point, Resolution, Series, Share};

/// More values than this in one series are refused.
pub const MOST_VALUES: usize = 10_000_000;

#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    #[error("read the program's output")]
    Read(#[source] io::Error),
    #[error("line {line} of the output: {source}")]
    Line { line: usize, source: RecordError },
    #[error("line {line} of the output, metric `{metric}`: {why}")]
    Meaning { line: usize, metric: String, why: String },
    #[error("lines {first} and {line} of the output, metric `{metric}`: {why}")]
    Disagree { first: usize, line: usize, metric: String, why: String },
}

/// A series as it grows, with what later lines must agree with.
struct Growing {
    first_line: usize,
    unit: String,
    kind: &'static str,
    better: Option<Better>,
    series: Series,
}

/// Reads every record of an output. `within` is the operation that the case's parameters make.
pub fn read(output: impl Read, within: Option<&str>) -> Result<Vec<Series>, RecordsError> {
    let mut output = io::BufReader::new(output);
    let mut found: Vec<Growing> = Vec::new();
    let mut places: BTreeMap<(Option<String>, String), usize> = BTreeMap::new();
    let mut bytes = Vec::new();
    let mut line = 0;
    loop {
        line += 1;
        bytes.clear();
        // One byte more than is allowed shows that a line is too long without holding all of it.
        let limit = record::LONGEST_LINE as u64 + 2;
        let read = output.by_ref().take(limit).read_until(b'\n', &mut bytes);
        if read.map_err(RecordsError::Read)? == 0 {
            break;
        }
        if !bytes.ends_with(b"\n") {
            skip_line(&mut output).map_err(RecordsError::Read)?;
        }
        let text = String::from_utf8_lossy(&bytes);
        let record = Record::parse_line(text.trim_end())
            .map_err(|source| RecordsError::Line { line, source })?;
        let Some(record) = record else { continue };
        let key = (record.operation.clone(), record.metric.clone());
        let next = grow(&record, line, within).map_err(|why| RecordsError::Meaning {
            line,
            metric: record.metric.clone(),
            why,
        })?;
        match places.get(&key) {
            Some(&at) => append(&mut found[at], next)?,
            None => {
                places.insert(key, found.len());
                found.push(next);
            }
        }
    }
    Ok(found.into_iter().map(|growing| growing.series).collect())
}

/// The full operation: the parameters', the program's own, or both.
#[must_use]
pub fn joined(within: Option<&str>, own: Option<&str>) -> Option<String> {
    match (within, own) {
        (Some(within), Some(own)) => Some(format!("{within} / {own}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

fn skip_line(output: &mut impl BufRead) -> io::Result<()> {
    loop {
        let part = output.fill_buf()?;
        match part.iter().position(|&byte| byte == b'\n') {
            Some(end) => {
                output.consume(end + 1);
                return Ok(());
            }
            None if part.is_empty() => return Ok(()),
            None => {
                let length = part.len();
                output.consume(length);
            }
        }
    }
}

/// One record as the beginning of a series.
fn grow(record: &Record, line: usize, within: Option<&str>) -> Result<Growing, String> {
    let (factor, dimension) = quantity::unit(&record.unit).map_err(|error| error.to_string())?;
    if let Some(known) = metric::known(&record.metric) {
        if known.source == Source::Process && record.operation.is_none() {
            return Err("Tollgate measures this of every process; name an `operation`, or choose \
                        another name"
                .to_owned());
        }
        if known.dimension != dimension {
            return Err(format!(
                "`{}` is a unit of {dimension}; this metric wants {}",
                record.unit,
                known.dimension.units()
            ));
        }
        if record.better.is_some_and(|better| (better == Better::Higher) != is_higher(known)) {
            return Err("`better` contradicts what the metric means".to_owned());
        }
    }
    let (data, resolution) = data(&record.values, Unit { factor, dimension })?;
    Ok(Growing {
        first_line: line,
        unit: record.unit.clone(),
        kind: kind(&record.values),
        better: record.better,
        series: Series {
            operation: joined(within, record.operation.as_deref()),
            metric: record.metric.clone(),
            dimension,
            data,
            resolution,
        },
    })
}

fn is_higher(metric: &metric::Metric) -> bool {
    metric.better == metric::Better::Higher
}

/// A single value is a sample, and both ways to write a histogram make one.
fn kind(values: &Values) -> &'static str {
    match values {
        Values::Value(_) => "samples",
        Values::Hdr(_) => "histogram",
        other => other.key(),
    }
}

fn append(growing: &mut Growing, next: Growing) -> Result<(), RecordsError> {
    let disagree = |why: String| RecordsError::Disagree {
        first: growing.first_line,
        line: next.first_line,
        metric: next.series.metric.clone(),
        why,
    };
    if growing.kind != next.kind {
        return Err(disagree(format!("first `{}`, then `{}`", growing.kind, next.kind)));
    }
    if growing.unit != next.unit {
        return Err(disagree(format!("first the unit `{}`, then `{}`", growing.unit, next.unit)));
    }
    if let (Some(first), Some(then)) = (growing.better, next.better)
        && first != then
    {
        return Err(disagree("`better` changes".to_owned()));
    }
    let length = match (&mut growing.series.data, next.series.data) {
        (Data::Samples(all), Data::Samples(more)) => extend(all, more),
        (Data::Histograms(all), Data::Histograms(more)) => extend(all, more),
        (Data::Batches(all), Data::Batches(more)) => extend(all, more),
        (Data::Shares(all), Data::Shares(more)) => extend(all, more),
        (Data::Points(all), Data::Points(more)) => {
            if let (Some(last), Some(next)) = (all.last(), more.first())
                && next.at_ns < last.at_ns
            {
                return Err(disagree("the points go back in time".to_owned()));
            }
            extend(all, more)
        }
        _ => return Err(disagree("a second total".to_owned())),
    };
    if length > MOST_VALUES {
        return Err(disagree(format!("more than {MOST_VALUES} values")));
    }
    if growing.series.resolution.is_exact() {
        growing.series.resolution = next.series.resolution;
    }
    growing.better = growing.better.or(next.better);
    Ok(())
}

fn extend<T>(all: &mut Vec<T>, more: Vec<T>) -> usize {
    all.extend(more);
    all.len()
}

#[derive(Clone, Copy)]
struct Unit {
    factor: f64,
    dimension: Dimension,
}

impl Unit {
    /// A value in base units; a duration or a size cannot be negative.
    fn base(self, value: f64) -> Result<f64, String> {
        let never_negative =
            !self.dimension.per_time && matches!(self.dimension.kind, Kind::Time | Kind::Bytes);
        let base = value * self.factor;
        if !base.is_finite() {
            Err(format!("{value} is too large for its unit"))
        } else if base < 0.0 && never_negative {
            Err(format!("{value} is negative, which no {} is", self.dimension))
        } else {
            Ok(base)
        }
    }

    fn bases(self, values: &[f64]) -> Result<Vec<f64>, String> {
        values.iter().map(|&value| self.base(value)).collect()
    }
}

fn data(values: &Values, unit: Unit) -> Result<(Data, Resolution), String> {
    let data = match values {
        Values::Samples(samples) => Data::Samples(unit.bases(samples)?),
        Values::Value(value) => Data::Samples(vec![unit.base(*value)?]),
        Values::Total(total) => Data::Total(unit.base(*total)?),
        Values::Histogram(buckets) => return histogram(buckets, unit),
        Values::Hdr(text) => return hdr(text, unit),
        Values::Batches(batches) => Data::Batches(
            batches
                .iter()
                .map(|&(total, iterations)| {
                    Ok(Batch { total: unit.base(total)?, iterations: iterations as f64 })
                })
                .collect::<Result<_, String>>()?,
        ),
        Values::Points(points) => Data::Points(
            points
                .iter()
                .map(|&(seconds, value)| {
                    Ok(Point { at_ns: seconds * 1e9, value: unit.base(value)? })
                })
                .collect::<Result<_, String>>()?,
        ),
        Values::Shares(shares) => {
            Data::Shares(shares.iter().map(|&(hits, of)| Share { hits, of }).collect())
        }
    };
    Ok((data, Resolution::Exact))
}

/// Histograms count whole nanoseconds, bytes or things.
fn whole(value: f64, unit: Unit) -> Result<(u64, bool), String> {
    if unit.dimension.per_time || unit.dimension.kind == Kind::Share {
        let wanted = "histograms hold times, bytes and counts";
        return Err(format!("{wanted}, not values in {}: use `samples`", unit.dimension));
    }
    let base = unit.base(value)?;
    let rounded = base.round();
    let exact = (base - rounded).abs() <= f64::EPSILON * base.abs();
    if unit.dimension.kind == Kind::Count && !exact {
        return Err(format!("{value} is not a whole number: use `samples`"));
    }
    if rounded >= u64::MAX as f64 {
        return Err(format!("{value} is too large for a histogram"));
    }
    Ok((rounded as u64, exact))
}

fn histogram(buckets: &[(f64, u64)], unit: Unit) -> Result<(Data, Resolution), String> {
    let mut counts = Vec::with_capacity(buckets.len());
    let mut rounded = false;
    for &(value, count) in buckets {
        let (value, exact) = whole(value, unit)?;
        rounded |= !exact;
        counts.push((value, count));
    }
    let histogram = Histogram::from_counts(counts);
    let resolution = if rounded { Resolution::Absolute(0.5) } else { Resolution::Exact };
    Ok((Data::Histograms(vec![histogram]), resolution))
}

fn hdr(text: &str, unit: Unit) -> Result<(Data, Resolution), String> {
    let read = Histogram::from_hdr_base64(text).map_err(|error| format!("`hdr`: {error}"))?;
    if unit.factor <= 1.0 {
        whole(0.0, unit)?;
        return Ok((Data::Histograms(vec![read]), Resolution::Exact));
    }
    let counts = read.iter().map(|(_, high, count)| Ok((whole(high as f64, unit)?.0, count)));
    let histogram = Histogram::from_counts(counts.collect::<Result<Vec<_>, String>>()?);
    // The producer could count only whole units, whichever way it rounded.
    Ok((Data::Histograms(vec![histogram]), Resolution::Absolute(unit.factor)))
}

#[cfg(test)]
mod tests;
