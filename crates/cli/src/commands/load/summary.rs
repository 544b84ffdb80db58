//! What came of a load, for a person: one page, the most important first.

use std::fmt::Write as _;
use std::time::Duration;

use tollgate::report::{Style, visible};
use tollgate_load::report::{Deliveries, Ended, Generator, Operation, Report, Window};
use tollgate_stats::histogram::Histogram;

use super::bars::bars;
use super::figures::{
    self, byte_rate, bytes, count, enough, length, paint, percentile, plural, rate, share,
};
use super::table::lines;

/// Percentiles of the summary, by name.
const PERCENTILES: [(&str, f64); 5] =
    [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p99.9", 0.999)];

/// Kinds of failures that are shown.
const FAILURES: usize = 10;

/// Delays of sending that are no more than this are nobody's business.
const LATE: Duration = Duration::from_millis(1);

/// How late requests were sent is told by the highest of these that they are enough for.
const LATENESS: [(&str, f64); 3] = [("p99", 0.99), ("p90", 0.9), ("p50", 0.5)];

/// A shorter load is little but its own beginning.
const LONG_ENOUGH: Duration = Duration::from_secs(1);

/// A generator that is busy for a larger part may be slower than what it measures.
const BUSY: f64 = 0.8;

/// The whole summary.
pub fn text(report: &Report, style: &Style) -> String {
    let total = report.total();
    let mut out = String::new();
    totals(&mut out, report, &total, style);
    times(&mut out, &total, style);
    let bars = bars(&total.latency);
    if !bars.is_empty() {
        section(&mut out, "how long responses took", &bars, style);
    }
    if report.operations.len() > 1 {
        section(&mut out, "operations", &operations(report), style);
    }
    failures(&mut out, report, style);
    section(&mut out, "load generator", &generator(report, &total), style);
    for note in notes(report, &total) {
        let _ = writeln!(out, "{}", paint(&note, "33", style.colour));
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn section(out: &mut String, title: &str, text: &str, style: &Style) {
    let _ = writeln!(out, "{}\n{text}", paint(title, "1", style.colour));
}

fn totals(out: &mut String, report: &Report, total: &Window, style: &Style) {
    let attempts = total.attempts();
    let over = report.measured;
    let row = |name: &str, value: String, more: String| vec![name.to_owned(), value, more];
    let mut rows = vec![
        row("requests", count(attempts), format!("in {}", length(over))),
        row("throughput", rate(total.in_time, over), "successes that ended in time".to_owned()),
        row("succeeded", count(total.succeeded), share(total.succeeded, attempts)),
        row("failed", count(total.failed), share(total.failed, attempts)),
        row("received", bytes(total.received), byte_rate(total.received, over)),
    ];
    if total.failed > 0 {
        for cell in &mut rows[3] {
            *cell = paint(cell, "31", style.colour);
        }
    }
    let _ = writeln!(out, "{}", lines(&rows, &[0, 2], "  "));
}

fn times(out: &mut String, total: &Window, style: &Style) {
    if total.latency.is_empty() {
        return;
    }
    let both = |of: &dyn Fn(&Histogram) -> String| [of(&total.latency), of(&total.service)];
    let row = |name: &str, [latency, service]: [String; 2]| vec![name.to_owned(), latency, service];
    let ns = |value: Option<f64>| value.map_or(figures::TOO_FEW.to_owned(), figures::time);
    let mut rows = vec![row("", ["response time".to_owned(), "service time".to_owned()])];
    rows.push(row("mean", both(&|times| ns(times.mean()))));
    for (name, q) in PERCENTILES {
        rows.push(row(name, both(&|times| percentile(times, q))));
    }
    rows.push(row("max", both(&|times| ns(times.max().map(|max| max as f64)))));
    let text = lines(&rows, &[0], "  ");
    let (title, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let _ = writeln!(out, "{}\n{rest}", paint(title, "1", style.colour));
    let few = PERCENTILES.iter().find(|(_, q)| !enough(total.latency.count(), *q));
    if let Some((name, q)) = few {
        out.truncate(out.trim_end().len());
        let _ = writeln!(
            out,
            "\n  {}: too few requests to tell; {name} needs {}\n",
            figures::TOO_FEW,
            count(figures::needed(*q))
        );
    }
}

fn operations(report: &Report) -> String {
    let titles = ["", "requests", "failed", "rate", "p50", "p95", "p99"];
    let mut rows = vec![titles.map(str::to_owned).to_vec()];
    rows.extend(
        report.operations.iter().map(|operation| operation_row(operation, report.measured)),
    );
    lines(&rows, &[0], "  ")
}

fn operation_row(operation: &Operation, measured: Duration) -> Vec<String> {
    let total = operation.total();
    vec![
        visible(&operation.name),
        count(total.attempts()),
        count(total.failed),
        rate(total.attempts(), measured),
        percentile(&total.latency, 0.5),
        percentile(&total.latency, 0.95),
        percentile(&total.latency, 0.99),
    ]
}

fn failures(out: &mut String, report: &Report, style: &Style) {
    let mut kinds: Vec<_> = report.failures.iter().collect();
    if kinds.is_empty() {
        return;
    }
    kinds.sort_by_key(|failure| std::cmp::Reverse(failure.count));
    let several = report.operations.len() > 1;
    let mut rows: Vec<Vec<String>> = kinds
        .iter()
        .take(FAILURES)
        .map(|failure| {
            let reason = visible(&failure.reason);
            let mut row = vec![count(failure.count), reason];
            if several {
                row.insert(1, visible(&failure.operation));
            }
            row
        })
        .collect();
    let more: u64 = kinds.iter().skip(FAILURES).map(|failure| failure.count).sum();
    if more > 0 {
        rows.push(vec![count(more), "of other kinds".to_owned()]);
    }
    section(out, "failures", &lines(&rows, &[1, 2], "  "), style);
}

fn generator(report: &Report, total: &Window) -> String {
    let Generator { threads, connects, users, .. } = &report.generator;
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let busy = show_share(busy(report));
    let lateness = match lateness(total) {
        Some((name, ns)) => format!("{} ({name})", figures::time(ns)),
        None => figures::TOO_FEW.to_owned(),
    };
    let mut rows = vec![
        row("busy", format!("{busy} of {}", plural(u64::from(*threads), "thread"))),
        row("users", format!("{} on {}", count(*users), plural(*connects, "new connection"))),
        row("sent late by", lateness),
    ];
    if let Some(Deliveries { lost, duplicates }) = report.deliveries
        && lost + duplicates > 0
    {
        rows.push(row("deliveries", format!("{} lost, {} twice", count(lost), count(duplicates))));
    }
    lines(&rows, &[0, 1], "  ")
}

fn show_share(part: f64) -> String {
    tollgate::quantity::show(part, tollgate::quantity::Dimension::SHARE)
}

/// The part of its threads' time in which the generator worked.
pub fn busy(report: &Report) -> f64 {
    let available = report.measured.as_secs_f64() * f64::from(report.generator.threads);
    if available > 0.0 { report.generator.cpu.as_secs_f64() / available } else { 0.0 }
}

/// What a person should know before believing the figures.
pub fn notes(report: &Report, total: &Window) -> Vec<String> {
    let mut notes = Vec::new();
    let after = length(report.measured);
    match &report.ended {
        Ended::Interrupted => notes.push(format!("partial: interrupted after {after}")),
        Ended::Exhausted => notes.push(format!("ended after {after}: a feed had no rows left")),
        Ended::Complete | Ended::Count | Ended::Decided => {}
    }
    if let Some((name, late)) = lateness(total).filter(|(_, late)| matters(*late, total)) {
        notes.push(format!(
            "requests were sent up to {} late ({name}): response time counts the wait, service \
             time does not",
            figures::time(late)
        ));
    }
    let Generator { due, begun, .. } = report.generator;
    if begun < due {
        notes.push(format!(
            "the rate was not reached: {} of {} tasks that were due did not begin",
            count(due - begun),
            count(due)
        ));
    }
    if busy(report) > BUSY && report.measured >= LONG_ENOUGH {
        notes.push("the load generator was busy: figures may be its own limits".to_owned());
    }
    notes
}

/// How late requests were sent, in nanoseconds, with the percentile that says so.
fn lateness(total: &Window) -> Option<(&'static str, f64)> {
    let times = &total.lateness;
    let (name, q) = LATENESS.into_iter().find(|(_, q)| enough(times.count(), *q))?;
    times.quantile(q).map(|ns| (name, ns as f64))
}

/// Whether so much lateness is worth a word: a tenth of what the service takes, or more.
fn matters(late: f64, total: &Window) -> bool {
    let usual = total.service.quantile(0.5).unwrap_or(0) as f64;
    late > LATE.as_nanos() as f64 && late > usual / 10.0
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    const STYLE: Style = Style { colour: false, width: 100, quiet: false };

    #[test]
    fn a_healthy_service_fits_a_page() {
        insta::assert_snapshot!(text(&sample::healthy(), &STYLE));
    }

    #[test]
    fn what_went_wrong_is_told() {
        insta::assert_snapshot!(text(&sample::troubled(), &STYLE));
    }

    #[test]
    fn a_service_that_never_answered_has_no_times() {
        insta::assert_snapshot!(text(&sample::dead(), &STYLE));
    }

    #[test]
    fn colour_marks_headings_failures_and_notes() {
        let painted = text(&sample::troubled(), &Style { colour: true, ..STYLE });
        let plain = console::strip_ansi_codes(&painted).into_owned();
        assert_eq!(plain, text(&sample::troubled(), &STYLE));
        assert!(painted.contains("\x1b[1mfailures\x1b[0m"), "{painted}");
        assert!(painted.contains("\x1b[33mpartial: interrupted after 3.2 s\x1b[0m"), "{painted}");
    }

    #[test]
    fn no_line_ends_in_spaces() {
        for report in [sample::healthy(), sample::troubled(), sample::dead()] {
            for line in text(&report, &STYLE).lines() {
                assert_eq!(line.trim_end(), line);
            }
        }
    }

    #[test]
    fn a_load_that_nobody_saw_anything_of_is_shown_all_the_same() {
        let report = Report { operations: Vec::new(), measured: Duration::ZERO, ..sample::dead() };
        assert!(text(&report, &STYLE).contains("0/s"));
    }
}
