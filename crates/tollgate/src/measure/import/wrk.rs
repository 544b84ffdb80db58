//! The report of wrk, and of wrk2, whose first distribution is the corrected one.
//!
//! Two decimals are printed of a number whose unit depends on its size. Answers after the
//! time-out are counted as requests but not in the latencies.

use crate::metric::Statistic;
use crate::quantity::Dimension;
use crate::run::Resolution;

use super::collect::{Collector, Requests, summary};
use super::fault::{Fault, excerpt};
use super::number;

#[derive(Default)]
struct Report {
    requests: Option<u64>,
    per_second: Option<f64>,
    failed: u64,
    /// Attempts that `requests` does not count.
    unanswered: u64,
    timeouts: u64,
    values: Vec<(Statistic, f64)>,
    distributions: u32,
    complete: bool,
}

pub(super) fn read(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let mut report = Report::default();
    for (index, line) in text.lines().enumerate() {
        report.line(line.trim()).map_err(|fault| fault.at_line(index + 1))?;
    }
    let (Some(completed), Some(per_second), true) =
        (report.requests, report.per_second, report.complete)
    else {
        return Err(Fault::syntax("the report ends before `Transfer/sec`"));
    };
    let requests = Requests {
        attempted: completed.saturating_add(report.unanswered),
        failed: report.failed.min(completed).saturating_add(report.unanswered),
    };
    if requests.attempted == 0 {
        return Err(Fault::empty());
    }
    let worth = out.push_requests(None, requests);
    let succeeded = requests.succeeded() as f64 / completed.max(1) as f64;
    out.push_throughput(None, per_second * succeeded);
    // Without a single time all are printed as 0.
    let timed = report.values.iter().any(|&(_, value)| value > 0.0);
    if report.timeouts > 0 {
        out.note(format!("{} answers after the time-out are in no latency", report.timeouts));
    }
    if worth && timed {
        let n = completed.saturating_sub(report.timeouts);
        let data = summary(Some(n), 1.0, report.values);
        out.push_rounded(None, "latency", Dimension::TIME, data, rounding());
    }
    Ok(())
}

/// Half of the second decimal of µs, ms, s and min.
fn rounding() -> Resolution {
    Resolution::Steps(vec![
        (999_999.0, 5.0),
        (999_999_999.0, 5e3),
        (59_999_999_999.0, 5e6),
        (f64::MAX, 300e6),
    ])
}

impl Report {
    fn line(&mut self, line: &str) -> Result<(), Fault> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["Latency", "Distribution", ..] => self.distributions += 1,
            ["Latency", mean, stddev, max, ..] => {
                for (text, statistic) in
                    [(mean, Statistic::Mean), (stddev, Statistic::Stddev), (max, Statistic::Max)]
                {
                    self.values.push((statistic, time(text)?));
                }
            }
            [percent, value] if self.distributions == 1 && percent.ends_with('%') => {
                let statistic = percent.strip_suffix('%').and_then(number::percentile);
                let statistic =
                    statistic.ok_or_else(|| Fault::expected(line, "a percentile", percent))?;
                if statistic != Statistic::Max {
                    self.values.push((statistic, time(value)?));
                }
            }
            [requests, "requests", "in", ..] => self.requests = Some(count(requests)?),
            ["Non-2xx", "or", "3xx", "responses:", failed] => {
                self.failed = self.failed.saturating_add(count(failed)?);
            }
            ["Socket", "errors:", pairs @ ..] => self.socket_errors(pairs)?,
            ["Requests/sec:", rate] => self.per_second = number::finite(rate),
            ["Transfer/sec:", ..] => self.complete = true,
            _ => {}
        }
        Ok(())
    }

    /// `connect 0, read 0, write 0, timeout 6`.
    fn socket_errors(&mut self, pairs: &[&str]) -> Result<(), Fault> {
        for pair in pairs.chunks(2) {
            let [kind, number] = pair else {
                return Err(Fault::syntax("an error is not counted"));
            };
            let number = count(number.trim_end_matches(','))?;
            if *kind == "timeout" {
                self.timeouts = number;
                self.failed = self.failed.saturating_add(number);
            } else {
                self.unanswered = self.unanswered.saturating_add(number);
            }
        }
        Ok(())
    }
}

fn time(text: &str) -> Result<f64, Fault> {
    number::duration(text).ok_or_else(|| Fault::expected("a line of the report", "a time", text))
}

fn count(text: &str) -> Result<u64, Fault> {
    text.parse().map_err(|_| Fault::expected("a line of the report", "a count", &excerpt(text)))
}
