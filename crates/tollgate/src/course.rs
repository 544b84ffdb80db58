//! What a budget's figures were in run after run, and the steps in them.

use std::collections::BTreeMap;

use serde::Serialize;
use tollgate_stats::change_point;

use crate::budget::Op;
use crate::judge::{Estimate, Finding, Held, Judgement, Verdict};
use crate::metric::{Better, Statistic, known};
use crate::quantity::Dimension;
use crate::run::Commit;

/// What a budget is on. A metric may have several limits; its figures are one course.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Subject {
    pub project: String,
    pub environment: Option<String>,
    pub case: String,
    pub operation: Option<String>,
    pub metric: String,
    pub statistic: Statistic,
}

/// The figures of one subject.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Course {
    pub subject: Subject,
    pub dimension: Option<Dimension>,
    pub better: Better,
    /// The earliest first.
    pub points: Vec<Point>,
}

/// What one run found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    pub run: String,
    pub at_ms: i64,
    pub commit: Option<Commit>,
    /// What machines have to share for their figures to be compared.
    pub machine: String,
    /// The worst of the subject's budgets.
    pub finding: Finding,
    pub estimate: Option<Estimate>,
    pub hard: Option<f64>,
    pub soft: Option<f64>,
}

/// A change of level that lasted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The index of the first point of the new level.
    pub point: usize,
    pub run: String,
    pub at_ms: i64,
    pub commit: Option<Commit>,
    pub before: f64,
    pub after: f64,
    /// As a share of the level before; absent where that was zero.
    pub change: Option<f64>,
    pub is_worse: bool,
    /// See [`change_point::Step::p`].
    pub p: f64,
    /// Runs since, on that machine, the first of them included.
    pub runs_since: usize,
}

/// The courses of judged runs, in the order of the latest judgement that has them.
#[must_use]
pub fn courses(judgements: &[Judgement]) -> Vec<Course> {
    let mut latest_first: Vec<&Judgement> = judgements.iter().collect();
    latest_first.sort_by(|one, other| {
        (other.run.started_ms, &other.run.id).cmp(&(one.run.started_ms, &one.run.id))
    });
    let mut places: BTreeMap<Subject, usize> = BTreeMap::new();
    let mut courses: Vec<Course> = Vec::new();
    for judgement in latest_first {
        for verdict in &judgement.verdicts {
            let subject = Subject::of(judgement, verdict);
            let place = *places.entry(subject.clone()).or_insert_with(|| {
                courses.push(Course::new(subject, verdict));
                courses.len() - 1
            });
            courses[place].add(judgement, verdict);
        }
    }
    courses.iter_mut().for_each(|course| course.points.reverse());
    courses
}

impl Subject {
    /// Whether a verdict of its project and environment is on it.
    #[must_use]
    pub fn is_of(&self, verdict: &Verdict) -> bool {
        (&self.case, &self.operation, &self.metric, self.statistic)
            == (&verdict.case, &verdict.operation, &verdict.metric, verdict.statistic)
    }

    fn of(judgement: &Judgement, verdict: &Verdict) -> Subject {
        Subject {
            project: judgement.run.project.clone(),
            environment: judgement.run.environment.clone(),
            case: verdict.case.clone(),
            operation: verdict.operation.clone(),
            metric: verdict.metric.clone(),
            statistic: verdict.statistic,
        }
    }
}

impl Course {
    fn new(subject: Subject, verdict: &Verdict) -> Course {
        let limit = verdict.hard.as_ref().or(verdict.soft.as_ref()).map(|held| held.limit.op);
        let by_limit = match limit.is_none_or(Op::is_upper) {
            true => Better::Lower,
            false => Better::Higher,
        };
        let better = known(&subject.metric).map_or(by_limit, |metric| metric.better);
        Course { subject, dimension: verdict.dimension, better, points: Vec::new() }
    }

    /// Another figure, or another budget on the last one.
    fn add(&mut self, judgement: &Judgement, verdict: &Verdict) {
        let value = |held: &Option<Held>| held.as_ref().and_then(|held| held.value);
        let (hard, soft) = (value(&verdict.hard), value(&verdict.soft));
        let run = &judgement.run;
        if let Some(last) = self.points.last_mut().filter(|last| last.run == run.id) {
            last.finding = worse(last.finding, verdict.finding);
            last.estimate = last.estimate.take().or_else(|| verdict.estimate.clone());
            last.hard = last.hard.or(hard);
            last.soft = last.soft.or(soft);
            return;
        }
        self.points.push(Point {
            run: run.id.clone(),
            at_ms: run.started_ms,
            commit: run.commit.clone(),
            machine: run.machine.fingerprint(),
            finding: verdict.finding,
            estimate: verdict.estimate.clone(),
            hard,
            soft,
        });
    }

    /// Where the figures went from one level to another and stayed, among runs on machines like
    /// that of the latest: another machine's figures are no change of the program.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        let Some(machine) = self.points.last().map(|point| &point.machine) else {
            return Vec::new();
        };
        let points = self.points.iter().enumerate();
        let points = points.filter(|(_, point)| point.machine == *machine);
        let (places, values): (Vec<usize>, Vec<f64>) = points
            .filter_map(|(place, point)| Some((place, point.estimate.as_ref()?.value)))
            .unzip();
        let found = change_point::steps(&values);
        found.iter().map(|step| self.step(step, places[step.index], values.len())).collect()
    }

    fn step(&self, found: &change_point::Step, place: usize, values: usize) -> Step {
        let point = &self.points[place];
        let change_point::Step { index, before, after, p } = *found;
        Step {
            point: place,
            run: point.run.clone(),
            at_ms: point.at_ms,
            commit: point.commit.clone(),
            before,
            after,
            change: (before != 0.0).then(|| (after - before) / before.abs()),
            is_worse: (after > before) == (self.better == Better::Lower),
            p,
            runs_since: values - index,
        }
    }
}

fn worse(one: Finding, other: Finding) -> Finding {
    let rank = |finding| match finding {
        Finding::Within => 0,
        Finding::Warned => 1,
        Finding::CannotTell => 2,
        Finding::NotMeasured => 3,
        Finding::Exceeded => 4,
    };
    if rank(other) > rank(one) { other } else { one }
}

#[cfg(test)]
mod tests;
