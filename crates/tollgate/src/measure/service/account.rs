//! What a load's report says, as series that can be judged.

use tollgate_load::report::{Failure, Report, Window};

use crate::budget::{Bound, Budget};
use crate::judge::{self, Finding, Strictness, Verdict};
use crate::measure::process::single;
use crate::quantity::Dimension;
use crate::run::{
    Data, FORMAT, Machine, Outcome, PlannedTrials, Point, Run, RunHead, RunState, Series, Share,
    Trial,
};

/// The name of the series that the growth of the latency is read from.
const OVER_TIME: &str = "latency over time";

/// The series of the whole case and of every operation that was tried.
pub(super) fn series(report: &Report) -> Vec<Series> {
    let mut all = of_windows(None, report, &report.windows());
    for operation in &report.operations {
        all.extend(of_windows(Some(&operation.name), report, &operation.windows));
    }
    all.push(single("connects", report.generator.connects as f64, None));
    // Where nobody waits for a message none is lost, and a promise about it is not kept but idle.
    if let Some(deliveries) = report.deliveries {
        all.push(single("lost", deliveries.lost as f64, None));
        all.push(single("duplicates", deliveries.duplicates as f64, None));
    }
    all
}

/// Kinds of failures that are told; a load can have as many as there are answers.
const KINDS: usize = 5;

/// Why requests failed: the most frequent reasons, which no share of errors tells.
pub(super) fn failures(report: &Report) -> Vec<String> {
    let asked = |name: &str| {
        let of = report.operations.iter().find(|operation| operation.name == name);
        of.map_or(0, |of| of.total().attempts())
    };
    let told = |failure: &Failure| {
        let Failure { operation, reason, count } = failure;
        format!("{count} of {} requests failed in {operation}: {reason}", asked(operation))
    };
    let mut lines: Vec<String> = report.failures.iter().take(KINDS).map(told).collect();
    let others: u64 = report.failures.iter().skip(KINDS).map(|failure| failure.count).sum();
    if others > 0 {
        lines.push(format!("{others} requests failed for other reasons"));
    }
    lines
}

fn of_windows(operation: Option<&str>, report: &Report, windows: &[Window]) -> Vec<Series> {
    let of = |name: &str, dimension: Dimension, data: Data| Series {
        data,
        dimension,
        ..single(name, 0.0, operation)
    };
    let attempts: u64 = windows.iter().map(Window::attempts).sum();
    if attempts == 0 {
        return Vec::new();
    }
    let shares =
        windows.iter().map(|window| Share { hits: window.failed, of: window.attempts() }).collect();
    let mut series = vec![
        of("errors", Dimension::SHARE, Data::Shares(shares)),
        of("requests", Dimension::COUNT, Data::Total(attempts as f64)),
        of("throughput", Dimension::RATE, Data::Samples(rates(report, windows))),
    ];
    for (name, histogram) in [
        ("latency", (|window| &window.latency) as fn(&Window) -> &_),
        ("service time", |window| &window.service),
        ("lateness", |window| &window.lateness),
    ] {
        let histograms: Vec<_> = windows.iter().map(|window| histogram(window).clone()).collect();
        if histograms.iter().any(|histogram| histogram.count() > 0) {
            series.push(of(name, Dimension::TIME, Data::Histograms(histograms)));
        }
    }
    series.push(of(OVER_TIME, Dimension::TIME, Data::Points(medians(report, windows))));
    series
}

/// The median latency of each window, at its middle: what a drift is read from.
fn medians(report: &Report, windows: &[Window]) -> Vec<Point> {
    let length = report.window.as_nanos() as f64;
    let median = |(at, window): (usize, &Window)| {
        let value = window.latency.quantile(0.5)? as f64;
        Some(Point { at_ns: (at as f64 + 0.5) * length, value })
    };
    windows.iter().enumerate().filter_map(median).collect()
}

/// Successes a second, window by window. The last window may be shorter than the others; without
/// it there would be no number for a load of one window.
fn rates(report: &Report, windows: &[Window]) -> Vec<f64> {
    let (whole, all) = (report.window.as_secs_f64(), report.measured.as_secs_f64());
    let mut rates = Vec::with_capacity(windows.len());
    // A load whose operations stop being asked for has windows without any.
    let count = ((all / whole).ceil() as usize).max(windows.len()).max(1);
    for at in 0..count {
        let length = (all - at as f64 * whole).min(whole);
        let successes = windows.get(at).map_or(0, |window| window.in_time);
        if length > whole / 2.0 || count == 1 {
            rates.push(successes as f64 / length.max(f64::MIN_POSITIVE));
        } else if successes > 0 {
            // A short rest is part of the window before it.
            if let Some(last) = rates.last_mut() {
                *last = (*last * whole + successes as f64) / (whole + length.max(0.0));
            }
        }
    }
    rates
}

/// Whether every budget on the case has an answer that more of the same would not change. Limits
/// that refer to something else are never answered here.
pub(super) fn is_decided(
    case: &str,
    budgets: &[Budget],
    report: &Report,
    needed: Vec<Series>,
) -> bool {
    use Finding::{Exceeded, Warned, Within};
    let mut series = series(report);
    series.extend(needed);
    !budgets.is_empty()
        && budgets.iter().all(is_fixed)
        && verdicts(case, budgets, series)
            .iter()
            .all(|verdict| matches!(verdict.finding, Within | Warned | Exceeded))
}

/// Whether no budget on the load is broken, as far as can be seen. A generator that falls behind
/// shows nothing of the service.
pub(super) fn holds(case: &str, budgets: &[Budget], report: &Report) -> bool {
    let broken = [judge::Outcome::Exceeded, judge::Outcome::CannotTell];
    let verdicts = verdicts(case, &of_load(budgets), series(report));
    // What is too little for an interval still shows on which side of the limit it lies.
    let beyond = |headroom: Option<f64>| headroom.is_some_and(|headroom| headroom < 0.0);
    !verdicts.iter().any(|verdict| broken.contains(&verdict.outcome) || beyond(verdict.headroom))
}

/// The budgets with fixed limits on what requests do.
fn of_load(budgets: &[Budget]) -> Vec<Budget> {
    let of_load = ["latency", "service time", "errors", "throughput"];
    let chosen =
        |budget: &&Budget| of_load.contains(&budget.key.metric.as_str()) && is_fixed(budget);
    budgets.iter().filter(chosen).cloned().collect()
}

/// Whether the limits of a budget are plain values.
fn is_fixed(budget: &Budget) -> bool {
    let mut limits = budget.hard.iter().chain(&budget.soft);
    limits.all(|limit| matches!(limit.bound, Bound::Absolute(_)))
}

fn verdicts(case: &str, budgets: &[Budget], series: Vec<Series>) -> Vec<Verdict> {
    let trial = Trial {
        case: case.to_owned(),
        operation: None,
        number: 1,
        position: 0,
        started_ms: 0,
        elapsed_ns: 1,
        outcome: Outcome::Complete,
        series,
    };
    let planned = vec![PlannedTrials { case: case.to_owned(), operation: None, trials: 1 }];
    let head = RunHead {
        format: FORMAT,
        id: String::new(),
        project: String::new(),
        started_ms: 0,
        ended_ms: Some(0),
        state: RunState::Complete,
        environment: None,
        seed: 0,
        commit: None,
        machine: Machine::default(),
        planned,
        budgets: budgets.to_vec(),
        tool: String::new(),
    };
    let run = Run { head, trials: vec![trial] };
    judge::judge(&run, &[], Strictness::Usual).verdicts
}
