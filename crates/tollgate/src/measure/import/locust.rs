//! Locust's `_stats.csv`, `_stats_history.csv` and `--json` results.
//!
//! Locust rounds response times before it counts them: below 100 ms to 1 ms, below 1 s to 10 ms,
//! below 10 s to 100 ms, else to 1 s. Halves go to the even neighbour, so that both edges of a
//! step belong to it.

use std::collections::BTreeMap;

use tollgate_stats::histogram::Histogram;

use crate::metric::Statistic;
use crate::quantity::Dimension;
use crate::run::{Data, Point, Resolution, Share};

use super::collect::{Collector, Requests, of, summary};
use super::fault::{Fault, excerpt};
use super::json::{self, Node};
use super::number;
use super::table::{Row, Table};

/// The longest run whose seconds are counted one by one.
const LONGEST_S: u64 = 1_000_000;

/// A printed 100 ms may stand for 105 ms; a printed 99 ms for 99.5 ms at most.
fn rounding() -> Resolution {
    Resolution::Steps(vec![(99.0e6, 0.5e6), (990.0e6, 5e6), (9900.0e6, 50e6), (f64::MAX, 500e6)])
}

/// `GET /path`; none for the row of all requests together.
fn operation(kind: &str, name: &str) -> Option<String> {
    match (kind, name) {
        ("", "Aggregated" | "Total") => None,
        ("", name) => Some(name.to_owned()),
        (kind, name) => Some(format!("{kind} {name}")),
    }
}

/// The columns of percentiles, the largest left out: the maximum is stated unrounded elsewhere.
fn percentiles(table: &Table) -> Vec<(usize, Statistic)> {
    table
        .header()
        .filter_map(|(column, name)| Some((column, number::percentile(name.strip_suffix('%')?)?)))
        .filter(|&(_, statistic)| statistic != Statistic::Max)
        .collect()
}

pub(super) fn stats(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let table = Table::parse(text, ',')?;
    let column = |name: &str| table.column(name);
    let (kind, name) = (column("Type")?, column("Name")?);
    let (requests, failures) = (column("Request Count")?, column("Failure Count")?);
    let (rate, failure_rate) = (column("Requests/s")?, column("Failures/s")?);
    for row in &table.rows {
        let operation = operation(row.text(kind), row.text(name));
        let operation = operation.as_deref();
        let counted = Requests {
            attempted: table.count(row, requests)?,
            failed: table.count(row, failures)?,
        };
        if counted.attempted == 0 {
            out.note(format!("there are no requests{}", of(operation)));
            continue;
        }
        plausible(counted, row)?;
        let worth = out.push_requests(operation, counted);
        let per_second = table.number(row, rate)? - table.number(row, failure_rate)?;
        out.push_throughput(operation, per_second.max(0.0));
        if worth {
            let names = ["Average Response Time", "Min Response Time", "Max Response Time"];
            let data = latency(&table, row, counted, names, &percentiles(&table))?;
            out.push_rounded(operation, "latency", Dimension::TIME, data, rounding());
        }
    }
    Ok(())
}

fn plausible(Requests { attempted, failed }: Requests, row: &Row) -> Result<(), Fault> {
    if failed > attempted {
        let message = format!("{failed} of {attempted} requests cannot have failed");
        return Err(Fault::impossible(message).at_line(row.line));
    }
    Ok(())
}

fn latency(
    table: &Table,
    row: &Row,
    counted: Requests,
    [mean, min, max]: [&str; 3],
    percentiles: &[(usize, Statistic)],
) -> Result<Data, Fault> {
    let mut values = Vec::new();
    for (name, statistic) in [(mean, Statistic::Mean), (min, Statistic::Min), (max, Statistic::Max)]
    {
        values.push((statistic, table.number(row, table.column(name)?)?));
    }
    for &(column, statistic) in percentiles {
        if row.text(column) != "N/A" {
            values.push((statistic, table.number(row, column)?));
        }
    }
    Ok(summary(Some(counted.attempted), 1e6, values))
}

/// What the rows of one operation said so far.
#[derive(Default)]
struct Progress {
    at_s: f64,
    attempted: u64,
    failed: u64,
    shares: Vec<Share>,
    rates: Vec<f64>,
    last: Option<usize>,
}

impl Progress {
    /// Takes a row's totals; the difference to the row before is a window.
    fn advance(&mut self, at_s: f64, totals: Requests, row: usize) -> bool {
        let reset = totals.attempted < self.attempted || totals.failed < self.failed;
        if self.last.is_some() && !reset && at_s <= self.at_s {
            // A second row of the same second waits for the next.
            return at_s >= self.at_s;
        }
        if reset {
            *self = Progress::default();
        }
        if self.last.is_some() {
            let of = totals.attempted - self.attempted;
            let hits = (totals.failed - self.failed).min(of);
            if of > 0 {
                self.shares.push(Share { hits, of });
            }
            self.rates.push((of - hits) as f64 / (at_s - self.at_s));
        } else if totals.attempted > 0 {
            self.shares.push(Share { hits: totals.failed, of: totals.attempted });
        }
        (self.at_s, self.attempted, self.failed) = (at_s, totals.attempted, totals.failed);
        self.last = Some(row);
        true
    }
}

pub(super) fn history(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let table = Table::parse(text, ',')?;
    let column = |name: &str| table.column(name);
    let (time, users) = (column("Timestamp")?, column("User Count")?);
    let (kind, name) = (column("Type")?, column("Name")?);
    let (requests, failures) = (column("Total Request Count")?, column("Total Failure Count")?);
    let mut operations: BTreeMap<Option<String>, Progress> = BTreeMap::new();
    let mut points: Vec<Point> = Vec::new();
    for (index, row) in table.rows.iter().enumerate() {
        let at_s = table.number(row, time)?;
        let totals = Requests {
            attempted: table.count(row, requests)?,
            failed: table.count(row, failures)?,
        };
        plausible(totals, row)?;
        let operation = operation(row.text(kind), row.text(name));
        if operation.is_none() {
            let start = table.number(&table.rows[0], time)?;
            let value = table.count(row, users)? as f64;
            points.push(Point { at_ns: (at_s - start) * 1e9, value });
        }
        if !operations.entry(operation).or_default().advance(at_s, totals, index) {
            return Err(Fault::impossible("the time runs backwards").at_line(row.line));
        }
    }
    let full = operations.keys().any(Option::is_some);
    if full {
        out.note("percentiles of a full history are those of ten seconds: they are left out");
    }
    let mut measured = false;
    for (operation, progress) in operations {
        measured |= progress.attempted > 0;
        push_history(&table, operation.as_deref(), progress, full, out)?;
    }
    if measured {
        out.push(None, "users", Dimension::COUNT, Data::Points(points));
    }
    Ok(())
}

fn push_history(
    table: &Table,
    operation: Option<&str>,
    progress: Progress,
    full: bool,
    out: &mut Collector,
) -> Result<(), Fault> {
    let counted = Requests { attempted: progress.attempted, failed: progress.failed };
    let Some(last) = progress.last.map(|last| &table.rows[last]) else { return Ok(()) };
    if counted.attempted == 0 {
        out.note(format!("there are no requests{}", of(operation)));
        return Ok(());
    }
    let total = Data::Total(counted.attempted as f64);
    out.push(operation, "requests", Dimension::COUNT, total);
    out.push(operation, "errors", Dimension::SHARE, Data::Shares(progress.shares));
    if !progress.rates.is_empty() {
        out.push(operation, "throughput", Dimension::RATE, Data::Samples(progress.rates));
    }
    if counted.succeeded() == 0 {
        out.note(format!("all requests{} failed: their latencies are not imported", of(operation)));
        return Ok(());
    }
    let names =
        ["Total Average Response Time", "Total Min Response Time", "Total Max Response Time"];
    let mut percentiles = if full { Vec::new() } else { percentiles(table) };
    if let Some(median) = table.find("Total Median Response Time").filter(|_| full) {
        percentiles.push((median, Statistic::MEDIAN));
    }
    let data = latency(table, last, counted, names, &percentiles)?;
    out.push_rounded(operation, "latency", Dimension::TIME, data, rounding());
    Ok(())
}

pub(super) fn json(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let json = json::parse(text)?;
    let mut all = Histogram::new();
    let mut sum = Requests { attempted: 0, failed: 0 };
    let mut seconds: BTreeMap<u64, i64> = BTreeMap::new();
    for entry in json.root().items()? {
        let method = entry.find("method").map_or(Ok(""), |method| method.text())?;
        let name = operation(method, entry.member("name")?.text()?);
        let name = name.as_deref();
        let counted = Requests {
            attempted: entry.member("num_requests")?.count()?,
            failed: entry.member("num_failures")?.count()?,
        };
        if counted.failed > counted.attempted {
            let message = format!("more requests{} failed than were sent", of(name));
            return Err(Fault::impossible(message));
        }
        sum.attempted = sum.attempted.saturating_add(counted.attempted);
        sum.failed = sum.failed.saturating_add(counted.failed);
        per_second(&entry, "num_reqs_per_sec", 1, &mut seconds)?;
        per_second(&entry, "num_fail_per_sec", -1, &mut seconds)?;
        let times = histogram(&entry.member("response_times")?)?;
        all.merge(&times);
        if out.push_requests(name, counted) && !times.is_empty() {
            let data = Data::Histograms(vec![times]);
            out.push_rounded(name, "latency", Dimension::TIME, data, rounding());
        }
    }
    if out.push_requests(None, sum) && !all.is_empty() {
        let data = Data::Histograms(vec![all]);
        out.push_rounded(None, "latency", Dimension::TIME, data, rounding());
    }
    let rates = rates(&seconds)?;
    if !rates.is_empty() {
        out.push(None, "throughput", Dimension::RATE, Data::Samples(rates));
    }
    Ok(())
}

fn histogram(times: &Node<'_>) -> Result<Histogram, Fault> {
    let mut counts = Vec::new();
    for (time, count) in times.members()? {
        let value = number::finite(time)
            .map(|milliseconds| milliseconds * 1e6)
            .filter(|nanoseconds| (0.0..1.8e19).contains(nanoseconds))
            .ok_or_else(|| Fault::expected("`response_times`", "milliseconds", time))?;
        counts.push((value.round() as u64, count.count()?));
    }
    Ok(Histogram::from_counts(counts))
}

fn per_second(
    entry: &Node<'_>,
    member: &str,
    sign: i64,
    seconds: &mut BTreeMap<u64, i64>,
) -> Result<(), Fault> {
    let Some(counts) = entry.find(member) else { return Ok(()) };
    for (second, count) in counts.members()? {
        let at = second
            .parse()
            .map_err(|_| Fault::expected(&format!("`{member}`"), "a second", &excerpt(second)))?;
        let count = i64::try_from(count.count()?).unwrap_or(i64::MAX);
        let entry = seconds.entry(at).or_default();
        *entry = entry.saturating_add(sign.saturating_mul(count));
    }
    Ok(())
}

/// Successes of each full second: the first and the last were cut, and a second without an entry
/// had none.
fn rates(seconds: &BTreeMap<u64, i64>) -> Result<Vec<f64>, Fault> {
    let (Some((&first, _)), Some((&last, _))) =
        (seconds.first_key_value(), seconds.last_key_value())
    else {
        return Ok(Vec::new());
    };
    if last - first > LONGEST_S {
        return Err(Fault::impossible("its seconds span more than eleven days"));
    }
    let rate = |second: u64| seconds.get(&second).map_or(0.0, |&count| count.max(0) as f64);
    Ok((first.saturating_add(1)..last).map(rate).collect())
}
