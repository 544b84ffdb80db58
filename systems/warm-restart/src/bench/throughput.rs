//! Events a second: each of 10,000 is counted, changes the health of its device, and is followed
//! by an evaluation.

use tollgate_alerts::board::{Board, Place};
use tollgate_alerts::engine::{Engine, Transition};
use tollgate_alerts::labels::Labels;
use tollgate_harness::Bench;

use super::MEASURING;
use super::scene::{HEALTH, Path, below, moment};
use crate::event::Event;
use crate::metrics::WarmRestartMetrics;

const EVENTS: u64 = 10_000;

pub(super) fn measure(bench: &mut Bench) {
    for (text, rules) in [("no rule", 0), ("one rule", 1), ("ten rules", 10)] {
        for path in Path::ALL {
            let name = match rules {
                0 if path != Path::Quiet => continue,
                0 => format!("throughput / {text}"),
                _ => format!("throughput / {text} {path}"),
            };
            if bench.chooses(&name) {
                let mut stream = Stream::new(rules, path);
                let run = || (0..EVENTS).map(|_| stream.next()).sum::<usize>();
                bench.operation(name).elements(EVENTS).measuring(MEASURING).run(run);
            }
        }
    }
}

struct Stream {
    metrics: WarmRestartMetrics,
    engine: Engine,
    board: Board,
    place: Place,
    changes: Vec<Transition>,
    count: u64,
}

impl Stream {
    /// The health goes from 100 to 90 and back.
    fn new(rules: u64, path: Path) -> Stream {
        let threshold = match path {
            Path::Quiet => 50.0,
            Path::Firing => 101.0,
            Path::Flapping => 95.0,
        };
        let mut board = Board::new();
        let place = board.place(HEALTH, &Labels::new([("device", "leaf-1")]));
        let engine = Engine::new(below(rules, threshold));
        let metrics = WarmRestartMetrics::default();
        Stream { metrics, engine, board, place, changes: Vec::new(), count: 0 }
    }

    /// The changes that an event leads to.
    fn next(&mut self) -> usize {
        self.count += 1;
        let event = if self.count % 2 == 1 { Event::Corruption } else { Event::Recovery };
        self.metrics.record(event, self.count);
        self.board.set(self.place, self.metrics.health_score());
        self.changes.clear();
        let now = moment(i64::try_from(self.count).unwrap_or(i64::MAX));
        self.engine.evaluate(now, &self.board, &mut self.changes);
        self.changes.len()
    }
}
