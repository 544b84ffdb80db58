//! What a long load leaves behind while it goes on, so that a kill costs a minute and not a week:
//! the trial as far as it came, and a line an hour.

use std::time::Duration;

use tollgate_load::report::{Progress, Window};
use tollgate_load::scenario::{Scenario, Shape};
use tollgate_stats::rng::seed_from;
use tollgate_stats::trend::growth;

use super::service::{Trees, series};
use crate::budget::{Budget, ServeSource};
use crate::plan::Plan;
use crate::quantity::{Dimension, show};
use crate::run::{Data, Series, Trial};

/// Loads below this are measured again rather than taken up again.
pub const LONG: Duration = Duration::from_secs(600);
/// Between two checkpoints.
pub const CHECKPOINT: Duration = Duration::from_secs(60);
/// Between two summaries.
pub const SUMMARY: Duration = Duration::from_secs(3600);

/// How long loads are kept, and which one is taken up again.
#[derive(Clone, Debug)]
pub struct Soak {
    pub long: Duration,
    pub checkpoint: Duration,
    pub summary: Duration,
    /// The trial that was cut short. What comes before it in the order is done.
    pub begun: Option<Trial>,
}

impl Default for Soak {
    fn default() -> Soak {
        Soak { long: LONG, checkpoint: CHECKPOINT, summary: SUMMARY, begun: None }
    }
}

/// Equal for plans that measure the same in the same order.
#[must_use]
pub fn mark(plan: &Plan) -> String {
    // Where in the file a budget stands changes with every line above it.
    let promised = |budget: &Budget| {
        let Budget { case, operation, key, hard, soft, confidence, .. } = budget;
        format!("{case:?} {operation:?} {key} {hard:?} {soft:?} {confidence}")
    };
    let budgets: Vec<String> = plan.budgets.iter().map(promised).collect();
    let text = format!("{:?} {:?} {budgets:?}", plan.units, plan.order);
    format!("{:016x}", seed_from(&["plan", &text]))
}

/// The scenario for what is left of it after so much was measured; none where the time that has
/// passed does not say what is to come, as in stages, searches, and a number of requests.
pub(super) fn rest(scenario: &Scenario, measured: Duration) -> Option<Scenario> {
    // The last moments may be all that is missing; a load of nothing would be no load.
    const LEAST: Duration = Duration::from_secs(1);
    if scenario.requests.is_some() {
        return None;
    }
    let mut rest = scenario.clone();
    match &mut rest.shape {
        Shape::Users { hold, .. } | Shape::Rate { hold, .. } => {
            // The warm-up beyond the ramp is part of the time at the level, and is due again.
            *hold = hold.saturating_sub(measured).max(LEAST);
        }
        Shape::Stages { .. } | Shape::Search(_) => return None,
    }
    Some(rest)
}

/// A service whose load lasts as long as is left of it.
pub(super) fn rest_of(source: &ServeSource, soak: &Soak) -> ServeSource {
    let mut source = source.clone();
    let left = soak.begun.as_ref().and_then(|begun| rest(&source.load.scenario, measured(begun)));
    source.load.scenario = left.unwrap_or(source.load.scenario);
    source
}

/// Two pieces of a trial as one. What was counted once a trial is added up, and what was answered
/// goes on; values over time stay apart, since the service of the second piece is a new process,
/// whose memory does not follow from that of the first.
pub(super) fn joined(before: Vec<Series>, after: Vec<Series>) -> Vec<Series> {
    let mut all = before;
    for series in after {
        let same =
            |own: &&mut Series| own.metric == series.metric && own.operation == series.operation;
        let joined = all.iter_mut().rfind(same).is_some_and(|own| {
            if is_single(&series.metric) {
                largest_or_sum(own, &series);
                return true;
            }
            goes_on(&mut own.data, &series.data)
        });
        if !joined {
            all.push(series);
        }
    }
    all
}

/// Lengthens a series by another of its kind; false where the two must stay apart.
fn goes_on(own: &mut Data, more: &Data) -> bool {
    match (own, more) {
        (Data::Total(own), Data::Total(more)) => *own += more,
        (Data::Samples(own), Data::Samples(more)) => own.extend(more),
        (Data::Histograms(own), Data::Histograms(more)) => own.extend(more.iter().cloned()),
        (Data::Batches(own), Data::Batches(more)) => own.extend(more),
        (Data::Shares(own), Data::Shares(more)) => own.extend(more),
        _ => return false,
    }
    true
}

fn largest_or_sum(own: &mut Series, more: &Series) {
    if let (Data::Samples(values), Data::Samples(more)) = (&mut own.data, &more.data) {
        let all = values.iter().chain(more).copied();
        let one = if is_largest(&own.metric) { all.fold(0.0, f64::max) } else { all.sum() };
        *values = vec![one];
    }
}

fn is_single(metric: &str) -> bool {
    metric == "connects" || is_largest(metric)
}

fn is_largest(metric: &str) -> bool {
    metric == "server peak memory"
}

/// Looks at a long load, and says when something is to be kept or told.
pub(super) struct Diary<'s> {
    soak: &'s Soak,
    kept: Duration,
    told: Duration,
    hour: Window,
    /// Measured in the pieces before.
    before: Duration,
}

impl<'s> Diary<'s> {
    /// None for a load that is not long, or cannot be taken up again.
    pub fn new(soak: &'s Soak, scenario: &Scenario) -> Option<Diary<'s>> {
        let before = soak.begun.as_ref().map_or(Duration::ZERO, measured);
        let is_long = scenario.total() + before >= soak.long;
        rest(scenario, Duration::ZERO).filter(|_| is_long)?;
        let (kept, told) = (Duration::ZERO, Duration::ZERO);
        Some(Diary { soak, kept, told, hour: Window::default(), before })
    }

    /// What there is to keep, when it is time.
    pub fn piece(&mut self, progress: &Progress<'_>, needs: &Trees) -> Option<Vec<Series>> {
        let measured = progress.report.measured;
        if progress.warming || measured < self.kept + self.soak.checkpoint {
            return None;
        }
        self.kept = measured;
        let before = self.soak.begun.as_ref().map_or(Vec::new(), |trial| trial.series.clone());
        Some(joined(before, series(progress.report, needs)))
    }

    /// How long was measured, with the pieces before.
    pub fn measured(&self, progress: &Progress<'_>) -> Duration {
        self.before + progress.report.measured
    }

    /// The line of an hour, when one is over.
    pub fn summary(&mut self, progress: &Progress<'_>, needs: &Trees) -> Option<String> {
        if progress.warming {
            return None;
        }
        progress.latest.iter().for_each(|window| self.hour.merge(window));
        let measured = progress.report.measured;
        if measured < self.told + self.soak.summary {
            return None;
        }
        let began = self.told;
        self.told = measured;
        let hour = std::mem::take(&mut self.hour);
        let from = progress.elapsed.saturating_sub(measured - began);
        let at = show(self.measured(progress).as_nanos() as f64, Dimension::TIME);
        let parts = [at, answered(&hour, measured - began), memory(needs, from)];
        Some(parts.join("  ").trim_end().to_owned())
    }
}

/// How long a trial that was cut short had measured.
pub(super) fn measured(trial: &Trial) -> Duration {
    Duration::from_nanos(trial.elapsed_ns)
}

fn answered(hour: &Window, length: Duration) -> String {
    let mut parts = vec![show(hour.succeeded as f64 / length.as_secs_f64(), Dimension::RATE)];
    for (name, q) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] {
        if let Some(value) = hour.latency.quantile(q) {
            parts.push(format!("{name} {}", show(value as f64, Dimension::TIME)));
        }
    }
    let errors = hour.failed as f64 / hour.attempts().max(1) as f64;
    parts.push(format!("{} errors", show(errors, Dimension::SHARE)));
    parts.join("  ")
}

/// The lowest memory since then, and how fast it has grown from the beginning.
fn memory(needs: &Trees, from: Duration) -> String {
    let all = needs.so_far();
    let of_service = |series: &&Series| series.operation.is_none();
    let memory = all.iter().filter(of_service).find(|series| series.metric == "server memory");
    let Some(Series { data: Data::Points(points), .. }) = memory else { return String::new() };
    let recent = points.iter().filter(|point| point.at_ns >= from.as_nanos() as f64);
    let floor = recent.map(|point| point.value).fold(f64::INFINITY, f64::min);
    if !floor.is_finite() {
        return String::new();
    }
    let (t, y): (Vec<f64>, Vec<f64>) =
        points.iter().map(|point| (point.at_ns / 1e9, point.value)).unzip();
    let mut text = format!("memory from {}", show(floor, Dimension::BYTES));
    if let Some(found) = growth(&t, &y, 0.95).filter(|_| points.len() >= 10)
        && let Some(rate) = Dimension::BYTES.per_time()
    {
        text.push_str(&format!(", growing by {}", show(found.line.slope, rate)));
    }
    text
}

#[cfg(test)]
mod tests;
