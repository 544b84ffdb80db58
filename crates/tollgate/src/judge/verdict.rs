//! One verdict a budget: the estimate, the limits it came to, and what follows for the exit code.

use tollgate_stats::multiple::benjamini_hochberg;

use crate::budget::{Bound, Budget, Limit, OnCannotTell};
use crate::metric::{Statistic, over_time};
use crate::quantity::{Dimension, show};
use crate::run::{Run, RunState};

use super::accept::accept;
use super::against::{Against, Bench, from_elsewhere, pooled};
use super::estimate::estimate;
use super::evidence::{Lack, Subject, gather, operations};
use super::hold::headroom;
use super::{Baseline, Estimate, Finding, Held, Outcome, Strictness, Verdict};

/// How far a load generator fell behind its own schedule.
const LATENESS: &str = "lateness";

/// Metrics that a generator which falls behind its schedule does not measure.
const SCHEDULED: [&str; 2] = ["latency", "service time"];

/// Lateness beyond this share of a limit leaves the limit undecided.
const LATE: f64 = 0.1;

pub(super) fn all(run: &Run, baselines: &[Baseline], strictness: Strictness) -> Vec<Verdict> {
    let budgets: Vec<Budget> =
        run.head.budgets.iter().flat_map(|budget| spread(run, budget)).collect();
    let mut pending: Vec<Pending<'_>> =
        budgets.iter().map(|budget| Pending::new(run, baselines, budget)).collect();
    adjust(&mut pending);
    pending.into_iter().map(|pending| pending.verdict(run, strictness)).collect()
}

/// A budget on a case that measures only operations holds for each of them.
fn spread(run: &Run, budget: &Budget) -> Vec<Budget> {
    if budget.operation.is_some() {
        return vec![budget.clone()];
    }
    let names = operations(run, &budget.case, measured_as(run, budget));
    if names.is_empty() {
        return vec![budget.clone()];
    }
    names.into_iter().map(|name| Budget { operation: Some(name), ..budget.clone() }).collect()
}

/// The series a budget is judged on: for a growth the companion over time, where there is one.
fn measured_as<'b>(run: &Run, budget: &'b Budget) -> &'b str {
    let own = budget.key.metric.as_str();
    let companion = if budget.statistic() == Statistic::Growth { over_time(own) } else { own };
    let of_case = run.trials.iter().filter(|trial| trial.case == budget.case);
    let there = of_case.flat_map(|trial| &trial.series).any(|series| series.metric == companion);
    if there { companion } else { own }
}

/// Several relative budgets judged at once find breaches by chance; those that do not survive
/// Benjamini and Hochberg's procedure are not proven.
fn adjust(pending: &mut [Pending<'_>]) {
    let mut tested: Vec<(&mut Against, f64)> = pending
        .iter_mut()
        .filter_map(|pending| {
            let level = 1.0 - pending.budget.confidence;
            let hard = pending.heard.as_mut().ok()?.hard.as_mut()?;
            hard.p.is_some().then_some((hard, level))
        })
        .collect();
    let count = tested.len();
    let p: Vec<f64> = tested.iter().filter_map(|(hard, _)| hard.p).collect();
    for ((hard, level), adjusted) in tested.iter_mut().zip(benjamini_hochberg(&p)) {
        if hard.finding == Finding::Exceeded && adjusted > *level {
            hard.finding = Finding::CannotTell;
            hard.reason = Some(format!(
                "among {count} relative budgets a breach like this comes by chance (p {adjusted:.2})"
            ));
            hard.hint = Some("add trials".to_owned());
        }
    }
}

/// A budget whose limits have been held against the evidence one by one.
struct Pending<'a> {
    budget: &'a Budget,
    heard: Result<Heard<'a>, Lack>,
}

struct Heard<'a> {
    bench: Bench<'a>,
    hard: Option<Against>,
    /// Beside a hard limit, a soft one that cannot be judged does not hide the hard one.
    soft: Option<Result<Against, Lack>>,
}

impl<'a> Pending<'a> {
    fn new(run: &'a Run, baselines: &'a [Baseline], budget: &'a Budget) -> Pending<'a> {
        Pending { budget, heard: hear(run, baselines, budget) }
    }

    fn verdict(self, run: &Run, strictness: Strictness) -> Verdict {
        let mut verdict = blank(self.budget);
        match self.heard {
            Ok(heard) => conclude(heard, &mut verdict, strictness),
            Err(lack) => (verdict.reason, verdict.hint) = (Some(lack.reason), lack.hint),
        }
        whole_run_only(run, &mut verdict);
        verdict
    }
}

fn hear<'a>(
    run: &'a Run,
    baselines: &'a [Baseline],
    budget: &'a Budget,
) -> Result<Heard<'a>, Lack> {
    let confidence = budget.confidence;
    if !(confidence > 0.0 && confidence < 1.0) {
        return Err(Lack::new(format!("the confidence {confidence} is not between 0 and 1")));
    }
    if budget.hard.is_none() && budget.soft.is_none() {
        return Err(Lack::new("the budget has no limit"));
    }
    let statistic = budget.statistic();
    let subject = Subject {
        case: &budget.case,
        operation: budget.operation.as_deref(),
        metric: measured_as(run, budget),
    };
    let evidence = gather(run, subject)?;
    let dimension = statistic.dimension(evidence.dimension).ok_or_else(|| {
        Lack::new(format!("`{}` is per time already; it has no {statistic}", budget.key.metric))
    })?;
    let own = estimate(&evidence, statistic, confidence)?;
    let baseline = baselines.iter().find(|baseline| baseline.wanted == budget.baseline);
    let bench = Bench { run, baseline, budget, subject, evidence, own, dimension };
    let hard = budget.hard.as_ref().map(|limit| bench.against(limit)).transpose()?;
    let soft = budget.soft.as_ref().map(|limit| bench.against(limit));
    match (&hard, soft) {
        (None, Some(Err(lack))) => Err(lack),
        (_, soft) => Ok(Heard { bench, hard, soft }),
    }
}

fn blank(budget: &Budget) -> Verdict {
    Verdict {
        case: budget.case.clone(),
        operation: budget.operation.clone(),
        metric: budget.key.metric.clone(),
        statistic: budget.statistic(),
        dimension: None,
        finding: Finding::NotMeasured,
        outcome: Outcome::NotMeasured,
        hard: held(budget.hard.as_ref(), None),
        soft: held(budget.soft.as_ref(), None),
        estimate: None,
        headroom: None,
        change: None,
        reason: None,
        hint: None,
        accepted: None,
        place: budget.place.clone(),
    }
}

fn held(limit: Option<&Limit>, against: Option<&Against>) -> Option<Held> {
    let limit = limit?;
    let value = against.map(|against| against.value).or(match &limit.bound {
        Bound::Absolute(quantity) => Some(quantity.value),
        _ => None,
    });
    Some(Held { limit: limit.clone(), value })
}

fn conclude(heard: Heard<'_>, verdict: &mut Verdict, strictness: Strictness) {
    let Heard { bench, hard, soft } = heard;
    let budget = bench.budget;
    let softly = soft.as_ref().and_then(|soft| soft.as_ref().ok());
    verdict.dimension = Some(bench.dimension);
    verdict.change = change(&bench);
    verdict.hard = held(budget.hard.as_ref(), hard.as_ref());
    verdict.soft = held(budget.soft.as_ref(), softly);
    let only_soft = hard.is_none();
    let limit = budget.hard.as_ref().or(budget.soft.as_ref());
    let (Some(main), Some(limit)) = (hard.as_ref().or(softly).cloned(), limit) else { return };
    verdict.change = verdict.change.take().or_else(|| main.change.clone());
    verdict.headroom = headroom(&main.estimate, limit.op, main.value);
    let keeps = limit.op.holds(main.estimate.value, main.value);
    verdict.outcome = match main.finding {
        Finding::Within | Finding::Warned => Outcome::Within,
        Finding::Exceeded => Outcome::Exceeded,
        Finding::NotMeasured => Outcome::NotMeasured,
        Finding::CannotTell => undecided_outcome(budget.on_cannot_tell, keeps, strictness),
    };
    verdict.finding = main.finding;
    (verdict.reason, verdict.hint) = (main.reason, main.hint);
    verdict.estimate = Some(main.estimate);
    accept(&bench, verdict, strictness);
    fell_behind(&bench, verdict, main.value);
    if verdict.finding == Finding::Within || only_soft {
        warn(verdict, soft.as_ref(), only_soft);
    }
}

/// What the soft limit adds; it never fails a build.
fn warn(verdict: &mut Verdict, soft: Option<&Result<Against, Lack>>, only_soft: bool) {
    match soft {
        Some(Ok(soft)) if soft.finding == Finding::Exceeded => {
            if matches!(verdict.finding, Finding::Within | Finding::Exceeded) {
                verdict.finding = Finding::Warned;
                verdict.reason = Some("over the soft limit".to_owned());
            }
        }
        Some(Err(lack)) => {
            verdict.finding = Finding::Warned;
            verdict.reason = Some(format!("the soft limit was not judged: {}", lack.reason));
            verdict.hint.clone_from(&lack.hint);
        }
        _ => {}
    }
    if only_soft && verdict.finding != Finding::NotMeasured {
        verdict.outcome = Outcome::Within;
    }
}

/// Requests that were sent late are not the load that was asked for, so that nothing is known of
/// a limit which the lateness comes near.
fn fell_behind(bench: &Bench<'_>, verdict: &mut Verdict, limit: f64) {
    if !SCHEDULED.contains(&bench.subject.metric) || bench.dimension != Dimension::TIME {
        return;
    }
    // Most runs have none, and finding that out for each budget must not cost a search.
    let case = bench.subject.case;
    let mut series = bench.run.trials.iter().filter(|t| t.case == case).flat_map(|t| &t.series);
    if !series.any(|series| series.metric == LATENESS) {
        return;
    }
    // A mean is moved by the mean of what is added to it; other statistics by the worst of it.
    let (statistic, name) = match verdict.statistic {
        Statistic::Mean => (Statistic::Mean, "the mean"),
        _ => (Statistic::Quantile(990_000), "p99"),
    };
    let lateness = |operation| {
        let evidence =
            gather(bench.run, Subject { operation, metric: LATENESS, ..bench.subject }).ok()?;
        Some(estimate(&evidence, statistic, bench.budget.confidence).ok()?.value)
    };
    let Some(late) = lateness(bench.subject.operation).or_else(|| lateness(None)) else { return };
    if late <= LATE * limit || verdict.finding == Finding::NotMeasured {
        return;
    }
    verdict.finding = Finding::CannotTell;
    verdict.outcome = Outcome::CannotTell;
    verdict.accepted = None;
    verdict.reason = Some(format!(
        "the generator fell behind: {name} of its lateness is {}",
        show(late, Dimension::TIME)
    ));
    verdict.hint = Some("lower the rate, or give the generator a machine of its own".to_owned());
}

/// The change against the baseline, for display.
fn change(bench: &Bench<'_>) -> Option<Estimate> {
    let budget = bench.budget;
    let baseline = bench.baseline?;
    if from_elsewhere(bench.run, baseline).is_some() && !budget.any_machine {
        return None;
    }
    let before = pooled(baseline, bench.subject).ok()?;
    super::compare::change(&before, &bench.evidence, budget.statistic(), budget.confidence)
}

/// A run that did not end may show a breach, but keeps no promise.
fn whole_run_only(run: &Run, verdict: &mut Verdict) {
    let said = matches!(verdict.finding, Finding::Exceeded | Finding::NotMeasured);
    if run.head.state == RunState::Complete || said {
        return;
    }
    verdict.finding = Finding::NotMeasured;
    verdict.outcome = Outcome::NotMeasured;
    verdict.accepted = None;
    verdict.reason = Some("the run did not end".to_owned());
    verdict.hint = Some("measure again to the end".to_owned());
}

pub(super) fn undecided_outcome(
    asked: Option<OnCannotTell>,
    keeps: bool,
    strictness: Strictness,
) -> Outcome {
    let fails = match (strictness, asked) {
        (Strictness::Strict, _) | (_, Some(OnCannotTell::Fail)) => true,
        (_, Some(OnCannotTell::Warn | OnCannotTell::Pass)) => false,
        (_, None) => !keeps,
    };
    if fails { Outcome::CannotTell } else { Outcome::Within }
}
