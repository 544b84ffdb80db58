//! Writes a history with one large run: 1,000 budgets over ten million samples in histograms.
//! Does nothing when the file is already there.

use std::path::Path;

use tollgate::budget::parse::limit;
use tollgate::budget::{Budget, Place};
use tollgate::history::{History, new_id};
use tollgate::metric::Key;
use tollgate::quantity::Dimension;
use tollgate::run::{
    Data, FORMAT, Machine, Outcome, PlannedTrials, Resolution, Run, RunHead, RunState, Series,
    Trial,
};
use tollgate_stats::histogram::Histogram;
use tollgate_stats::rng::lcg;

const OPERATIONS: u64 = 1_000;
const SAMPLES: usize = 10_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: large-run HISTORY")?;
    let path = Path::new(&path);
    if path.exists() {
        return Ok(());
    }
    let run = run();
    let mut history = History::open(path)?;
    let id = history.begin(&RunHead { state: RunState::Open, ..run.head.clone() })?;
    for trial in &run.trials {
        history.add_trial(&id, trial)?;
    }
    history.finish(&id, 1, RunState::Complete)?;
    Ok(())
}

fn run() -> Run {
    let names: Vec<String> = (0..OPERATIONS).map(|n| format!("GET /item/{n}")).collect();
    let trial = Trial {
        case: "large".to_owned(),
        operation: None,
        number: 1,
        position: 0,
        started_ms: 0,
        elapsed_ns: 60_000_000_000,
        outcome: Outcome::Complete,
        series: names.iter().enumerate().map(|(n, name)| series(n as u64, name)).collect(),
    };
    let head = RunHead {
        format: FORMAT,
        id: new_id(0, 1),
        project: "large-run".to_owned(),
        started_ms: 0,
        ended_ms: None,
        state: RunState::Complete,
        environment: None,
        seed: 1,
        commit: None,
        machine: Machine::default(),
        planned: vec![PlannedTrials { case: "large".to_owned(), operation: None, trials: 1 }],
        budgets: names.iter().map(|name| budget(name)).collect(),
        tool: env!("CARGO_PKG_VERSION").to_owned(),
    };
    Run { head, trials: vec![trial] }
}

/// Exponential latencies with a mean of ten milliseconds.
fn series(seed: u64, operation: &str) -> Series {
    let draws = lcg(seed + 1, SAMPLES);
    #[expect(clippy::cast_sign_loss, reason = "a latency is positive")]
    let nanoseconds = draws.iter().map(|u| (-(-u).ln_1p() * 10e6) as u64);
    Series {
        operation: Some(operation.to_owned()),
        metric: "latency".to_owned(),
        dimension: Dimension::TIME,
        data: Data::Histograms(vec![Histogram::from_values(nanoseconds)]),
        resolution: Resolution::Exact,
    }
}

fn budget(operation: &str) -> Budget {
    Budget {
        case: "large".to_owned(),
        operation: Some(operation.to_owned()),
        key: Key::parse("latency p99"),
        hard: limit("<= 80ms").ok(),
        soft: None,
        on_cannot_tell: None,
        baseline: None,
        any_machine: false,
        accept: None,
        confidence: 0.95,
        place: Place::default(),
    }
}
