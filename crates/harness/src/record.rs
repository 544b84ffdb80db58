//! One measurement as one line of JSON on standard output, written and read.
//!
//! `docs/records.md` describes the format for people who write it by hand.

use std::fmt;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

/// The version of the format: the value of every line's `tollgate`.
pub const FORMAT: u64 = 1;

/// The longest line that is read.
pub const LONGEST_LINE: usize = 16 << 20;

/// The most values one line may hold.
pub const MOST_VALUES: usize = 1_000_000;

/// The longest name of an operation, metric or unit, in bytes.
pub const LONGEST_NAME: usize = 200;

/// What a program measured about itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The part of the program this is about; absent for the program as a whole.
    pub operation: Option<String>,
    pub metric: String,
    /// Such as `ns`, `MiB`, `%`, `/s`, or empty for a plain number.
    pub unit: String,
    pub better: Option<Better>,
    pub values: Values,
}

/// Which way a metric gets better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    Lower,
    Higher,
}

/// The evidence, in the most detailed form the program has. Values are in the record's unit.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Single observations in the order of time.
    Samples(Vec<f64>),
    /// Observations by value, with how often each occurred, of one window of time.
    Histogram(Vec<(f64, u64)>),
    /// The same as the V2 encoding of an HdrHistogram, in base 64.
    Hdr(String),
    /// Observations timed together: what they came to, and how many they were.
    Batches(Vec<(f64, u64)>),
    /// Values over time, each with its second since the start.
    Points(Vec<(f64, f64)>),
    /// How many of how many.
    Shares(Vec<(u64, u64)>),
    /// One number for the whole trial.
    Total(f64),
    /// A single observation.
    Value(f64),
}

impl Values {
    /// The key of a line that holds this kind.
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Values::Samples(_) => "samples",
            Values::Histogram(_) => "histogram",
            Values::Hdr(_) => "hdr",
            Values::Batches(_) => "batches",
            Values::Points(_) => "points",
            Values::Shares(_) => "shares",
            Values::Total(_) => "total",
            Values::Value(_) => "value",
        }
    }
}

/// Why a line is not a record. The text names what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordError {
    what: String,
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for RecordError {}

fn wrong(what: impl Into<String>) -> RecordError {
    RecordError { what: what.into() }
}

/// A record as it stands on a line.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    tollgate: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    metric: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    better: Option<Better>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    samples: Option<Vec<f64>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    histogram: Option<Vec<(f64, u64)>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hdr: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    batches: Option<Vec<(f64, u64)>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    points: Option<Vec<(f64, f64)>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shares: Option<Vec<(u64, u64)>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    total: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
}

impl Record {
    /// Reads one line of a program's output: `None` if it is not a record but the program's own.
    ///
    /// A line that means to be a record and is not one is an error, never `None`.
    pub fn parse_line(line: &str) -> Result<Option<Record>, RecordError> {
        if !claims_to_be_one(line) {
            return Ok(None);
        }
        if line.len() > LONGEST_LINE {
            return Err(wrong(format!(
                "a line of {} bytes; at most {LONGEST_LINE} are read, so print several",
                line.len()
            )));
        }
        let parsed = match serde_json::from_str::<Line>(line) {
            Ok(parsed) => parsed,
            Err(error) => return not_a_line(line, &error),
        };
        if parsed.tollgate != FORMAT {
            return Err(other_version(parsed.tollgate));
        }
        let record = assemble(parsed)?;
        record.check()?;
        Ok(Some(record))
    }

    /// Writes the record as one line. Values that no line may hold, such as NaN, are an error of
    /// the kind `InvalidInput` and nothing is written.
    pub fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let refuse = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
        self.check().map_err(refuse)?;
        let mut line = serde_json::to_vec(&self.line())?;
        if line.len() > LONGEST_LINE {
            return Err(refuse(wrong(format!("a line of {} bytes", line.len()))));
        }
        line.push(b'\n');
        out.write_all(&line)
    }

    fn line(&self) -> Line {
        let mut line = Line {
            tollgate: FORMAT,
            operation: self.operation.clone(),
            metric: self.metric.clone(),
            unit: Some(self.unit.clone()),
            better: self.better,
            ..Line::default()
        };
        match self.values.clone() {
            Values::Samples(samples) => line.samples = Some(samples),
            Values::Histogram(buckets) => line.histogram = Some(buckets),
            Values::Hdr(text) => line.hdr = Some(text),
            Values::Batches(batches) => line.batches = Some(batches),
            Values::Points(points) => line.points = Some(points),
            Values::Shares(shares) => line.shares = Some(shares),
            Values::Total(total) => line.total = Some(total),
            Values::Value(value) => line.value = Some(value),
        }
        line
    }

    /// What holds for every record, written or read.
    fn check(&self) -> Result<(), RecordError> {
        if let Some(operation) = &self.operation {
            name("operation", operation)?;
        }
        name("metric", &self.metric)?;
        if self.unit.len() > LONGEST_NAME {
            return Err(wrong(format!("a unit of {} bytes", self.unit.len())));
        }
        match &self.values {
            Values::Samples(samples) => {
                length("samples", samples)?;
                samples.iter().try_for_each(|&sample| finite("samples", sample))
            }
            Values::Histogram(buckets) => {
                length("histogram", buckets)?;
                buckets.iter().try_for_each(|&(value, _)| not_negative("histogram", value))
            }
            Values::Hdr(text) if text.is_empty() => Err(wrong("`hdr` is empty")),
            Values::Hdr(_) => Ok(()),
            Values::Batches(batches) => {
                length("batches", batches)?;
                batches.iter().try_for_each(|&(total, iterations)| {
                    not_negative("batches", total)?;
                    let some = || wrong(format!("a batch [{total}, 0] of no iterations"));
                    (iterations > 0).then_some(()).ok_or_else(some)
                })
            }
            Values::Points(points) => check_points(points),
            Values::Shares(shares) => {
                length("shares", shares)?;
                shares.iter().try_for_each(|&(hits, of)| {
                    let more = || wrong(format!("a share [{hits}, {of}] of more than all"));
                    (hits <= of).then_some(()).ok_or_else(more)
                })
            }
            Values::Total(total) => finite("total", *total),
            Values::Value(value) => finite("value", *value),
        }
    }
}

fn check_points(points: &[(f64, f64)]) -> Result<(), RecordError> {
    length("points", points)?;
    let mut before = 0.0;
    for &(at, value) in points {
        not_negative("points", at)?;
        finite("points", value)?;
        if at < before {
            return Err(wrong(format!("a point at {at} s after one at {before} s")));
        }
        before = at;
    }
    Ok(())
}

/// Whether a line is an object with a key `tollgate`, as far as that shows without parsing it:
/// whoever sorts keys or puts blanks elsewhere shall not be ignored.
fn claims_to_be_one(line: &str) -> bool {
    const KEY: &str = "\"tollgate\"";
    let line = line.trim_start();
    line.starts_with("{\"tollgate\"")
        || line.starts_with('{')
            && line
                .match_indices(KEY)
                .any(|(at, _)| line[at + KEY.len()..].trim_start().starts_with(':'))
}

/// Sorts what is not a line of this format into other people's JSON and mistakes.
fn not_a_line(line: &str, error: &serde_json::Error) -> Result<Option<Record>, RecordError> {
    if let Ok(serde_json::Value::Object(object)) = serde_json::from_str(line) {
        match object.get("tollgate") {
            None => return Ok(None),
            Some(version) => {
                let version = version
                    .as_u64()
                    .ok_or_else(|| wrong(format!("`tollgate` must be {FORMAT}, not {version}")))?;
                if version != FORMAT {
                    return Err(other_version(version));
                }
            }
        }
    }
    // The position the parser adds counts lines within this one line.
    let reason = error.to_string();
    let reason = reason.split(" at line ").next().unwrap_or_default();
    let mut what = format!("{reason}: `{}`", excerpt(line, error.column()));
    if ["NaN", "Infinity", "nan", "inf"].iter().any(|word| line.contains(word)) {
        what.push_str(" (NaN and infinity are not numbers in JSON)");
    }
    Err(wrong(what))
}

fn other_version(version: u64) -> RecordError {
    wrong(format!("`tollgate` must be {FORMAT}, the version of the format, not {version}"))
}

/// The text around a column of a line that may be very long.
fn excerpt(line: &str, column: usize) -> String {
    const BEFORE: usize = 40;
    const WIDTH: usize = 80;
    let from = line.floor_char_boundary(column.saturating_sub(BEFORE));
    let to = line.floor_char_boundary(from.saturating_add(WIDTH).min(line.len()));
    let dots = |cut: bool| if cut { "…" } else { "" };
    format!("{}{}{}", dots(from > 0), line[from..to].trim_end(), dots(to < line.len()))
}

fn assemble(line: Line) -> Result<Record, RecordError> {
    let mut values: Vec<Values> = [
        line.samples.map(Values::Samples),
        line.histogram.map(Values::Histogram),
        line.hdr.map(Values::Hdr),
        line.batches.map(Values::Batches),
        line.points.map(Values::Points),
        line.shares.map(Values::Shares),
        line.total.map(Values::Total),
        line.value.map(Values::Value),
    ]
    .into_iter()
    .flatten()
    .collect();
    let keys: Vec<&str> = values.iter().map(Values::key).collect();
    let [_] = keys[..] else {
        return Err(wrong(if keys.is_empty() {
            "none of samples, histogram, hdr, batches, points, shares, total and value".to_owned()
        } else {
            format!("both `{}` and `{}`: a record holds one of them", keys[0], keys[1])
        }));
    };
    let values = values.remove(0);
    let unit = match (line.unit, &values) {
        (Some(unit), Values::Shares(_)) if unit != "%" => {
            return Err(wrong(format!("shares with the unit `{unit}`: a share has none, or `%`")));
        }
        (Some(unit), _) => unit,
        (None, Values::Shares(_)) => "%".to_owned(),
        (None, _) => return Err(wrong("no `unit`; a plain number has the unit \"\"")),
    };
    Ok(Record { operation: line.operation, metric: line.metric, unit, better: line.better, values })
}

fn name(field: &str, text: &str) -> Result<(), RecordError> {
    let reason = if text.is_empty() {
        "is empty"
    } else if text.len() > LONGEST_NAME {
        "is too long"
    } else if text.trim() != text {
        "has blanks around it"
    } else if text.contains(char::is_control) {
        "holds a control character"
    } else {
        return Ok(());
    };
    Err(wrong(format!("`{field}` {reason}: {:?}", excerpt(text, 0))))
}

fn length<T>(key: &str, values: &[T]) -> Result<(), RecordError> {
    match values.len() {
        0 => Err(wrong(format!("`{key}` is empty"))),
        many if many > MOST_VALUES => {
            Err(wrong(format!("`{key}` holds {many} values; a line may hold {MOST_VALUES}")))
        }
        _ => Ok(()),
    }
}

fn finite(key: &str, value: f64) -> Result<(), RecordError> {
    let infinite = || wrong(format!("`{key}` holds {value}, which is not a finite number"));
    value.is_finite().then_some(()).ok_or_else(infinite)
}

fn not_negative(key: &str, value: f64) -> Result<(), RecordError> {
    finite(key, value)?;
    let negative = || wrong(format!("`{key}` holds {value}, which may not be negative"));
    (value >= 0.0).then_some(()).ok_or_else(negative)
}

#[cfg(test)]
mod tests;
