//! Runs with what was found of them, as pages over several runs read them.

use tollgate::course::{Course as Figures, Step, courses};
use tollgate::history::{Filter, History};
use tollgate::judge::{Held, Judgement, Verdict};
use tollgate::metric::Statistic;
use tollgate::quantity::Dimension;
use tollgate::run::Machine;

use crate::chart::{Bar, Course, Stop};
use crate::error::Failure;
use crate::link;

/// Judged runs, the earliest first.
pub(crate) struct Judged {
    pub(crate) judgements: Vec<Judgement>,
    /// The fingerprint of the machine that most of them are from.
    usual: Option<String>,
}

/// Changes of level that lasted.
pub(crate) struct Turns<'j> {
    judged: &'j Judged,
    found: Vec<Figures>,
}

/// What is promised, whatever its limit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Subject {
    pub(crate) operation: Option<String>,
    pub(crate) metric: String,
    pub(crate) statistic: Statistic,
}

impl Judged {
    /// Reads those of the runs that were judged.
    pub(crate) fn read(history: &History, filter: &Filter) -> Result<Judged, Failure> {
        let mut judgements = history.judgements(filter)?;
        judgements.reverse();
        Ok(Judged::of(judgements))
    }

    /// Of runs from the earliest to the latest.
    fn of(judgements: Vec<Judgement>) -> Judged {
        let machines = judgements.iter().map(|judgement| judgement.run.machine.fingerprint());
        let machines: Vec<String> = machines.collect();
        let count = |one: &String| machines.iter().filter(|other| *other == one).count();
        // Of as many, the latest.
        let usual = machines.iter().max_by_key(|one| count(one)).cloned();
        Judged { judgements, usual }
    }

    pub(crate) fn is_elsewhere(&self, machine: &Machine) -> bool {
        self.usual.as_ref().is_some_and(|usual| *usual != machine.fingerprint())
    }

    /// What was promised of a case, as the latest run that promised anything has it; then what only
    /// earlier ones had.
    pub(crate) fn subjects(&self, case: &str) -> Vec<Subject> {
        let mut subjects: Vec<Subject> = Vec::new();
        for judgement in self.judgements.iter().rev() {
            for verdict in judgement.verdicts.iter().filter(|verdict| verdict.case == case) {
                let subject = Subject::of(verdict);
                if !subjects.contains(&subject) {
                    subjects.push(subject);
                }
            }
        }
        subjects
    }

    /// One budget of a case over all of the runs.
    pub(crate) fn course(&self, case: &str, subject: &Subject) -> Course {
        let found: Vec<(&Judgement, Option<&Verdict>)> = self
            .judgements
            .iter()
            .map(|judgement| (judgement, subject.find(case, judgement)))
            .collect();
        let mut dimensions =
            found.iter().rev().filter_map(|(_, verdict)| verdict.as_ref()?.dimension);
        let stops = found.iter().map(|(judgement, verdict)| self.stop(judgement, *verdict));
        Course {
            subject: subject.words(),
            dimension: dimensions.next().unwrap_or(Dimension::COUNT),
            stops: stops.collect(),
            turns: Vec::new(),
        }
    }

    /// Where the figures of a case's budgets went to another level and stayed.
    pub(crate) fn turns(&self, case: &str) -> Turns<'_> {
        let mut found = courses(&self.judgements);
        found.retain(|course| course.subject.case == case);
        Turns { judged: self, found }
    }

    fn stop(&self, judgement: &Judgement, verdict: Option<&Verdict>) -> Stop {
        let run = &judgement.run;
        let estimate = verdict.and_then(|verdict| verdict.estimate.as_ref());
        let bar = |held: Option<&Held>| {
            let held = held?;
            Some(Bar { value: held.value?, is_upper: held.limit.op.is_upper() })
        };
        // Without a baseline a change is one against another case of the same run.
        let change =
            verdict.filter(|_| judgement.baseline.is_some()).and_then(|v| v.change.as_ref());
        let before = change.zip(estimate).map(|(by, now)| now.value / (1.0 + by.value));
        Stop {
            run: run.id.clone(),
            address: link::run(&run.id),
            started_ms: run.started_ms,
            commit: run.commit.as_ref().map(|commit| commit.hash.clone()),
            finding: verdict.map(|verdict| verdict.finding),
            value: estimate.map(|estimate| estimate.value),
            low: estimate.and_then(|estimate| estimate.low),
            high: estimate.and_then(|estimate| estimate.high),
            hard: bar(verdict.and_then(|verdict| verdict.hard.as_ref())),
            soft: bar(verdict.and_then(|verdict| verdict.soft.as_ref())),
            baseline: before.filter(|value| value.is_finite()),
            is_elsewhere: self.is_elsewhere(&run.machine),
        }
    }
}

impl Turns<'_> {
    /// Those of one budget, the latest first, each with its place in the course.
    pub(crate) fn of(&self, subject: &Subject) -> Vec<(usize, Step)> {
        let own = self.found.iter().filter(|figures| {
            let of = &figures.subject;
            of.operation == subject.operation
                && of.metric == subject.metric
                && of.statistic == subject.statistic
        });
        let mut steps: Vec<Step> = own.flat_map(Figures::steps).collect();
        steps.sort_by_key(|step| std::cmp::Reverse(step.at_ms));
        let runs = &self.judged.judgements;
        let place = |step: &Step| runs.iter().position(|judgement| judgement.run.id == step.run);
        steps.into_iter().filter_map(|step| Some((place(&step)?, step))).collect()
    }
}

impl Subject {
    pub(crate) fn of(verdict: &Verdict) -> Subject {
        Subject {
            operation: verdict.operation.clone(),
            metric: verdict.metric.clone(),
            statistic: verdict.statistic,
        }
    }

    /// `latency p95`.
    pub(crate) fn words(&self) -> String {
        format!("{} {}", self.metric, self.statistic)
    }

    pub(crate) fn find<'j>(&self, case: &str, judgement: &'j Judgement) -> Option<&'j Verdict> {
        let mut verdicts = judgement.verdicts.iter();
        verdicts.find(|verdict| {
            verdict.case == case
                && verdict.operation == self.operation
                && verdict.metric == self.metric
                && verdict.statistic == self.statistic
        })
    }
}

#[cfg(test)]
pub(crate) mod sample;

#[cfg(test)]
mod tests {
    use tollgate::judge::Finding;

    use super::sample::{judged, verdict};
    use super::*;

    fn wall(case: &str, headroom: f64) -> Verdict {
        verdict(case, "wall", Finding::Within, headroom)
    }

    #[test]
    fn a_course_has_a_stop_for_every_run_also_where_the_budget_was_missing() {
        let judged =
            judged(vec![vec![wall("pay", 0.1)], vec![wall("other", 0.2)], vec![wall("pay", 0.3)]]);
        let subject = &judged.subjects("pay")[0];
        let course = judged.course("pay", subject);
        let findings: Vec<Option<Finding>> = course.stops.iter().map(|stop| stop.finding).collect();
        assert_eq!(findings, [Some(Finding::Within), None, Some(Finding::Within)]);
        assert_eq!(course.subject, "wall median");
    }

    #[test]
    fn budgets_are_those_of_the_latest_run_and_then_those_that_are_gone() {
        let of = |metric: &str| verdict("pay", metric, Finding::Within, 0.1);
        let judged = judged(vec![vec![of("gone"), of("wall")], vec![of("new"), of("wall")]]);
        let metrics: Vec<String> =
            judged.subjects("pay").into_iter().map(|subject| subject.metric).collect();
        assert_eq!(metrics, ["new", "wall", "gone"]);
        assert!(judged.subjects("nothing").is_empty());
    }

    #[test]
    fn a_level_that_lasts_begins_at_its_first_run() {
        let level = |n: usize| if n < 14 { 0.4 } else { 0.1 };
        let noise = |n: usize| (n * 37 % 11) as f64 / 2_000.0;
        let mut runs: Vec<Vec<Verdict>> =
            (0..28).map(|n| vec![wall("pay", level(n) + noise(n))]).collect();
        // Without the case, so that places are told apart from numbers of figures.
        runs[3] = vec![wall("other", 0.1)];
        let judged = judged(runs);
        let steps = judged.turns("pay").of(&judged.subjects("pay")[0]);
        assert_eq!(steps.len(), 1, "{steps:?}");
        assert_eq!((steps[0].0, steps[0].1.is_worse), (14, true));
        assert!(judged.turns("other").of(&judged.subjects("other")[0]).is_empty());
    }

    #[test]
    fn a_run_of_another_machine_than_most_is_known() {
        let mut runs = judged(vec![vec![wall("pay", 0.1)]; 3]).judgements;
        runs[2].run.machine.cores += 1;
        let judged = Judged::of(runs);
        let course = judged.course("pay", &judged.subjects("pay")[0]);
        let elsewhere: Vec<bool> = course.stops.iter().map(|stop| stop.is_elsewhere).collect();
        assert_eq!(elsewhere, [false, false, true]);
    }

    #[test]
    fn the_baseline_is_what_the_change_was_counted_from() {
        let mut runs = judged(vec![vec![wall("pay", 0.1)]]).judgements;
        let estimate = runs[0].verdicts[0].estimate.clone().unwrap();
        let before = estimate.value / 1.25;
        runs[0].verdicts[0].change = Some(tollgate::judge::Estimate { value: 0.25, ..estimate });
        let baseline = |runs: &[Judgement]| {
            let judged = Judged::of(runs.to_vec());
            judged.course("pay", &judged.subjects("pay")[0]).stops[0].baseline
        };
        // Against another case.
        assert_eq!(baseline(&runs), None);
        let runs_before = vec!["20261120-021600-11aa".to_owned()];
        runs[0].baseline =
            Some(tollgate::judge::BaselineHead { name: "main".to_owned(), runs: runs_before });
        assert!((baseline(&runs).unwrap() - before).abs() < 1e-6);
        runs[0].verdicts[0].change.as_mut().unwrap().value = -1.0;
        assert_eq!(baseline(&runs), None);
    }
}
