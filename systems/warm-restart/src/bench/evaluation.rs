//! Evaluations of so many rules on one device: where nothing happens, where everything fires, and
//! where everything begins and ends each time.

use std::hint::black_box;

use tollgate_alerts::board::{Board, Place};
use tollgate_alerts::engine::Engine;
use tollgate_alerts::labels::Labels;
use tollgate_alerts::moment::Moment;
use tollgate_alerts::rule::{Rule, Source, Test};
use tollgate_harness::Bench;

const HEALTH: &str = "warm_restart_health_score";

/// As the devices of the issue have it.
const SCORE: f64 = 76.67;

pub(super) fn measure(bench: &mut Bench) {
    // The latency of one is what percentiles are asked of, and its rate the throughput.
    for rules in [1, 10, 100, 1000] {
        for (name, threshold, other) in
            [("quiet", 50.0, SCORE), ("firing", 90.0, SCORE), ("flapping", 50.0, 40.0)]
        {
            let operation = format!("evaluate / {rules} {name}");
            if !bench.chooses(&operation) {
                continue;
            }
            let mut scene = Scene::new(rules, threshold, other);
            scene.evaluate();
            bench.operation(operation).elements(rules).run(move || scene.evaluate());
        }
    }
}

struct Scene {
    engine: Engine,
    board: Board,
    place: Place,
    /// Every second evaluation sees the other one.
    values: [f64; 2],
    changes: Vec<tollgate_alerts::engine::Transition>,
    now_ms: i64,
}

impl Scene {
    fn new(rules: u64, threshold: f64, other: f64) -> Scene {
        let mut board = Board::new();
        let place = board.place(HEALTH, &Labels::new([("device", "leaf-1")]));
        let engine = Engine::new((0..rules).map(|number| rule(number, threshold)).collect());
        let changes = Vec::new();
        Scene { engine, board, place, values: [SCORE, other], changes, now_ms: 0 }
    }

    fn evaluate(&mut self) -> usize {
        self.now_ms += 1000;
        let now = Moment { steady_ms: self.now_ms, wall_ms: self.now_ms };
        let at = usize::from(self.now_ms % 2000 == 0);
        self.board.set(self.place, black_box(self.values[at]));
        self.changes.clear();
        self.engine.evaluate(now, &self.board, &mut self.changes);
        self.changes.len()
    }
}

pub(super) fn rule(number: u64, threshold: f64) -> Rule {
    let source = Source::Value { metric: HEALTH.to_owned() };
    Rule::new(format!("rule-{number}"), source, Test::Below(threshold))
}
