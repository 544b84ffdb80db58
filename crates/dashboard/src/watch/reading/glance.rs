//! Which runs speak for a project in an environment.

use std::collections::HashSet;

use tollgate::course::{Course, Subject, courses};
use tollgate::history::{History, HistoryError};
use tollgate::judge::Verdict;
use tollgate::metric::Better;

use crate::watch::board::Latest;

/// What runs have to have in common to be compared from one to the next: project and environment.
pub(super) type Place = (String, Option<String>);

/// What is remembered of a run.
#[derive(Clone, Debug)]
pub(super) struct Glance {
    pub place: Place,
    started_ms: i64,
    cases: HashSet<String>,
}

/// How much older than the latest run one may be that still speaks for a case. By then nobody runs
/// the case any more.
const CARRIED_MS: i64 = 7 * 24 * 3600 * 1000;

/// Runs among which steps are looked for.
const LOOKED_AT: usize = 200;
/// For how many runs a step is new. By then it is how things are.
const LATELY: usize = 20;

/// A run that is damaged, or of a later format, is passed over: the others are still watched.
pub(super) fn read(history: &History, id: &str) -> Result<Option<Glance>, HistoryError> {
    let head = passed_over(id, history.head(id))?;
    Ok(head.map(|head| Glance {
        place: (head.project, head.environment),
        started_ms: head.started_ms,
        cases: head.planned.into_iter().map(|planned| planned.case).collect(),
    }))
}

/// The first of the runs that can be read, and for the cases it did not plan the next that did.
/// They are given the latest first. `same` is what was found last, if among the same runs.
pub(super) fn newest(
    history: &History,
    runs: &[(&str, &Glance)],
    count: u64,
    same: &[Latest],
) -> Result<Option<Latest>, HistoryError> {
    let mut latest: Option<Latest> = None;
    let mut spoken: HashSet<&str> = HashSet::new();
    for (id, glance) in runs {
        let is_old = |latest: &Latest| {
            latest.judgement.run.started_ms.saturating_sub(glance.started_ms) > CARRIED_MS
        };
        if latest.as_ref().is_some_and(is_old) {
            break;
        }
        let cases = glance.cases.iter().map(String::as_str);
        let new: HashSet<&str> = cases.filter(|case| !spoken.contains(case)).collect();
        if latest.is_some() && new.is_empty() {
            continue;
        }
        let Some(Some(judgement)) = passed_over(id, history.judgement(id))? else { continue };
        match &mut latest {
            None => {
                let (carried, steps) = (Vec::new(), Vec::new());
                latest = Some(Latest { judgement, carried, steps, runs: count });
            }
            Some(latest) => {
                let is_wanted = |verdict: &Verdict| new.contains(&*verdict.case);
                latest.carried.extend(judgement.verdicts.into_iter().filter(is_wanted));
            }
        }
        spoken.extend(new);
    }
    if let Some(latest) = &mut latest {
        let (verdicts, carried) = (&latest.judgement.verdicts, &latest.carried);
        // While a run is measured the history is written to again and again, and a search among
        // many runs would disturb what is measured.
        let is_same =
            |before: &&Latest| before.judgement == latest.judgement && before.carried == *carried;
        let mut steps = match same.iter().find(is_same) {
            Some(before) => before.steps.clone(),
            None => worse_lately(history, runs)?,
        };
        // A budget that is gone has earlier runs, which say nothing of how things are.
        steps.retain(|(subject, _)| {
            verdicts.iter().chain(carried).any(|verdict| subject.is_of(verdict))
        });
        latest.steps = steps;
    }
    Ok(latest)
}

/// By how much each budget is worse than before the first of its steps that is new enough to be
/// told.
fn worse_lately(
    history: &History,
    runs: &[(&str, &Glance)],
) -> Result<Vec<(Subject, f64)>, HistoryError> {
    let mut judgements = Vec::new();
    for (id, _) in runs.iter().take(LOOKED_AT) {
        judgements.extend(passed_over(id, history.judgement(id))?.flatten());
    }
    let worse = |course: Course| {
        let steps = course.steps();
        let before = steps.iter().find(|step| step.runs_since <= LATELY)?.before;
        // Some of it may have been mended since.
        let after = steps.last()?.after;
        let is_worse = match course.better {
            Better::Lower => after > before,
            Better::Higher => after < before,
        };
        // What was nothing before has no share of it.
        let by = if before == 0.0 { 1.0 } else { ((after - before) / before).abs() };
        Some((course.subject, by)).filter(|_| is_worse)
    };
    Ok(courses(&judgements).into_iter().filter_map(worse).collect())
}

fn passed_over<T>(id: &str, read: Result<T, HistoryError>) -> Result<Option<T>, HistoryError> {
    match read {
        Ok(read) => Ok(Some(read)),
        // Pruned in between.
        Err(HistoryError::NoRun { .. }) => Ok(None),
        Err(error @ (HistoryError::Damaged { .. } | HistoryError::NewerFormat { .. })) => {
            tracing::warn!(run = id, %error, "a run is passed over");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
