//! Latencies as HdrHistogram's tools read them: the interval log (`.hlog`), a histogram a window,
//! and the percentile table (`.hgrm`) that its plotters draw.

use std::fmt::Write as _;
use std::time::Duration;

use tollgate_stats::histogram::{Histogram, HistogramError};

use crate::report::{Report, Window};

/// Values are kept in nanoseconds; what a person reads is in milliseconds.
const UNIT: f64 = 1e6;

/// Lines of the table while the distance to 100 % halves once.
const TICKS: f64 = 5.0;

/// The latencies of every window. `start_ms` is when the measured part began, in milliseconds
/// since 1970. Several operations have lines of their own with their name as the tag; lines
/// without a tag are all together, which is what tools read unless told otherwise.
///
/// # Errors
/// When a histogram's counts do not fit the format.
pub fn log(report: &Report, start_ms: u64) -> Result<String, HistogramError> {
    let start = start_ms as f64 / 1e3;
    let mut out = format!(
        "#[Histogram log format version 1.3]\n\
         #[BaseTime: {start:.3} (seconds since epoch)]\n\
         #[StartTime: {start:.3} (seconds since epoch)]\n\
         \"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\
         \"Interval_Compressed_Histogram\"\n"
    );
    let several = report.operations.len() > 1;
    for (at, window) in (0_u32..).zip(report.windows()) {
        let begin = report.window * at;
        let left = report.measured.saturating_sub(begin);
        let length = if left.is_zero() { report.window } else { left.min(report.window) };
        line(&mut out, None, begin, length, &window)?;
        for operation in report.operations.iter().filter(|_| several) {
            let Some(window) = operation.windows.get(at as usize) else { continue };
            line(&mut out, Some(&operation.name), begin, length, window)?;
        }
    }
    Ok(out)
}

fn line(
    out: &mut String,
    name: Option<&str>,
    begin: Duration,
    length: Duration,
    window: &Window,
) -> Result<(), HistogramError> {
    if let Some(name) = name {
        let _ = write!(out, "Tag={},", tag(name));
    }
    let max = window.latency.max().unwrap_or(0) as f64 / UNIT;
    let (begin, length) = (begin.as_secs_f64(), length.as_secs_f64());
    let payload = window.latency.to_hdr_base64()?;
    let _ = writeln!(out, "{begin:.3},{length:.3},{max:.3},{payload}");
    Ok(())
}

/// A tag has no comma and no space.
fn tag(name: &str) -> String {
    let fits = |c: char| if c == ',' || c.is_whitespace() || c.is_control() { '_' } else { c };
    name.chars().map(fits).collect()
}

/// The percentile table, in milliseconds.
#[must_use]
pub fn table(times: &Histogram) -> String {
    let mut out = format!(
        "{:>12} {:>14} {:>10} {:>14}\n\n",
        "Value", "Percentile", "TotalCount", "1/(1-Percentile)"
    );
    let total = times.count();
    let (mut seen, mut level) = (0_u64, 0.0);
    for (_, high, count) in times.iter() {
        seen = seen.saturating_add(count);
        let value = high as f64 / UNIT;
        while 100.0 * seen as f64 / total as f64 >= level {
            let share = level / 100.0;
            let distance = 1.0 / (1.0 - share);
            let _ = writeln!(out, "{value:>12.3} {share:>2.12} {seen:>10} {distance:>14.2}");
            level = next(level);
            if seen == total {
                let _ = writeln!(out, "{value:>12.3} {:>2.12} {seen:>10}", 1.0);
                break;
            }
        }
    }
    summary(&mut out, times);
    out
}

/// The next percentage a line stands for; the closer to 100, the smaller the step.
fn next(level: f64) -> f64 {
    let halvings = (100.0 / (100.0 - level)).log2().floor();
    level + 100.0 / (TICKS * (halvings + 1.0).exp2())
}

fn summary(out: &mut String, times: &Histogram) {
    let (mean, deviation) = moments(times);
    let max = times.max().unwrap_or(0) as f64;
    let (mean, deviation, max) = (mean / UNIT, deviation / UNIT, max / UNIT);
    let count = times.count();
    let _ = writeln!(out, "#[Mean    = {mean:>12.3}, StdDeviation   = {deviation:>12.3}]");
    let _ = writeln!(out, "#[Max     = {max:>12.3}, Total count    = {count:>12}]");
    let _ = writeln!(out, "#[Buckets = {:>12}, SubBuckets     = {:>12}]", buckets(times), 2048);
}

/// Mean and standard deviation, each value at the middle of its bucket as HdrHistogram has it.
fn moments(times: &Histogram) -> (f64, f64) {
    let middles = || times.iter().map(|(low, high, n)| (low + (high - low).div_ceil(2), n as f64));
    let count = times.count().max(1) as f64;
    let mean = middles().map(|(value, n)| value as f64 * n).sum::<f64>() / count;
    let squares = middles().map(|(value, n)| (value as f64 - mean) * (value as f64 - mean) * n);
    (mean, (squares.sum::<f64>() / count).sqrt())
}

/// Powers of two that HdrHistogram would hold to reach the largest value.
fn buckets(times: &Histogram) -> u32 {
    let bits = u64::BITS - times.max().unwrap_or(0).leading_zeros();
    bits.saturating_sub(11) + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Ended, Generator, Operation};

    /// What `testdata/hdr/make.py` wrote with the Python package `hdrhistogram`.
    const TABLE: &str = include_str!("../testdata/hdr/table.hgrm");

    /// The log below, which `testdata/hdr/make.py` reads with the same package.
    const LOG: &str = include_str!("../testdata/hdr/log.hlog");

    /// The values of `make.py`, in nanoseconds: squares, so that the tail is long.
    fn values(from: u64, to: u64) -> Histogram {
        Histogram::from_values((from..to).map(|i| 250_000 + i * i * 17))
    }

    fn window(latency: Histogram) -> Window {
        Window { succeeded: latency.count(), latency, ..Window::default() }
    }

    fn operation(name: &str, windows: &[(u64, u64)]) -> Operation {
        let windows = windows.iter().map(|&(from, to)| window(values(from, to))).collect();
        Operation { name: name.to_owned(), method: "GET".to_owned(), windows }
    }

    fn report() -> Report {
        Report {
            operations: vec![
                operation("GET /a", &[(0, 400), (400, 700), (700, 1000)]),
                operation("search, all", &[(0, 0), (1000, 1500)]),
            ],
            window: Duration::from_secs(1),
            measured: Duration::from_millis(2_500),
            ended: Ended::Complete,
            failures: Vec::new(),
            deliveries: None,
            generator: Generator::default(),
        }
    }

    #[test]
    fn the_table_is_the_one_hdrhistogram_makes_of_the_same_values() {
        assert_eq!(table(&values(0, 5000)), TABLE);
    }

    #[test]
    fn a_table_of_nothing_has_no_lines() {
        let text = table(&Histogram::new());
        assert_eq!(text.lines().count(), 5);
        assert!(!text.contains("NaN"), "{text}");
    }

    #[test]
    fn one_value_is_all_percentiles() {
        let text = table(&Histogram::from_values([2_000_000]));
        let line = "       2.001 0.000000000000          1           1.00";
        assert_eq!(text.lines().nth(2), Some(line));
        assert!(text.lines().nth(3).unwrap().ends_with("1.000000000000          1"), "{text}");
    }

    #[test]
    fn the_log_is_the_one_that_hdrhistogram_read() {
        // The deflated bytes may differ with the compressor; what they hold may not.
        let fields = |text: &str| -> Vec<(String, Option<Histogram>)> {
            let line = |line: &str| match line.rsplit_once(",HISTF") {
                Some((start, end)) => {
                    let read = Histogram::from_hdr_base64(&format!("HISTF{end}")).unwrap();
                    (start.to_owned(), Some(read))
                }
                None => (line.to_owned(), None),
            };
            text.lines().map(line).collect()
        };
        let text = log(&report(), 1_700_000_000_250).unwrap();
        assert!(fields(&text) == fields(LOG), "the log is another one");
    }

    #[test]
    fn tags_are_one_word() {
        assert_eq!(tag("search, all\n"), "search__all_");
    }
}
