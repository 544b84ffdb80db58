//! What is told of a measured operation: as records for Tollgate, as a row for a person.

use std::collections::BTreeMap;

use crate::allocation::Usage;
use crate::precision;
use crate::record::{Better, Record, Values};
use crate::timing::{Form, Times};

/// An operation and what is known of it besides its times.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub operation: String,
    /// What its time is called.
    pub metric: String,
    pub form: Form,
    /// How many things one run handles, if its time is told per thing.
    pub parts: u64,
    pub elements: Option<u64>,
    pub bytes: Option<u64>,
}

/// The memory of several runs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Memory {
    pub runs: Vec<Usage>,
    /// Bytes live after all runs, above those before.
    pub growth: i64,
}

pub(crate) struct Told {
    pub records: Vec<Record>,
    pub row: Vec<String>,
}

/// Neighbouring times that make one throughput.
const WINDOWS: usize = 100;

pub(crate) const HEAD: [&str; 7] =
    ["operation", "median", "95 %", "5 % to 95 %", "n", "rate", "memory of a run"];

pub(crate) fn told(subject: &Subject, times: &Times, memory: Option<&Memory>) -> Told {
    let record = |metric: &str, unit: &str, better, values| Record {
        operation: Some(subject.operation.clone()),
        metric: metric.to_owned(),
        unit: unit.to_owned(),
        better,
        values,
    };
    let mut records: Vec<Record> = evidence(subject, times)
        .into_iter()
        .map(|values| record(&subject.metric, "ns", None, values))
        .collect();
    let mut rate_cells = Vec::new();
    let both = [("throughput", "/s", subject.elements), ("data rate", "B/s", subject.bytes)];
    for (metric, unit, amount) in both {
        let rates = amount.map(|amount| rates(times, amount)).unwrap_or_default();
        if let Some(middle) = quantile(&rates, 0.5) {
            rate_cells.push(quantity(middle, unit));
            records.push(record(metric, unit, Some(Better::Higher), Values::Samples(rates)));
        }
    }
    let mut memory_cell = String::new();
    if let Some(memory) = memory.filter(|memory| !memory.runs.is_empty()) {
        let samples = |of: fn(&Usage) -> u64| memory.runs.iter().map(|u| of(u) as f64).collect();
        let calls: Vec<f64> = samples(|usage| usage.allocations);
        let bytes: Vec<f64> = samples(|usage| usage.bytes);
        let middle = |values: &[f64]| quantile(values, 0.5).unwrap_or_default();
        memory_cell = allocated(middle(&bytes), middle(&calls));
        // A size cannot be negative; an operation that gives back older memory grows by nothing.
        let growth = memory.growth.max(0) as f64 / memory.runs.len() as f64;
        let lower = Some(Better::Lower);
        records.push(record("allocations per op", "", lower, Values::Samples(calls)));
        records.push(record("bytes per op", "B", lower, Values::Samples(bytes)));
        let peaks = Values::Samples(samples(|usage| usage.peak));
        records.push(record("peak live memory", "B", lower, peaks));
        records.push(record("memory growth per op", "B", lower, Values::Value(growth)));
    }
    let each = per_part(subject, times);
    let at = |share| quantile(&each, share).map(duration).unwrap_or_default();
    let mark = matches!(times, Times::Batches(_)) || subject.parts > 1;
    let row = vec![
        subject.operation.clone(),
        at(0.5),
        within(precision::of(&each) / 2.0),
        format!("{} to {}", at(0.05), at(0.95)),
        format!("{}{}", each.len(), if mark { " batches" } else { "" }),
        rate_cells.join(", "),
        memory_cell,
    ];
    Told { records, row }
}

fn evidence(subject: &Subject, times: &Times) -> Vec<Values> {
    let parts = subject.parts;
    match times {
        Times::Batches(batches) => {
            let batches = batches.iter().map(|&(time, runs)| (time as f64, runs * parts));
            vec![Values::Batches(batches.collect())]
        }
        // A run over many things is a batch of them.
        Times::Single(times) if parts > 1 => {
            vec![Values::Batches(times.iter().map(|&time| (time as f64, parts)).collect())]
        }
        Times::Single(times) if subject.form == Form::Histograms => {
            let windows = times.chunks(times.len().div_ceil(WINDOWS).max(1));
            windows.map(|window| Values::Histogram(counted(window))).collect()
        }
        Times::Single(times) => {
            vec![Values::Samples(times.iter().map(|&time| time as f64).collect())]
        }
    }
}

fn counted(times: &[u64]) -> Vec<(f64, u64)> {
    let mut counts = BTreeMap::new();
    for &time in times {
        *counts.entry(time).or_insert(0) += 1;
    }
    counts.into_iter().map(|(time, count)| (time as f64, count)).collect()
}

fn per_part(subject: &Subject, times: &Times) -> Vec<f64> {
    let parts = subject.parts as f64;
    match times {
        Times::Single(times) => times.iter().map(|&time| time as f64 / parts).collect(),
        Times::Batches(batches) => {
            batches.iter().map(|&(time, runs)| time as f64 / (runs as f64 * parts)).collect()
        }
    }
}

/// The amount a second in each window: what was done in it over what it took, so that a long run
/// weighs as much as it lasted. A window that took no time the clock shows has no rate.
fn rates(times: &Times, amount: u64) -> Vec<f64> {
    let pairs: Vec<(u64, u64)> = match times {
        Times::Single(times) => times.iter().map(|&time| (time, 1)).collect(),
        Times::Batches(batches) => batches.clone(),
    };
    let rate = |window: &[(u64, u64)]| {
        let time: u64 = window.iter().map(|pair| pair.0).sum();
        let runs: u64 = window.iter().map(|pair| pair.1).sum();
        (time > 0).then(|| runs as f64 * amount as f64 / (time as f64 / 1e9))
    };
    pairs.chunks(pairs.len().div_ceil(WINDOWS).max(1)).filter_map(rate).collect()
}

/// The value that a share of the others does not exceed. For the table alone: verdicts come from
/// the records.
pub(crate) fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    sorted.get((last as f64 * share).round() as usize).copied()
}

fn within(share: f64) -> String {
    if share.is_finite() { format!("± {:.1} %", share * 100.0) } else { String::new() }
}

fn allocated(bytes: f64, calls: f64) -> String {
    match calls {
        none if none <= 0.0 => "none".to_owned(),
        one if one <= 1.0 => format!("{}, 1 allocation", quantity(bytes, "B")),
        more => format!("{}, {} allocations", quantity(bytes, "B"), quantity(more, "")),
    }
}

/// With its unit, and with a prefix of thousands where the unit takes one.
pub(crate) fn quantity(value: f64, unit: &str) -> String {
    match unit {
        "ns" => duration(value),
        "" => scaled(value),
        rate if rate.starts_with('/') => format!("{}{rate}", scaled(value)),
        "B" | "B/s" if value.abs() >= 1e4 => format!("{}{unit}", scaled(value)),
        other => format!("{} {other}", digits(value)),
    }
}

fn duration(nanoseconds: f64) -> String {
    let (value, unit) = match nanoseconds {
        n if n < 1e3 => (n, "ns"),
        n if n < 1e6 => (n / 1e3, "us"),
        n if n < 1e9 => (n / 1e6, "ms"),
        n => (n / 1e9, "s"),
    };
    format!("{} {unit}", digits(value))
}

/// With a prefix of thousands.
fn scaled(value: f64) -> String {
    match value.abs() {
        v if v < 1e4 => digits(value),
        v if v < 1e6 => format!("{} k", digits(value / 1e3)),
        v if v < 1e9 => format!("{} M", digits(value / 1e6)),
        _ => format!("{} G", digits(value / 1e9)),
    }
}

/// Four digits, or all before the point.
fn digits(value: f64) -> String {
    let decimals = match value.abs() {
        v if v < 10.0 => 3,
        v if v < 100.0 => 2,
        v if v < 1e3 => 1,
        _ => 0,
    };
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject() -> Subject {
        Subject {
            operation: "parse".to_owned(),
            metric: "time".to_owned(),
            form: Form::Fitting,
            parts: 1,
            elements: None,
            bytes: None,
        }
    }

    fn values(told: &Told, metric: &str) -> Vec<Values> {
        let meant = told.records.iter().filter(|record| record.metric == metric);
        meant.map(|record| record.values.clone()).collect()
    }

    #[test]
    fn long_runs_are_samples_and_short_ones_batches() {
        let single = told(&subject(), &Times::Single(vec![900, 700]), None);
        assert_eq!(values(&single, "time"), [Values::Samples(vec![900.0, 700.0])]);
        let many = told(&subject(), &Times::Batches(vec![(900, 450)]), None);
        assert_eq!(values(&many, "time"), [Values::Batches(vec![(900.0, 450)])]);
        assert_eq!(many.row[1], "2 ns");
    }

    #[test]
    fn a_run_over_many_things_is_a_batch_of_them() {
        let each = Subject { metric: "time per value".to_owned(), parts: 10, ..subject() };
        let single = told(&each, &Times::Single(vec![900]), None);
        assert_eq!(values(&single, "time per value"), [Values::Batches(vec![(900.0, 10)])]);
        let many = told(&each, &Times::Batches(vec![(900, 3)]), None);
        assert_eq!(values(&many, "time per value"), [Values::Batches(vec![(900.0, 30)])]);
    }

    #[test]
    fn histograms_lose_no_run() {
        let many = Subject { form: Form::Histograms, ..subject() };
        let told = told(&many, &Times::Single((0..12_345).map(|i| i % 7).collect()), None);
        let windows = values(&told, "time");
        assert!(windows.len() <= WINDOWS && windows.len() > 1);
        let count = |values: &Values| match values {
            Values::Histogram(pairs) => pairs.iter().map(|pair| pair.1).sum::<u64>(),
            _ => 0,
        };
        assert_eq!(windows.iter().map(count).sum::<u64>(), 12_345);
    }

    #[test]
    fn a_rate_is_what_was_done_over_the_time_it_took() {
        let sized = Subject { elements: Some(3), bytes: Some(100), ..subject() };
        let told = told(&sized, &Times::Batches(vec![(1_000, 2), (0, 2)]), None);
        assert_eq!(values(&told, "throughput"), [Values::Samples(vec![6e6])]);
        assert_eq!(values(&told, "data rate"), [Values::Samples(vec![2e8])]);
        assert_eq!(told.row[5], "6 M/s, 200 MB/s");
    }

    #[test]
    fn memory_is_told_by_run_and_never_shrinks_below_nothing() {
        let usage = Usage { allocations: 2, bytes: 96, peak: 64 };
        for (growth, per_op) in [(32, 16.0), (-32, 0.0)] {
            let memory = Memory { runs: vec![usage; 2], growth };
            let told = told(&subject(), &Times::Single(vec![1]), Some(&memory));
            assert_eq!(values(&told, "allocations per op"), [Values::Samples(vec![2.0; 2])]);
            assert_eq!(values(&told, "bytes per op"), [Values::Samples(vec![96.0; 2])]);
            assert_eq!(values(&told, "peak live memory"), [Values::Samples(vec![64.0; 2])]);
            assert_eq!(values(&told, "memory growth per op"), [Values::Value(per_op)]);
        }
    }

    #[test]
    fn figures_for_people_have_four_digits() {
        let times = [0.31, 2.0, 12.345, 123_456.0, 1e9];
        assert_eq!(times.map(duration), ["0.31 ns", "2 ns", "12.35 ns", "123.5 us", "1 s"]);
        assert_eq!([12.0, 120_000.0, 3.2e9].map(scaled), ["12", "120 k", "3.2 G"]);
    }

    #[test]
    fn a_prefix_stands_before_the_unit_that_takes_one() {
        let cases = [
            (2_281_000.0, "B", "2.281 MB"),
            (748.0, "B", "748 B"),
            (2e8, "B/s", "200 MB/s"),
            (6e6, "/s", "6 M/s"),
            (12_345.0, "MiB", "12345 MiB"),
            (3e6, "ns", "3 ms"),
            (97.0, "", "97"),
            (f64::NAN, "B", "NaN B"),
        ];
        for (value, unit, expected) in cases {
            assert_eq!(quantity(value, unit), expected);
        }
        let cells = [(0.0, 0.0), (4.0, 1.0), (748.0, 3.0)].map(|(b, calls)| allocated(b, calls));
        assert_eq!(cells, ["none", "4 B, 1 allocation", "748 B, 3 allocations"]);
    }
}
