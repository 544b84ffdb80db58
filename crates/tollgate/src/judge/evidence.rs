//! Everything a run holds on one metric of one operation, and what keeps it from being judged.

use crate::metric::known;
use crate::quantity::Dimension;
use crate::run::{Data, Outcome, Run, RunState, Series, Trial};

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
const INSTRUCTIONS: &str = "instructions";

/// Finds the series of a subject. Nothing is judged from a part of what was planned.
pub(super) fn gather<'r>(run: &'r Run, subject: Subject<'_>) -> Result<Evidence<'r>, Lack> {
    let trials = || run.trials.iter().filter(|trial| belongs(trial, subject));
    if subject.metric != FAILURES {
        failed(trials(), subject)?;
    }
    let mut found: Vec<Measured<'r>> =
        trials()
            .flat_map(|trial| {
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
    let kind = kind(&first.series.data);
    if found.iter().any(|measured| self::kind(&measured.series.data) != kind) {
        return Err(Lack::new("trials give the metric in different forms"));
    }
    complete(run, subject, &found)?;
    Ok(Evidence { dimension, trials: found })
}

fn belongs(trial: &Trial, subject: Subject<'_>) -> bool {
    let under = |own: &str| {
        subject.operation.is_some_and(|operation| {
            operation == own || operation.strip_prefix(own).is_some_and(|r| r.starts_with(" / "))
        })
    };
    trial.case == subject.case && trial.operation.as_deref().is_none_or(under)
}

fn matches(series: &Series, subject: Subject<'_>) -> bool {
    series.metric == subject.metric && series.operation.as_deref() == subject.operation
}

fn failed<'t>(
    trials: impl Iterator<Item = &'t Trial> + Clone,
    subject: Subject<'_>,
) -> Result<(), Lack> {
    let relevant = |trial: &&Trial| {
        counts_instructions(trial) == (subject.metric == INSTRUCTIONS) || has_failed(trial)
    };
    let all = trials.clone().filter(relevant).count();
    let mut failures = trials.filter(|trial| has_failed(trial));
    let Some(first) = failures.next() else { return Ok(()) };
    let Outcome::Failed { reason, output } = &first.outcome else { return Ok(()) };
    let count = failures.count() + 1;
    let reason = format!("{count} of {all} trials failed: {reason}");
    let last: Vec<&str> = output.lines().rev().take(3).collect();
    let shown: Vec<&str> = last.into_iter().rev().collect();
    Err(Lack {
        reason,
        hint: (!shown.is_empty()).then(|| format!("it said: {}", shown.join(" | "))),
    })
}

fn has_failed(trial: &Trial) -> bool {
    matches!(trial.outcome, Outcome::Failed { .. })
}

fn counts_instructions(trial: &Trial) -> bool {
    trial.series.iter().any(|series| series.metric == INSTRUCTIONS)
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
    let mut metrics: Vec<&str> = series()
        .filter(|series| series.operation.as_deref() == subject.operation)
        .map(|series| series.metric.as_str())
        .collect();
    metrics.sort_unstable();
    metrics.dedup();
    let lack = Lack::new(format!("no trial measured `{metric}`"));
    if metrics.is_empty() { lack } else { lack.hint(format!("measured: {}", shortened(&metrics))) }
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
    if subject.metric == INSTRUCTIONS {
        return Ok(());
    }
    let planned = run
        .head
        .planned
        .iter()
        .filter(|planned| planned.case == subject.case)
        .find(|planned| {
            planned.operation.is_none()
                || planned.operation.as_deref().is_some_and(|own| {
                    subject.operation.is_some_and(|operation| {
                        operation == own
                            || operation.strip_prefix(own).is_some_and(|r| r.starts_with(" / "))
                    })
                })
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

fn kind(data: &Data) -> &'static str {
    match data {
        Data::Samples(_) => "samples",
        Data::Histograms(_) => "histograms",
        Data::Batches(_) => "batches",
        Data::Points(_) => "points",
        Data::Shares(_) => "shares",
        Data::Total(_) => "total",
        Data::Summary(_) => "summary",
    }
}

/// The operations that have the metric, or were planned, when the case as a whole has none.
pub(super) fn operations(run: &Run, case: &str, metric: &str) -> Vec<String> {
    let of_case = || run.trials.iter().filter(|trial| trial.case == case);
    let measured = || of_case().flat_map(|trial| &trial.series).filter(|s| s.metric == metric);
    if measured().any(|series| series.operation.is_none()) {
        return Vec::new();
    }
    let mut names: Vec<String> = measured().filter_map(|series| series.operation.clone()).collect();
    if known(metric).is_some_and(|metric| metric.source == crate::metric::Source::Process) {
        let planned = run.head.planned.iter().filter(|planned| planned.case == case);
        names.extend(planned.filter_map(|planned| planned.operation.clone()));
    }
    let mut unique: Vec<String> = Vec::new();
    for name in names {
        if !unique.contains(&name) {
            unique.push(name);
        }
    }
    unique
}
