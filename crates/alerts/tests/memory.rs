//! How much memory rules and alerts take, to the byte, and that evaluation asks for none.
//!
//! Without the default test harness: its threads allocate whenever they like.
#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![expect(clippy::print_stdout, reason = "whoever wants to know the figures finds them here")]

use std::mem;
use std::process::Command;

use tollgate_alerts::board::Board;
use tollgate_alerts::engine::Engine;
use tollgate_alerts::file::{File, Known};
use tollgate_alerts::labels::Labels;
use tollgate_alerts::moment::Moment;
use tollgate_alerts::rule::Rule;
use tollgate_harness::{Bench, CountingAllocator, Record, Values};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// Set for the process that measures.
const MEASURES: &str = "MEASURES_MEMORY";

fn main() {
    if std::env::var_os(MEASURES).is_some() {
        return tollgate_harness::program(operations);
    }
    let program = std::env::current_exe().unwrap();
    let ended =
        Command::new(program).args(["--quick", "--records"]).env(MEASURES, "1").output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    let text = String::from_utf8(ended.stdout).unwrap();
    let records: Vec<Record> =
        text.lines().filter_map(|line| Record::parse_line(line).unwrap()).collect();

    for operation in ["quiet", "firing", "flapping"] {
        let found = most(&records, operation, "allocations per op");
        println!("an evaluation while {operation}: {found} allocations");
        // Each change tells its rule and labels, and nothing else is asked for.
        assert!(operation == "flapping" || found < 0.5, "{operation}: {found} allocations");
        assert!(operation != "flapping" || found > 0.5, "what counts allocations does count them");
    }
    let held = |operation: &str| most(&records, operation, "memory growth per op");
    let rule = (held("1,001 rules") - held("1 rule")) / 1000.0;
    let full = (held("1,001 full rules") - held("1 full rule")) / 1000.0;
    let alert = (held("100 alerts") - held("no alerts")) / 100.0;
    println!("{rule} bytes a rule, {full} a full one, {alert} bytes an alert");
    println!("{} bytes the first rule", held("1 rule"));
    for (what, found, bytes) in
        [("rule", rule, RULE), ("full rule", full, FULL), ("alert", alert, ALERT)]
    {
        assert!((found - bytes).abs() < 0.05, "{found} bytes a {what}, and not {bytes}");
    }
}

/// What a rule with one series takes, all that watches it included. The name of the metric is
/// shared by all rules on it.
const RULE: f64 = 177.0;
/// One that has a matcher, a label, a summary and an action as well, as many as these are.
const FULL: f64 = 463.0;
/// What an alert that goes on takes: 48 bytes of its own, in a list that has room for more.
const ALERT: f64 = 61.44;

fn most(records: &[Record], operation: &str, metric: &str) -> f64 {
    let mut meant = records
        .iter()
        .filter(|record| record.operation.as_deref() == Some(operation) && record.metric == metric);
    match meant.next().map(|record| &record.values) {
        Some(Values::Samples(samples)) => samples.iter().copied().fold(0.0, f64::max),
        Some(Values::Value(value)) => *value,
        other => panic!("{metric} of `{operation}` are {other:?}"),
    }
}

fn operations(bench: &mut Bench) {
    for (operation, values) in
        [("quiet", [80.0; 2]), ("firing", [40.0; 2]), ("flapping", [40.0, 80.0])]
    {
        let mut board = board(1);
        let (mut engine, mut changes) = (Engine::new(rules(1000)), Vec::new());
        let mut evaluations = 0;
        bench.run(operation, || {
            for value in values {
                board.write("health", &Labels::default(), value);
                engine.evaluate(at(evaluations), &board, &mut changes);
                changes.clear();
                evaluations += 1;
            }
        });
    }
    for (operation, count) in [("1 rule", 1), ("1,001 rules", 1001)] {
        let board = board(1);
        bench.run(operation, || mem::forget(evaluated(rules(count), &board)));
    }
    for (operation, count) in [("1 full rule", 1), ("1,001 full rules", 1001)] {
        let board = board(1);
        bench.run(operation, || mem::forget(evaluated(full_rules(count), &board)));
    }
    for (operation, value) in [("no alerts", 80.0), ("100 alerts", 40.0)] {
        let mut board = board(100);
        let places: Vec<_> = board.series().map(|(place, _)| place).collect();
        places.iter().for_each(|&place| board.set(place, value));
        bench.run(operation, || mem::forget(evaluated(rules(1), &board)));
    }
}

fn evaluated(rules: Vec<Rule>, board: &Board) -> Engine {
    let (mut engine, mut changes) = (Engine::new(rules), Vec::new());
    engine.evaluate(at(0), board, &mut changes);
    engine
}

fn board(series: usize) -> Board {
    let mut board = Board::new();
    for port in 0..series {
        let labels = match series {
            1 => Labels::default(),
            _ => Labels::new([("port", port.to_string())]),
        };
        board.write("health", &labels, 80.0);
    }
    board
}

fn rules(count: usize) -> Vec<Rule> {
    read(count, "")
}

fn full_rules(count: usize) -> Vec<Rule> {
    let more = "where = [\"port!=9\"]\nlabels = { team = \"core\" }\n\
                summary = \"less than half is well\"\nactions = [\"log\"]\n";
    read(count, more)
}

fn read(count: usize, more: &str) -> Vec<Rule> {
    let rule =
        |at| format!("[[rule]]\nname = \"rule-{at:04}\"\nmetric = \"health\"\nbelow = 50\n{more}");
    let text: String = (0..count).map(rule).chain(["[action.log]\nlog = true\n".into()]).collect();
    File::read(&text, &Known::default()).unwrap().rules
}

fn at(seconds: i64) -> Moment {
    Moment { steady_ms: seconds * 1000, wall_ms: seconds * 1000 }
}
