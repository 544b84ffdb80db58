//! The scenario `capacity`: rate after rate, to find the highest at which the limits hold.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::Result;
use tollgate::quantity::{Dimension, show};
use tollgate::report::Style;
use tollgate_load::plot::{Canvas, plot};
use tollgate_load::report::{Ended, Report};
use tollgate_load::scenario;
use tollgate_load::search::{Found, Reached, Search, Tried};

use super::figures::{length, paint, plural};
use super::table::lines;

/// By default, a rate holds while p99 is no more than so many times that of the first.
const SLOWER: u32 = 10;

/// Lines of the drawing.
const HEIGHT: usize = 18;

/// What a rate has to keep to hold.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub p99: Option<Duration>,
    /// The share of requests that may fail.
    pub errors: f64,
}

/// Tries rate after rate with `step`; ends early when one is interrupted.
pub fn search(
    search: scenario::Search,
    limits: &mut Limits,
    step: &mut dyn FnMut(f64) -> Result<Report>,
) -> Result<Found> {
    let mut search = Search::new(search);
    while let Some(rate) = search.next() {
        let report = step(rate)?;
        if report.ended == Ended::Interrupted {
            break;
        }
        search.tell(&tried(rate, &report, limits));
    }
    Ok(search.outcome())
}

/// How a rate went. The first sets the limit of p99 where none is given.
fn tried(rate: f64, report: &Report, limits: &mut Limits) -> Tried {
    let total = report.total();
    let at = |q| total.latency.quantile(q).map(Duration::from_nanos);
    let p99 = at(0.99);
    if let (None, Some(p99)) = (limits.p99, p99) {
        limits.p99 = Some(p99 * SLOWER);
    }
    let within = p99.zip(limits.p99).is_some_and(|(p99, limit)| p99 <= limit);
    let errors = total.failed as f64 / total.attempts().max(1) as f64;
    let due = report.generator.due.max(1) as f64;
    Tried {
        rate,
        achieved: rate * (report.generator.begun as f64 / due),
        p50: at(0.5).unwrap_or_default(),
        p99: p99.unwrap_or_default(),
        errors,
        held: within && errors <= limits.errors,
    }
}

/// The answer, and every rate that was tried.
pub fn text(found: &Found, limits: &Limits, style: &Style) -> String {
    let canvas = Canvas { width: style.width.min(80), height: HEIGHT, ascii: false };
    let titles = ["rate", "achieved", "p50", "p99", "failed", ""].map(str::to_owned);
    let mut rows = vec![titles.to_vec()];
    rows.extend(found.tried.iter().map(row));
    let mut out = format!("{}\n{}\n", lines(&rows, &[5], "  "), plot(found, canvas));
    let answer = match found.capacity {
        Some(capacity) => format!("capacity {}", rate(capacity)),
        None => "no capacity found".to_owned(),
    };
    let _ = writeln!(out, "{}: {}", paint(&answer, "1", style.colour), reason(found.limit));
    if let Some(p99) = limits.p99 {
        let errors = show(limits.errors, Dimension::SHARE);
        let steps = plural(found.tried.len() as u64, "step");
        let _ = writeln!(
            out,
            "a rate holds with p99 <= {} and failed <= {errors}; {steps}",
            length(p99)
        );
    }
    out
}

fn row(tried: &Tried) -> Vec<String> {
    vec![
        rate(tried.rate),
        rate(tried.achieved),
        length(tried.p50),
        length(tried.p99),
        show(tried.errors, Dimension::SHARE),
        if tried.holds() { "held".to_owned() } else { "did not hold".to_owned() },
    ]
}

fn rate(per_second: f64) -> String {
    show(per_second, Dimension::RATE)
}

fn reason(limit: Reached) -> &'static str {
    match limit {
        Reached::Budget => "above it a limit is broken",
        Reached::Rate => "above it the rate is not reached",
        Reached::Ceiling => "the highest rate that was tried; more may be possible",
        Reached::Floor => "not even the first rate held",
        Reached::Unfinished => "partial: interrupted before the end of the search",
    }
}

#[cfg(test)]
mod tests {
    use tollgate_load::report::Generator;
    use tollgate_load::workload::Arrivals;

    use super::super::sample;
    use super::*;

    const STYLE: Style = Style { colour: false, width: 100, quiet: false };

    fn from_to(from: f64, to: f64) -> scenario::Search {
        let step = Duration::from_secs(5);
        scenario::Search { from, to, arrivals: Arrivals::Even, step, precision: 0.1 }
    }

    /// A service that takes a millisecond until so many a second, and a second beyond.
    fn service(capacity: f64) -> impl FnMut(f64) -> Result<Report> {
        move |rate| {
            let micros = if rate <= capacity { 1_000 } else { 1_000_000 };
            let mut report = sample::healthy();
            report.operations[0].windows = vec![sample::window(2_000, micros, 0, 0)];
            report.generator = Generator { due: 100, begun: 100, ..report.generator };
            Ok(report)
        }
    }

    #[test]
    fn the_capacity_is_found_within_its_precision() {
        let mut limits = Limits { p99: None, errors: 0.01 };
        let found = search(from_to(50.0, 10_000.0), &mut limits, &mut service(730.0)).unwrap();
        let capacity = found.capacity.unwrap();
        assert!((660.0..=730.0).contains(&capacity), "{capacity}");
        insta::assert_snapshot!(text(&found, &limits, &STYLE));
    }

    #[test]
    fn a_service_that_never_fails_is_loaded_up_to_the_ceiling() {
        let mut limits = Limits { p99: Some(Duration::from_secs(1)), errors: 0.0 };
        let found = search(from_to(50.0, 400.0), &mut limits, &mut service(1e9)).unwrap();
        assert_eq!(found.limit, Reached::Ceiling);
        assert!(text(&found, &limits, &STYLE).contains("capacity 400/s: the highest rate"));
    }

    #[test]
    fn a_service_that_answers_nothing_has_no_capacity() {
        let mut limits = Limits { p99: None, errors: 0.01 };
        let mut step = |_| Ok(sample::dead());
        let found = search(from_to(50.0, 400.0), &mut limits, &mut step).unwrap();
        assert_eq!((found.capacity, found.limit), (None, Reached::Floor));
        assert!(text(&found, &limits, &STYLE).contains("not even the first rate held"));
    }

    #[test]
    fn an_interrupted_search_is_partial() {
        let mut limits = Limits { p99: None, errors: 0.01 };
        let mut step = |_| Ok(sample::troubled());
        let found = search(from_to(50.0, 400.0), &mut limits, &mut step).unwrap();
        assert_eq!(found.limit, Reached::Unfinished);
        assert!(text(&found, &limits, &STYLE).contains("partial: interrupted"));
    }
}
