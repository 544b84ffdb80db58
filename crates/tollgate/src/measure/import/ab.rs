//! ApacheBench: its report, and the files of `-e` (percentiles) and `-g` (one line a request).

use crate::metric::Statistic;
use crate::quantity::Dimension;
use crate::run::{Data, Resolution};

use super::collect::{Collector, Requests, summary};
use super::fault::Fault;
use super::number;
use super::table::Table;

/// The report and the lines of `-g` give whole milliseconds.
const WHOLE_MS: Resolution = Resolution::Absolute(0.5e6);

pub(super) fn read(text: &str, out: &mut Collector) -> Result<(), Fault> {
    if text.starts_with("Percentage served") {
        percentiles(text, out)
    } else if text.starts_with("starttime\t") {
        lines(text, out)
    } else {
        report(text, out)
    }
}

fn percentiles(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let table = Table::parse(text, ',')?;
    let (percent, time) = (table.column("Percentage served")?, table.column("Time in ms")?);
    let mut values = Vec::new();
    for row in &table.rows {
        let statistic = number::percentile(row.text(percent)).ok_or_else(|| {
            Fault::expected("`Percentage served`", "a percentage", row.text(percent))
                .at_line(row.line)
        })?;
        values.push((statistic, table.number(row, time)?));
    }
    if !values.iter().any(|&(statistic, _)| statistic == Statistic::Max) {
        return Err(Fault::syntax("the percentiles end before 100"));
    }
    out.note("ab's percentiles do not say how many requests failed: import its report too");
    let data = summary(None, 1e6, values);
    let resolution = Resolution::Absolute(500.0);
    out.push_rounded(None, "latency", Dimension::TIME, data, resolution);
    Ok(())
}

fn lines(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let table = Table::parse(text, '\t')?;
    let (start, time) = (table.column("seconds")?, table.column("ttime")?);
    let mut times = Vec::new();
    for row in &table.rows {
        times.push((table.number(row, start)?, table.number(row, time)? * 1e6));
    }
    // ab sorts its lines by duration; the time is only known to the second.
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    out.note("ab's lines do not say which requests failed: import its report too");
    let samples = times.into_iter().map(|(_, time)| time).collect();
    out.push_rounded(None, "latency", Dimension::TIME, Data::Samples(samples), WHOLE_MS);
    Ok(())
}

#[derive(Default)]
struct Report {
    complete: Option<u64>,
    unanswered: u64,
    refused: u64,
    seconds: f64,
    values: Vec<(Statistic, f64)>,
    percentiles: bool,
    ended: bool,
}

fn report(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let mut report = Report::default();
    for (index, line) in text.lines().enumerate() {
        report.line(line, out).map_err(|fault| fault.at_line(index + 1))?;
    }
    let Some(attempted) = report.complete else {
        return Err(Fault::syntax("there is no line `Complete requests`"));
    };
    if attempted == 0 {
        return Err(Fault::empty());
    }
    if !report.ended {
        return Err(Fault::syntax("the report ends before the longest request"));
    }
    let failed = report.refused.saturating_add(report.unanswered).min(attempted);
    let requests = Requests { attempted, failed };
    let worth = out.push_requests(None, requests);
    if report.seconds > 0.0 {
        out.push_throughput(None, requests.succeeded() as f64 / report.seconds);
    }
    if worth {
        let data = summary(Some(attempted), 1e6, report.values);
        out.push_rounded(None, "latency", Dimension::TIME, data, WHOLE_MS);
    }
    Ok(())
}

impl Report {
    fn line(&mut self, line: &str, out: &mut Collector) -> Result<(), Fault> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["Time", "taken", "for", "tests:", seconds, "seconds"] => {
                self.seconds = value(seconds)?;
            }
            ["Complete", "requests:", number] => self.complete = Some(count(number)?),
            ["Non-2xx", "responses:", number] => self.refused = count(number)?,
            ["(Connect:", parts @ ..] => self.failures(parts, out)?,
            ["Total:", min, mean, stddev, median, max] => {
                for (text, statistic) in [
                    (min, Statistic::Min),
                    (mean, Statistic::Mean),
                    (stddev, Statistic::Stddev),
                    (median, Statistic::MEDIAN),
                    (max, Statistic::Max),
                ] {
                    self.values.push((statistic, value(text)?));
                }
            }
            ["Percentage", "of", "the", "requests", "served", ..] => self.percentiles = true,
            [percent, time, rest @ ..] if self.percentiles && percent.ends_with('%') => {
                self.ended |= *rest == ["(longest", "request)"];
                if let Some(statistic) = percent.strip_suffix('%').and_then(number::percentile) {
                    self.values.push((statistic, value(time)?));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// `0, Receive: 0, Length: 20, Exceptions: 0)` after `(Connect:`.
    ///
    /// An answer of another length than the first is no failure: pages differ.
    fn failures(&mut self, parts: &[&str], out: &mut Collector) -> Result<(), Fault> {
        let parts = [&["Connect:"], parts].concat();
        for pair in parts.chunks(2) {
            let [kind, number] = pair else { continue };
            let number = count(number.trim_end_matches([',', ')']))?;
            if *kind != "Length:" {
                self.unanswered = self.unanswered.saturating_add(number);
            } else if number > 0 {
                out.note(format!("{number} answers differed in length, which is no failure here"));
            }
        }
        Ok(())
    }
}

fn value(text: &str) -> Result<f64, Fault> {
    number::finite(text).ok_or_else(|| Fault::expected("a line of the report", "a number", text))
}

fn count(text: &str) -> Result<u64, Fault> {
    text.parse().map_err(|_| Fault::expected("a line of the report", "a count", text))
}
