//! Judged runs for the tests of pages.

use tollgate::budget::Place;
use tollgate::budget::parse::limit;
use tollgate::judge::{self, Estimate, Finding, Held, Judgement, Outcome, Verdict};
use tollgate::metric::Statistic;
use tollgate::quantity::Dimension;
use tollgate::run::{self, Machine, RunHead, RunState};

use super::Judged;

const DAY_MS: i64 = 86_400_000;
/// 2026-11-21, 02:16.
const START_MS: i64 = 1_795_227_360_000;
const LIMIT: f64 = 15e6;

/// A run for each list of verdicts, one a day.
pub(crate) fn judged(runs: Vec<Vec<Verdict>>) -> Judged {
    let judgements = runs.into_iter().zip(0..).map(|(verdicts, day)| Judgement {
        format: judge::FORMAT,
        run: head(day),
        baseline: None,
        verdicts,
        notes: Vec::new(),
        outcome: Outcome::Within,
    });
    Judged::of(judgements.collect())
}

/// A verdict on a median of at most 15 ms, of which so much is left.
pub(crate) fn verdict(case: &str, metric: &str, finding: Finding, headroom: f64) -> Verdict {
    let value = LIMIT * (1.0 - headroom);
    Verdict {
        case: case.to_owned(),
        operation: None,
        metric: metric.to_owned(),
        statistic: Statistic::MEDIAN,
        dimension: Some(Dimension::TIME),
        finding,
        outcome: Outcome::Within,
        hard: Some(Held { limit: limit("<= 15ms").unwrap(), value: Some(LIMIT) }),
        soft: None,
        estimate: Some(Estimate {
            value,
            low: Some(value * 0.98),
            high: Some(value * 1.02),
            confidence: 0.95,
            method: "order statistics".to_owned(),
            n: 200,
            n_effective: 200.0,
        }),
        headroom: Some(headroom),
        change: None,
        reason: None,
        hint: None,
        accepted: None,
        place: Place::default(),
    }
}

fn head(day: i64) -> RunHead {
    RunHead {
        format: run::FORMAT,
        id: format!("202611{}-021600-7f3a", 21 + day),
        project: "shop".to_owned(),
        started_ms: START_MS + day * DAY_MS,
        ended_ms: Some(START_MS + day * DAY_MS + 60_000),
        state: RunState::Complete,
        environment: None,
        seed: 1,
        commit: None,
        machine: Machine { cores: 2, ..Machine::default() },
        planned: Vec::new(),
        budgets: Vec::new(),
        tool: "0.1.0".to_owned(),
    }
}
