//! How many bytes rules and alerts hold: those that stay live once they were made and evaluated, as
//! the allocator counts them.

use tollgate_alerts::board::Board;
use tollgate_alerts::engine::{Engine, Transition};
use tollgate_alerts::labels::Labels;
use tollgate_harness::{Bench, Counting};

use super::MEASURING;
use super::scene::{HEALTH, below, moment};

/// Well above the threshold of rules that are quiet, and below that of those that fire.
const SCORE: f64 = 76.67;
const QUIET: f64 = 50.0;
const FIRING: f64 = 100.0;

/// Evaluations after which nothing may have been added.
const LATER: i64 = 10_000;

pub(super) fn measure(bench: &mut Bench) {
    rules(bench, "memory / 1 rule", 1);
    rules(bench, "memory / 1,000 rules", 1000);
    // Of 100 rules on one device, and of one rule on 100 ports.
    alerts(bench, "memory / 100 alerts", 100, 1);
    alerts(bench, "memory / 100 ports", 1, 100);
}

fn rules(bench: &mut Bench, name: &str, rules: u64) {
    let make = || watched(rules, 1, QUIET).0;
    if let Some(bytes) = held(bench, name, make) {
        bench.group(name).value("memory", (bytes, "B"));
        bench.group(name).value("memory per rule", (bytes / rules as f64, "B"));
    }
    if let (1000, Some(one)) = (rules, held(bench, name, || watched(1, 1, QUIET).0)) {
        let all = held(bench, name, make).unwrap_or(f64::NAN);
        bench.group(name).value("memory over that of one rule", (all / one, ""));
    }
    bench.operation(name).measuring(MEASURING).run(make);
}

/// What alerts hold beyond rules that are quiet, and what is held more after a long time.
fn alerts(bench: &mut Bench, name: &str, rules: u64, ports: u64) {
    let make = |threshold| move || watched(rules, ports, threshold).0;
    if let (Some(firing), Some(quiet)) =
        (held(bench, name, make(FIRING)), held(bench, name, make(QUIET)))
    {
        let alerts = (rules * ports) as f64;
        bench.group(name).value("memory", (firing - quiet, "B"));
        bench.group(name).value("memory per alert", ((firing - quiet) / alerts, "B"));
        let (mut engine, board) = watched(rules, ports, FIRING);
        let mut changes: Vec<Transition> = Vec::new();
        let growth = held(bench, name, || {
            (2..LATER).for_each(|at| engine.evaluate(moment(at * 1000), &board, &mut changes));
        });
        bench.group(name).value("memory growth", (growth.unwrap_or(f64::NAN), "B"));
    }
    bench.operation(name).measuring(MEASURING).run(make(FIRING));
}

/// The bytes that live on with what is made.
fn held<T>(bench: &Bench, name: &str, make: impl FnOnce() -> T) -> Option<f64> {
    if !bench.is_measuring() || !bench.chooses(name) {
        return None;
    }
    let counting = Counting::start()?;
    let before = counting.live();
    let made = make();
    let bytes = counting.live() - before;
    drop(made);
    Some(bytes as f64)
}

/// Rules on so many ports, evaluated once. The board was there before.
fn watched(rules: u64, ports: u64, threshold: f64) -> (Engine, Board) {
    let mut board = Board::new();
    for port in 0..ports {
        board.write(HEALTH, &Labels::new([("port", port.to_string())]), SCORE);
    }
    let (mut engine, mut changes) = (Engine::new(below(rules, threshold)), Vec::new());
    engine.evaluate(moment(1000), &board, &mut changes);
    (engine, board)
}
