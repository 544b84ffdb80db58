//! What is measured: rules on one device where nothing happens, where all of them fire, and where
//! they begin and end each time.

use std::fmt;
use std::hint::black_box;

use tollgate_alerts::board::{Board, Place};
use tollgate_alerts::engine::{Engine, Transition};
use tollgate_alerts::labels::Labels;
use tollgate_alerts::moment::Moment;
use tollgate_alerts::rule::{Rule, Source, Test};

use crate::metrics::WarmRestartMetrics;

pub(super) const HEALTH: &str = "warm_restart_health_score";

/// Of `middling`.
const SCORE: f64 = 76.67;

/// Which way an evaluation goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Path {
    Quiet,
    Firing,
    Flapping,
}

pub(super) struct Scene {
    engine: Engine,
    board: Board,
    place: Place,
    /// Every second evaluation sees the other one.
    values: [f64; 2],
    changes: Vec<Transition>,
    now_ms: i64,
}

impl Path {
    pub(super) const ALL: [Path; 3] = [Path::Quiet, Path::Firing, Path::Flapping];
}

impl fmt::Display for Path {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Path::Quiet => "quiet",
            Path::Firing => "firing",
            Path::Flapping => "flapping",
        })
    }
}

impl Scene {
    /// So many rules that are alike.
    pub(super) fn new(rules: u64, path: Path) -> Scene {
        let threshold = if path == Path::Firing { 90.0 } else { 50.0 };
        let other = if path == Path::Flapping { 40.0 } else { SCORE };
        Scene::of(below(rules, threshold), other)
    }

    pub(super) fn of(rules: Vec<Rule>, other: f64) -> Scene {
        let mut board = Board::new();
        let place = board.place(HEALTH, &Labels::new([("device", "leaf-1")]));
        let (engine, changes) = (Engine::new(rules), Vec::new());
        let mut scene = Scene { engine, board, place, values: [SCORE, other], changes, now_ms: 0 };
        // Checks are made, and what fires begins to.
        scene.evaluate();
        scene
    }

    /// The changes.
    pub(super) fn evaluate(&mut self) -> usize {
        self.now_ms += 1000;
        let at = usize::from(self.now_ms % 2000 == 0);
        self.board.set(self.place, black_box(self.values[at]));
        self.changes.clear();
        self.engine.evaluate(moment(self.now_ms), &self.board, &mut self.changes);
        self.changes.len()
    }
}

/// Rules that ask whether the health is below something.
pub(super) fn below(rules: u64, threshold: f64) -> Vec<Rule> {
    let test = Test::Below(threshold);
    (0..rules).map(|number| rule(number, test)).collect()
}

pub(super) fn rule(number: u64, test: Test) -> Rule {
    let source = Source::Value { metric: HEALTH.into() };
    Rule::new(format!("rule-{number}"), source, test)
}

pub(super) fn moment(now_ms: i64) -> Moment {
    Moment { steady_ms: now_ms, wall_ms: now_ms }
}

/// A device some of whose starts are cold and some of whose syncs run out of time.
pub(super) fn middling() -> WarmRestartMetrics {
    WarmRestartMetrics {
        warm_restarts: 50,
        cold_starts: 25,
        syncs_ended: 100,
        sync_timeouts: 10,
        recoveries: 50,
        corruptions: 51,
        ..WarmRestartMetrics::default()
    }
}
