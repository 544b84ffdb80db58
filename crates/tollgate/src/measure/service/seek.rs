//! Looks for the highest rate at which the budgets of a case hold.

use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tollgate_load::chain;
use tollgate_load::plot::{Canvas, plot};
use tollgate_load::report::{Ended, Report, Window};
use tollgate_load::scenario;
use tollgate_load::search::{Search, Tried};
use tollgate_load::target::Target;
use tollgate_load::workload::{Stop, Workload};

use crate::measure::process::single;
use crate::quantity::Dimension;
use crate::run::Series;

use super::trees::Trees;
use super::{Loaded, Onlooker, Service, account};

/// The series are those of the highest rate that held, with the rate itself as `capacity`; where
/// none did, those of the last one tried, and a capacity of zero.
pub(super) fn capacity(
    workload: &Workload,
    scenario: scenario::Search,
    service: Service<'_>,
    target: &Target,
    stop: &AtomicBool,
    needs: &mut Trees,
    onlooker: &mut Onlooker<'_>,
) -> Loaded {
    let mut search = Search::new(scenario);
    let mut best: Option<(f64, Report)> = None;
    let mut last = None;
    let mut before = Duration::ZERO;
    while let Some(rate) = search.next() {
        let workload = Workload {
            schedule: scenario.step_at(rate),
            // The first tenth fills what the rate before left empty.
            stop: Stop { warmup: scenario.step / 10, requests: None },
            ..workload.clone()
        };
        let mut elapsed = scenario.step;
        let report = tollgate_load::run(&workload, target, stop, &mut |progress| {
            elapsed = elapsed.max(progress.elapsed);
            needs.look(
                before + progress.elapsed,
                progress.warming,
                super::succeeded(progress.report),
            );
            onlooker(progress, Some(rate), needs);
            ControlFlow::Continue(())
        });
        let report = match report {
            Ok(report) => report,
            Err(error) => return Loaded::Failed(chain(&error)),
        };
        // Longer than the step where answers were still to come.
        before += elapsed;
        if report.ended == Ended::Interrupted {
            return Loaded::Interrupted(account::series(&report));
        }
        let held = account::holds(service.case, service.budgets, &report);
        let tried = tried(rate, &report, held);
        search.tell(&tried);
        if tried.holds() && best.as_ref().is_none_or(|(held, _)| *held < rate) {
            best = Some((rate, report));
        } else {
            last = Some(report);
        }
    }
    let found = search.outcome();
    let report = best.map(|(_, report)| report).or(last);
    let Some(report) = report else { return Loaded::Failed("no rate was tried".to_owned()) };
    let mut series = account::series(&report);
    let capacity = found.capacity.unwrap_or(0.0);
    series.push(Series { dimension: Dimension::RATE, ..single("capacity", capacity, None) });
    let canvas = Canvas { width: 76, height: 14, ascii: false };
    let drawn = format!("throughput and p99 on the way\n{}", plot(&found, canvas));
    Loaded::Done(series, vec![drawn])
}

/// How a rate went. What was under way at the end counts as done: at a steady rate that is the
/// rate times the time an answer takes (Little's law).
fn tried(rate: f64, report: &Report, held: bool) -> Tried {
    let total = report.total();
    let quantile = |q| Duration::from_nanos(total.latency.quantile(q).unwrap_or(0));
    let attempts = total.attempts().max(1) as f64;
    let under_way = steady_latency(report) / 1e9 / report.measured.as_secs_f64();
    let done = (total.in_time + total.failed) as f64 / attempts;
    Tried {
        rate,
        achieved: rate * (done + under_way).min(1.0),
        p50: quantile(0.5),
        p99: quantile(0.99),
        errors: total.failed as f64 / attempts,
        held,
    }
}

/// The mean latency of what was answered before the last window of the load. That and those after
/// it hold what came after the end, and where more is asked for than can be done, a queue that
/// says nothing of a steady rate: with it, twice the rate that can be done would seem to be
/// achieved.
fn steady_latency(report: &Report) -> f64 {
    let mut windows = report.windows();
    let within = report.measured.as_nanos() / report.window.as_nanos().max(1);
    windows.truncate(usize::try_from(within).unwrap_or(usize::MAX).saturating_sub(1));
    let mut steady = Window::default();
    windows.iter().for_each(|window| steady.merge(window));
    steady.latency.mean().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use tollgate_load::report::{Generator, Operation};

    use super::*;

    const MS: u64 = 1_000_000;

    /// A second of requests, evenly spaced, each of which keeps the only worker for 2 ms and waits
    /// for `more` besides.
    fn second(rate: u64, more: u64) -> Report {
        let mut windows = vec![Window::default(); 50];
        let mut free = 0;
        for at in (0..rate).map(|number| number * 1000 * MS / rate) {
            free = at.max(free) + 2 * MS;
            let end = free + more;
            let window = &mut windows[usize::try_from(end / (20 * MS)).unwrap().min(49)];
            window.latency.record(end - at);
            window.succeeded += 1;
            window.in_time += u64::from(end <= 1000 * MS);
        }
        let operation = Operation { name: "a".to_owned(), method: "GET".to_owned(), windows };
        Report {
            operations: vec![operation],
            window: Duration::from_millis(20),
            measured: Duration::from_secs(1),
            ended: Ended::Complete,
            failures: Vec::new(),
            deliveries: None,
            generator: Generator::default(),
        }
    }

    #[test]
    fn no_rate_above_what_can_be_done_is_achieved() {
        for rate in [100, 400, 495] {
            assert!(tried(rate as f64, &second(rate, 0), true).holds(), "{rate}");
        }
        for rate in [530, 600, 900, 1000, 1200, 2500, 10_000] {
            let tried = tried(rate as f64, &second(rate, 0), true);
            assert!(!tried.holds() && tried.achieved < 0.99 * rate as f64, "{tried:?}");
        }
    }

    #[test]
    fn answers_after_the_end_say_nothing_of_a_steady_rate() {
        let mut report = second(1000, 0);
        let windows = &mut report.operations[0].windows;
        // The queue is worked off for another second.
        let mut late = Window::default();
        late.latency.record_n(900 * MS, 25);
        windows.extend(vec![late; 20]);
        let tried = tried(1000.0, &report, true);
        assert!(!tried.holds(), "{tried:?}");
    }

    #[test]
    fn slow_answers_do_not_make_a_rate_unachieved() {
        assert!(tried(400.0, &second(400, 200 * MS), true).holds());
    }
}
