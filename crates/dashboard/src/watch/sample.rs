//! Runs and judgements for tests.

use std::path::Path;

use tollgate::budget::Place;
use tollgate::history::{History, new_id};
use tollgate::judge::{Estimate, FORMAT, Finding, Judgement, Outcome, Verdict};
use tollgate::metric::Statistic;
use tollgate::quantity::Dimension;
use tollgate::run::{self, Commit, Machine, PlannedTrials, RunHead, RunState};

/// A run of a project that ended a minute after 1970 began.
pub(crate) fn judgement(project: &str, verdicts: Vec<Verdict>) -> Judgement {
    let planned = |verdict: &Verdict| PlannedTrials {
        case: verdict.case.clone(),
        operation: None,
        trials: 1,
    };
    let run = RunHead {
        format: run::FORMAT,
        id: "19700101-000000-0000".to_owned(),
        project: project.to_owned(),
        started_ms: 0,
        ended_ms: Some(60_000),
        state: RunState::Complete,
        environment: None,
        seed: 1,
        commit: None,
        machine: Machine::default(),
        planned: verdicts.iter().map(planned).collect(),
        budgets: Vec::new(),
        tool: String::new(),
    };
    let outcome = verdicts.iter().map(|verdict| verdict.outcome).max();
    let outcome = outcome.unwrap_or(Outcome::NotMeasured);
    Judgement { format: FORMAT, run, baseline: None, verdicts, notes: Vec::new(), outcome }
}

/// A budget on the 99th percentile of a latency.
pub(crate) fn verdict(case: &str, finding: Finding) -> Verdict {
    let (outcome, headroom) = match finding {
        Finding::Within | Finding::Warned => (Outcome::Within, 0.5),
        Finding::Exceeded => (Outcome::Exceeded, -0.25),
        Finding::CannotTell => (Outcome::CannotTell, 0.01),
        Finding::NotMeasured => (Outcome::NotMeasured, 0.5),
    };
    let estimate = Estimate {
        value: 5.0,
        low: None,
        high: None,
        confidence: 0.95,
        method: String::new(),
        n: 9,
        n_effective: 9.0,
    };
    Verdict {
        case: case.to_owned(),
        operation: None,
        metric: "latency".to_owned(),
        statistic: Statistic::Quantile(990_000),
        dimension: Some(Dimension::TIME),
        finding,
        outcome,
        hard: None,
        soft: None,
        estimate: Some(estimate),
        headroom: Some(headroom),
        change: None,
        reason: None,
        hint: None,
        accepted: None,
        place: Place::default(),
    }
}

/// A run of `shop` that began so many seconds after 1970 and was found so.
pub(crate) struct Stored {
    pub second: i64,
    pub environment: Option<&'static str>,
    pub branch: &'static str,
    pub verdicts: Vec<Verdict>,
}

impl Stored {
    pub(crate) fn new(second: i64, verdicts: &[(&str, Finding)]) -> Stored {
        let verdicts = verdicts.iter().map(|(case, finding)| verdict(case, *finding)).collect();
        Stored { second, environment: None, branch: "main", verdicts }
    }

    /// Stores it, and returns its id.
    pub(crate) fn store(self, path: &Path) -> String {
        let started_ms = self.second * 1000;
        let mut judgement = judgement("shop", self.verdicts);
        let commit =
            Commit { hash: "0".to_owned(), branch: Some(self.branch.to_owned()), dirty: false };
        judgement.run.id = new_id(started_ms, 0);
        judgement.run.started_ms = started_ms;
        judgement.run.environment = self.environment.map(str::to_owned);
        judgement.run.commit = Some(commit);
        let mut history = History::open(path).unwrap();
        let id = history.begin(&judgement.run).unwrap();
        history.finish(&id, started_ms + 500, RunState::Complete).unwrap();
        judgement.run = history.head(&id).unwrap();
        history.set_judgement(&id, &judgement).unwrap();
        id
    }
}
