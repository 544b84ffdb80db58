//! Two runs side by side, and the smallest change a number of trials can show.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tollgate_stats::compare::{Alternative, hodges_lehmann, mann_whitney};
use tollgate_stats::mean::variance;
use tollgate_stats::multiple::benjamini_hochberg;
use tollgate_stats::power::two_sample_mde;

use crate::metric::{Better, Statistic, known};
use crate::quantity::Dimension;
use crate::run::{Run, RunHead};

use super::estimate::{estimate, single};
use super::evidence::{Evidence, Subject, gather};
use super::relative::numbers;
use super::{Estimate, FORMAT};

/// Every metric that two runs share, with the change from left to right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    pub format: u32,
    pub left: RunHead,
    pub right: RunHead,
    pub rows: Vec<ComparisonRow>,
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparisonRow {
    pub case: String,
    pub operation: Option<String>,
    pub metric: String,
    pub statistic: Statistic,
    pub dimension: Option<Dimension>,
    pub left: Estimate,
    pub right: Estimate,
    /// The change as a share of the left value.
    pub change: Option<Estimate>,
    /// The chance of such a difference between equals, after Benjamini and Hochberg.
    pub p: Option<f64>,
    pub finding: Difference,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Difference {
    Better,
    Worse,
    /// The interval of the change spans zero.
    Same,
    CannotTell,
}

impl Difference {
    pub const WORST_FIRST: [Difference; 4] =
        [Difference::Worse, Difference::CannotTell, Difference::Better, Difference::Same];

    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Difference::Better => "better",
            Difference::Worse => "worse",
            Difference::Same => "same",
            Difference::CannotTell => "cannot tell",
        }
    }
}

/// Holds one run against another, metric by metric.
#[must_use]
pub fn compare(left: &Run, right: &Run, confidence: f64) -> Comparison {
    let mut rows = Vec::new();
    let mut notes = Vec::new();
    for (case, operation, metric) in subjects(right) {
        let subject = Subject { case: &case, operation: operation.as_deref(), metric: &metric };
        let (Ok(a), Ok(b)) = (gather(left, subject), gather(right, subject)) else { continue };
        let statistic = known(&metric).map_or(Statistic::MEDIAN, |metric| metric.default);
        rows.extend(row(subject, (&a, &b), statistic, confidence));
    }
    if left.head.machine.fingerprint() != right.head.machine.fingerprint() {
        notes.push("the runs are from different machines; the differences hold both".to_owned());
    }
    if rows.is_empty() {
        notes.push("the runs share no metric".to_owned());
    }
    let tested: Vec<f64> = rows.iter().filter_map(|row| row.p).collect();
    let adjusted = benjamini_hochberg(&tested);
    for (row, p) in rows.iter_mut().filter(|row| row.p.is_some()).zip(adjusted) {
        row.p = Some(p);
        row.finding = found(row, 1.0 - confidence);
    }
    Comparison { format: FORMAT, left: left.head.clone(), right: right.head.clone(), rows, notes }
}

fn subjects(run: &Run) -> Vec<(String, Option<String>, String)> {
    let mut subjects = Vec::new();
    for trial in &run.trials {
        for series in &trial.series {
            let subject = (trial.case.clone(), series.operation.clone(), series.metric.clone());
            if !subjects.contains(&subject) {
                subjects.push(subject);
            }
        }
    }
    subjects.sort();
    subjects
}

fn row(
    subject: Subject<'_>,
    (left, right): (&Evidence<'_>, &Evidence<'_>),
    statistic: Statistic,
    confidence: f64,
) -> Option<ComparisonRow> {
    let dimension = statistic.dimension(right.dimension)?;
    if left.dimension != right.dimension {
        return None;
    }
    let (x, y) = (numbers(left, statistic).ok()?, numbers(right, statistic).ok()?);
    let change = change(left, right, statistic, confidence);
    // Zeros have no ratio, but ranks.
    let middle = statistic.quantile().is_none() || statistic == Statistic::MEDIAN;
    let zeros = middle && x.iter().chain(&y).any(|value| *value <= 0.0);
    let ranked = change.is_some() || zeros;
    let p = ranked.then(|| mann_whitney(&x, &y, Alternative::TwoSided).p);
    Some(ComparisonRow {
        case: subject.case.to_owned(),
        operation: subject.operation.map(str::to_owned),
        metric: subject.metric.to_owned(),
        statistic,
        dimension: Some(dimension),
        left: estimate(left, statistic, confidence).ok()?,
        right: estimate(right, statistic, confidence).ok()?,
        change,
        p,
        finding: Difference::CannotTell,
    })
}

/// The change between two sides as a share, by ranks over trials; none with too few of them.
pub(super) fn change(
    left: &Evidence<'_>,
    right: &Evidence<'_>,
    statistic: Statistic,
    confidence: f64,
) -> Option<Estimate> {
    let one_each = |side: &Evidence<'_>| side.trials.iter().any(|trial| single(trial).is_some());
    let tail = statistic.quantile().is_some() && statistic != Statistic::MEDIAN;
    if tail && (one_each(left) || one_each(right)) {
        // Ranks over trials with one value each compare their middles, whatever the statistic.
        return None;
    }
    let (x, y) = (numbers(left, statistic).ok()?, numbers(right, statistic).ok()?);
    if left.dimension != right.dimension || x.iter().chain(&y).any(|value| *value <= 0.0) {
        return None;
    }
    let logs = |values: &[f64]| values.iter().map(|value| value.ln()).collect::<Vec<_>>();
    let shift = hodges_lehmann(&logs(&x), &logs(&y), confidence)?;
    let interval = shift.interval?;
    let share = |log: f64| (log.exp() - 1.0).is_finite().then(|| log.exp() - 1.0);
    Some(Estimate {
        value: share(shift.estimate)?,
        low: share(interval.low),
        high: share(interval.high),
        confidence,
        method: "Hodges-Lehmann over trials".to_owned(),
        n: (x.len() + y.len()) as u64,
        n_effective: (x.len() + y.len()) as f64,
    })
}

fn found(row: &ComparisonRow, level: f64) -> Difference {
    let sure = row.p.is_some_and(|p| p <= level);
    let step = row.right.value - row.left.value;
    let falls = match &row.change {
        Some(change) => {
            let (Some(low), Some(high)) = (change.low, change.high) else {
                return Difference::CannotTell;
            };
            if (low <= 0.0 && high >= 0.0) || !sure {
                return Difference::Same;
            }
            high < 0.0
        }
        None if row.p.is_some() && !sure && step.abs() <= 0.0 => return Difference::Same,
        None if !sure || step.abs() <= 0.0 => return Difference::CannotTell,
        None => step < 0.0,
    };
    let lower_is_better = known(&row.metric).is_none_or(|metric| metric.better == Better::Lower);
    if falls == lower_is_better { Difference::Better } else { Difference::Worse }
}

/// The smallest relative change that as many trials on each side find four times in five, judged
/// by the spread of a metric's trials in an earlier run. None when the run does not tell.
#[must_use]
pub fn detectable(
    run: &Run,
    case: &str,
    operation: Option<&str>,
    key: (&str, Statistic),
    trials: u32,
) -> Option<f64> {
    let evidence = gather(run, Subject { case, operation, metric: key.0 }).ok()?;
    let values = numbers(&evidence, key.1).ok()?;
    if values.len() < 4 || trials < 2 || values.iter().any(|value| *value <= 0.0) {
        return None;
    }
    let logs: Vec<f64> = values.iter().map(|value| value.ln()).collect();
    Some((effect(trials) * variance(&logs)?.sqrt()).exp_m1())
}

/// The smallest effect in standard deviations, which depends on the number of trials alone. It
/// takes milliseconds to find, and a plan of a thousand budgets asks for few different ones.
fn effect(trials: u32) -> f64 {
    thread_local! {
        static FOUND: RefCell<BTreeMap<u32, f64>> = const { RefCell::new(BTreeMap::new()) };
    }
    FOUND.with_borrow_mut(|found| {
        *found
            .entry(trials)
            .or_insert_with(|| two_sample_mde(1.0, u64::from(trials), 0.05, 0.8).ln_1p())
    })
}
