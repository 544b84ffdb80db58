//! Everything a run holds on one metric of one operation, and what keeps it from being judged.

use tollgate_stats::histogram::Histogram;

use crate::budget::mistake::nearest;
use crate::quantity::Dimension;
use crate::run::{Batch, Data, Outcome, Point, Run, RunState, Series, Stated, Trial};

/// One series a trial, in the order of the trials.
#[derive(Clone, Debug)]
pub(super) struct Evidence<'r> {
    pub dimension: Dimension,
    pub trials: Vec<Measured<'r>>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Measured<'r> {
    pub number: u32,
    pub elapsed_ns: u64,
    pub series: &'r Series,
}

/// Why there is nothing to judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lack {
    pub reason: String,
    pub hint: Option<String>,
}

impl Lack {
    pub fn new(reason: impl Into<String>) -> Lack {
        Lack { reason: reason.into(), hint: None }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Lack {
        self.hint = Some(hint.into());
        self
    }
}

/// What is measured: the key of a piece of evidence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    pub case: &'a str,
    pub operation: Option<&'a str>,
    pub metric: &'a str,
}

/// The metric whose trials may fail: it counts them.
const FAILURES: &str = "exit failures";

/// Counted in a trial of its own, outside the planned number.
pub(super) const INSTRUCTIONS: &str = "instructions";

/// Finds the series of a subject. Nothing is judged from a part of what was planned.
pub(super) fn gather<'r>(run: &'r Run, subject: Subject<'_>) -> Result<Evidence<'r>, Lack> {
    let all: Vec<&Trial> = run.trials.iter().filter(|trial| belongs(trial, subject)).collect();
    let trials = counted(&all, subject);
    if subject.metric != FAILURES {
        failed(&trials)?;
    }
    let mut found: Vec<Measured<'r>> =
        trials
            .iter()
            .flat_map(|&trial| {
                trial.series.iter().filter(|series| matches(series, subject)).map(|series| {
                    Measured { number: trial.number, elapsed_ns: trial.elapsed_ns, series }
                })
            })
            .collect();
    found.sort_by_key(|measured| measured.number);
    let Some(first) = found.first() else { return Err(missing(run, subject)) };
    let dimension = first.series.dimension;
    if let Some(other) = found.iter().find(|measured| measured.series.dimension != dimension) {
        return Err(Lack::new(format!(
            "trial {} gives {dimension}, trial {} gives {}",
            first.number, other.number, other.series.dimension
        )));
    }
    let kind = first.series.data.kind();
    if found.iter().any(|measured| measured.series.data.kind() != kind) {
        return Err(Lack::new("trials give the metric in different forms"));
    }
    for measured in &found {
        sound(&measured.series.data).map_err(|fault| {
            Lack::new(format!("trial {} of `{}` {fault}", measured.number, subject.metric))
        })?;
    }
    if !trials.iter().any(|trial| is_extra(&all, trial)) {
        complete(run, subject, &found)?;
    }
    Ok(Evidence { dimension, trials: found })
}

/// The trials that count for a subject: the planned ones, or for instructions the extra one.
fn counted<'r>(all: &[&'r Trial], subject: Subject<'_>) -> Vec<&'r Trial> {
    let (extra, planned): (Vec<&Trial>, Vec<&Trial>) =
        all.iter().copied().partition(|trial| is_extra(all, trial));
    if subject.metric == INSTRUCTIONS && !extra.is_empty() { extra } else { planned }
}

/// The extra trial has the number of a planned one and comes after it; when it failed, nothing
/// else tells it apart.
fn is_extra(all: &[&Trial], trial: &Trial) -> bool {
    all.iter().any(|other| {
        other.position < trial.position
            && other.number == trial.number
            && other.case == trial.case
            && other.operation == trial.operation
    })
}

/// What makes a trial's data useless; a number that is none must not vanish in a maximum.
fn sound(data: &Data) -> Result<(), &'static str> {
    let (empty, broken) = match data {
        Data::Samples(values) => (values.is_empty(), values.iter().any(|v| !v.is_finite())),
        Data::Histograms(windows) => (windows.iter().all(Histogram::is_empty), false),
        Data::Batches(batches) => {
            let broken = |batch: &Batch| batch.iterations <= 0.0 || !batch.mean().is_finite();
            (batches.is_empty(), batches.iter().any(broken))
        }
        Data::Points(points) => {
            let finite = |point: &Point| point.at_ns.is_finite() && point.value.is_finite();
            (points.is_empty(), !points.iter().all(finite))
        }
        Data::Shares(shares) => {
            (shares.iter().all(|share| share.of == 0), shares.iter().any(|s| s.hits > s.of))
        }
        Data::Total(total) => (false, !total.is_finite()),
        Data::Summary(summary) => {
            let finite = |stated: &Stated| {
                let ends = [Some(stated.value), stated.low, stated.high];
                ends.into_iter().flatten().all(f64::is_finite)
            };
            (summary.n == Some(0), !summary.values.values().all(finite))
        }
    };
    match (empty, broken) {
        (true, _) => Err("holds no observation"),
        (_, true) => Err("holds something that is not a number"),
        _ => Ok(()),
    }
}

fn belongs(trial: &Trial, subject: Subject<'_>) -> bool {
    let under = |own| subject.operation.is_some_and(|operation| is_under(operation, own));
    trial.case == subject.case && trial.operation.as_deref().is_none_or(under)
}

/// Whether an operation is that of a parameter, or the program's own within it.
fn is_under(operation: &str, parameter: &str) -> bool {
    operation.strip_prefix(parameter).is_some_and(|r| r.is_empty() || r.starts_with(" / "))
}

fn matches(series: &Series, subject: Subject<'_>) -> bool {
    series.metric == subject.metric && series.operation.as_deref() == subject.operation
}

fn failed(trials: &[&Trial]) -> Result<(), Lack> {
    let failure = |trial: &&Trial| match &trial.outcome {
        Outcome::Failed { reason, output } => Some((reason.clone(), output.clone())),
        Outcome::Complete => None,
    };
    let failures: Vec<(String, String)> = trials.iter().filter_map(failure).collect();
    let Some((reason, output)) = failures.first() else { return Ok(()) };
    let reason = format!("{} of {} trials failed: {reason}", failures.len(), trials.len());
    let last: Vec<&str> = output.lines().rev().take(3).collect();
    let shown: Vec<&str> = last.into_iter().rev().collect();
    Err(Lack {
        reason,
        hint: (!shown.is_empty()).then(|| format!("it said: {}", shown.join(" | "))),
    })
}

fn missing(run: &Run, subject: Subject<'_>) -> Lack {
    if run.head.state != RunState::Complete {
        return interrupted(run);
    }
    let of_case = || run.trials.iter().filter(|trial| trial.case == subject.case);
    if of_case().next().is_none() {
        return Lack::new(format!("no trial of case `{}` is in this run", subject.case));
    }
    let series = || of_case().flat_map(|trial| &trial.series);
    let metric = subject.metric;
    let mut elsewhere: Vec<&str> = series()
        .filter(|series| series.metric == metric)
        .map(|series| series.operation.as_deref().unwrap_or("the case as a whole"))
        .collect();
    elsewhere.sort_unstable();
    elsewhere.dedup();
    if !elsewhere.is_empty() {
        return Lack::new(format!("`{metric}` was not measured for this operation"))
            .hint(format!("it was for: {}", shortened(&elsewhere)));
    }
    let named = |own: fn(&Series, Subject<'_>) -> bool| {
        let mut metrics: Vec<&str> = series()
            .filter(|series| own(series, subject))
            .map(|series| series.metric.as_str())
            .collect();
        metrics.sort_unstable();
        metrics.dedup();
        metrics
    };
    let mut metrics = named(|series, subject| series.operation.as_deref() == subject.operation);
    if metrics.is_empty() {
        metrics = named(|_, _| true);
    }
    let lack = Lack::new(format!("no trial measured `{metric}`"));
    match nearest(metric, metrics.iter().copied()) {
        Some(near) => lack.hint(format!("there is a metric `{near}`")),
        None if metrics.is_empty() => lack,
        None => lack.hint(format!("measured: {}", shortened(&metrics))),
    }
}

fn shortened(names: &[&str]) -> String {
    const MOST: usize = 8;
    let shown = names.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    if names.len() > MOST { format!("{shown} and {} more", names.len() - MOST) } else { shown }
}

fn interrupted(run: &Run) -> Lack {
    let planned: u32 = run.head.planned.iter().map(|planned| planned.trials).sum();
    Lack::new(format!("the run ended after {} of {planned} trials", run.trials.len()))
        .hint("measure again to the end")
}

/// Every planned trial must have the metric; a part would be a choice nobody made.
fn complete(run: &Run, subject: Subject<'_>, found: &[Measured<'_>]) -> Result<(), Lack> {
    let planned = run
        .head
        .planned
        .iter()
        .filter(|planned| planned.case == subject.case)
        .find(|planned| {
            let under = |own| subject.operation.is_some_and(|operation| is_under(operation, own));
            planned.operation.as_deref().is_none_or(under)
        })
        .map_or(0, |planned| planned.trials);
    let mut numbers: Vec<u32> = found.iter().map(|measured| measured.number).collect();
    numbers.dedup();
    let have = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
    if have >= planned {
        return Ok(());
    }
    if run.head.state != RunState::Complete {
        return Err(interrupted(run));
    }
    Err(Lack::new(format!("only {have} of {planned} trials measured `{}`", subject.metric)))
}

/// The operations that have the metric, or were planned and have nothing under them, when the
/// case as a whole has none. A parameter's value whose every trial crashed is among them.
pub(super) fn operations(run: &Run, case: &str, metric: &str) -> Vec<String> {
    let of_case = || run.trials.iter().filter(|trial| trial.case == case);
    let measured = || of_case().flat_map(|trial| &trial.series).filter(|s| s.metric == metric);
    if measured().any(|series| series.operation.is_none()) {
        return Vec::new();
    }
    let mut names: Vec<String> = Vec::new();
    for name in measured().filter_map(|series| series.operation.clone()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let planned = run.head.planned.iter().filter(|planned| planned.case == case);
    let planned: Vec<&String> = planned.filter_map(|planned| planned.operation.as_ref()).collect();
    for own in &planned {
        if !names.iter().any(|name| is_under(name, own)) {
            names.push((*own).clone());
        }
    }
    // Trials come in an order drawn by lot; a person reads parameters in the order of the file.
    names.sort_by_key(|name| planned.iter().position(|own| is_under(name, own)));
    names
}
