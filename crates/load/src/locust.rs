//! Results as Locust writes them, for whatever reads Locust's files.
//!
//! Times are in milliseconds. Locust rounds response times below 100 ms to whole milliseconds;
//! here they keep their microseconds. Failures other than time-outs count as requests, and have
//! no response time.

use std::fmt::Write as _;
use std::time::Duration;

use tollgate_stats::histogram::Histogram;

use crate::report::{Operation, Report, Window};

const COLUMNS: &str = "Type,Name,Request Count,Failure Count,Median Response Time,\
Average Response Time,Min Response Time,Max Response Time,Average Content Size,Requests/s,\
Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%";

const HISTORY_COLUMNS: &str = "Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,66%,75%,\
80%,90%,95%,98%,99%,99.9%,99.99%,100%,Total Request Count,Total Failure Count,\
Total Median Response Time,Total Average Response Time,Total Min Response Time,\
Total Max Response Time,Total Average Content Size";

const PERCENTILES: [f64; 11] = [0.5, 0.66, 0.75, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999, 1.0];

/// The `_stats.csv`: a row an operation, and one of all together at the end.
#[must_use]
pub fn stats(report: &Report) -> String {
    let mut out = format!("{COLUMNS}\r\n");
    for operation in &report.operations {
        let (kind, name) = named(operation);
        stats_row(&mut out, &kind, &name, &operation.total(), report.measured);
    }
    stats_row(&mut out, "", "Aggregated", &report.total(), report.measured);
    out
}

/// The `_failures.csv`: a row a kind of failure.
#[must_use]
pub fn failures(report: &Report) -> String {
    let mut out = "Method,Name,Error,Occurrences\r\n".to_owned();
    for failure in &report.failures {
        let operation = report.operations.iter().find(|o| o.name == failure.operation);
        let (kind, name) =
            operation.map_or_else(|| (String::new(), cell(&failure.operation)), named);
        let _ = write!(out, "{kind},{name},{},{}\r\n", cell(&failure.reason), failure.count);
    }
    out
}

/// The `_stats_history.csv`: a row a second, of all operations together. `start_s` is when the
/// measured part began, in seconds since 1970. The count of users is their highest.
#[must_use]
pub fn history(report: &Report, start_s: u64) -> String {
    let mut out = format!("{HISTORY_COLUMNS}\r\n");
    let windows = report.windows();
    let (mut total, mut second) = (Window::default(), Window::default());
    let (mut begin, mut end) = (Duration::ZERO, Duration::ZERO);
    for (at, window) in windows.iter().enumerate() {
        second.merge(window);
        let left = report.measured.saturating_sub(end);
        end += if left.is_zero() { report.window } else { left.min(report.window) };
        // Windows need not fit into seconds: a row ends with the first that reaches the next one.
        if end.as_secs() > begin.as_secs() || at + 1 == windows.len() {
            total.merge(&second);
            let time = start_s + end.as_secs_f64().ceil() as u64;
            history_row(&mut out, time, report.generator.users, &second, &total, end - begin);
            (begin, second) = (end, Window::default());
        }
    }
    out
}

fn history_row(
    out: &mut String,
    time: u64,
    users: u64,
    second: &Window,
    total: &Window,
    length: Duration,
) {
    let (requests, failures) = rates(second, length);
    let _ = write!(
        out,
        "{time},{users},,Aggregated,{requests},{failures},{},{},{},{},{},{}\r\n",
        percentiles(&second.latency),
        total.attempts(),
        total.failed,
        quantile(&total.latency, 0.5).unwrap_or_else(|| "0".to_owned()),
        averages(&total.latency),
        content(total),
    );
}

fn stats_row(out: &mut String, kind: &str, name: &str, total: &Window, measured: Duration) {
    let (requests, failures) = rates(total, measured);
    let _ = write!(
        out,
        "{kind},{name},{},{},{},{},{},{requests},{failures},{}\r\n",
        total.attempts(),
        total.failed,
        quantile(&total.latency, 0.5).unwrap_or_else(|| "0".to_owned()),
        averages(&total.latency),
        content(total),
        percentiles(&total.latency),
    );
}

/// The cells of an operation. A name that repeats the method, `GET /path`, is said once.
fn named(operation: &Operation) -> (String, String) {
    let short = operation.name.strip_prefix(&operation.method).and_then(|n| n.strip_prefix(' '));
    (cell(&operation.method), cell(short.unwrap_or(&operation.name)))
}

/// Requests and failures a second.
fn rates(window: &Window, length: Duration) -> (f64, f64) {
    let seconds = length.as_secs_f64();
    let rate = |count: u64| if seconds > 0.0 { count as f64 / seconds } else { 0.0 };
    (rate(window.attempts()), rate(window.failed))
}

/// Average, least and most.
fn averages(times: &Histogram) -> String {
    let mean = milliseconds(times.mean().unwrap_or(0.0));
    let end = |value: Option<u64>| milliseconds(value.unwrap_or(0) as f64);
    format!("{mean},{},{}", end(times.min()), end(times.max()))
}

fn content(window: &Window) -> f64 {
    window.received as f64 / window.attempts().max(1) as f64
}

fn percentiles(times: &Histogram) -> String {
    let cells = PERCENTILES.map(|q| quantile(times, q).unwrap_or_else(|| "N/A".to_owned()));
    cells.join(",")
}

fn quantile(times: &Histogram, q: f64) -> Option<String> {
    times.quantile(q).map(|ns| milliseconds(ns as f64))
}

/// To the microsecond: `4`, `0.25`.
fn milliseconds(ns: f64) -> String {
    let text = format!("{:.3}", ns / 1e6);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A cell after RFC 4180. What a spreadsheet would take for a formula gets an apostrophe before.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Ended, Failure, Generator};

    /// As a real file has it: the header of what Locust wrote is the header here.
    const REAL: &str = include_str!("../../tollgate/testdata/import/locust/mixed_stats.csv");
    const REAL_HISTORY: &str =
        include_str!("../../tollgate/testdata/import/locust/mixed_stats_history.csv");

    fn window(millis: &[u64], failed: u64) -> Window {
        let times = Histogram::from_values(millis.iter().map(|ms| ms * 1_000_000));
        let succeeded = millis.len() as u64;
        Window {
            latency: times.clone(),
            service: times,
            succeeded,
            failed,
            in_time: succeeded,
            received: 100 * succeeded,
            ..Window::default()
        }
    }

    fn operation(method: &str, name: &str, windows: Vec<Window>) -> Operation {
        Operation { name: name.to_owned(), method: method.to_owned(), windows }
    }

    fn report(operations: Vec<Operation>) -> Report {
        Report {
            operations,
            window: Duration::from_secs(1),
            measured: Duration::from_secs(2),
            ended: Ended::Complete,
            failures: Vec::new(),
            deliveries: None,
            generator: Generator { users: 3, ..Generator::default() },
        }
    }

    fn mixed() -> Report {
        report(vec![
            operation("GET", "GET /a", vec![window(&[1, 2, 3], 0), window(&[4], 1)]),
            operation("POST", "search, \"quoted\"", vec![window(&[], 0), window(&[10, 20], 0)]),
        ])
    }

    #[test]
    fn the_columns_are_those_of_a_real_file() {
        for (text, real) in
            [(stats(&mixed()), REAL), (history(&mixed(), 1_700_000_000), REAL_HISTORY)]
        {
            assert_eq!(text.lines().next(), real.lines().next());
            assert!(text.ends_with("\r\n"));
        }
        assert_eq!(COLUMNS.split(',').count(), 22);
    }

    #[test]
    fn a_row_an_operation_and_all_together_at_the_end() {
        let text = stats(&mixed());
        let rows: Vec<&str> = text.lines().skip(1).collect();
        let starts = [
            "GET,/a,5,1,2.001,",
            "POST,\"search, \"\"quoted\"\"\",2,0,10.002,",
            ",Aggregated,7,1,3,",
        ];
        assert_eq!(rows.len(), starts.len());
        for (row, start) in rows.iter().zip(starts) {
            assert!(row.starts_with(start), "{row}");
        }
        // Seven requests in two seconds, one of which failed; 600 bytes.
        assert!(rows[2].contains(",85.71428571428571,3.5,0.5,"), "{}", rows[2]);
    }

    #[test]
    fn a_load_without_any_answer_has_no_percentiles() {
        let text = stats(&report(vec![operation("GET", "GET /a", vec![window(&[], 4)])]));
        let row = "GET,/a,4,4,0,0,0,0,0,2,2,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A";
        assert_eq!(text.lines().nth(1), Some(row));
    }

    #[test]
    fn no_cell_is_a_formula_or_breaks_out_of_its_row() {
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("@SUM(A1,A2)"), "\"'@SUM(A1,A2)\"");
        assert_eq!(cell("a\r\nb\""), "\"a\r\nb\"\"\"");
        assert_eq!(cell("/a-b"), "/a-b");
        assert_eq!(cell(""), "");
    }

    #[test]
    fn failures_are_counted_by_reason() {
        let mut report = mixed();
        let reason = "-refused, \"at once\"".to_owned();
        report.failures = vec![Failure { operation: "GET /a".to_owned(), reason, count: 1 }];
        let expected = "Method,Name,Error,Occurrences\r\n\
                        GET,/a,\"'-refused, \"\"at once\"\"\",1\r\n";
        assert_eq!(failures(&report), expected);
    }

    fn picked(text: &str) -> Vec<String> {
        let cells = |row: &str| row.split(',').map(str::to_owned).collect::<Vec<_>>();
        let rows = text.lines().skip(1).map(cells);
        rows.map(|row| [0, 1, 4, 5, 17, 18].map(|at| row[at].clone()).join(" ")).collect()
    }

    #[test]
    fn history_counts_up_and_tells_each_second() {
        let rows = picked(&history(&mixed(), 1_700_000_000));
        assert_eq!(rows, ["1700000001 3 3 0 3 0", "1700000002 3 4 1 7 1"]);
    }

    #[test]
    fn windows_of_any_length_are_a_row_a_second() {
        let windows = |count| (0..count).map(|_| window(&[1], 0)).collect::<Vec<_>>();
        let of = |millis, measured, count| Report {
            window: Duration::from_millis(millis),
            measured: Duration::from_millis(measured),
            ..report(vec![operation("GET", "GET /a", windows(count))])
        };
        // Four windows a second, and a half one at the end.
        let rows = picked(&history(&of(250, 1_125, 5), 100));
        assert_eq!(rows, ["101 3 4 0 4 0", "102 3 8 0 5 0"]);
        let rows = picked(&history(&of(2_500, 5_000, 2), 100));
        assert_eq!(rows, ["103 3 0.4 0 1 0", "105 3 0.4 0 2 0"]);
        assert_eq!(picked(&history(&of(250, 0, 0), 100)), [""; 0]);
    }
}
