//! Runs to store: made from numbers alone, so that another process can make the same.

use std::path::{Path, PathBuf};

use tollgate::history::History;
use tollgate::judge::{Judgement, Outcome as Judged, Strictness, judge};
use tollgate::metric::Statistic;
use tollgate::quantity::Dimension;
use tollgate::run::{
    Batch, Commit, Data, Machine, Outcome, PlannedTrials, Point, Resolution, Run, RunHead,
    RunState, Series, Share, Stated, Summary, Trial,
};
use tollgate_stats::histogram::Histogram;

pub(crate) fn file(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join(".tollgate").join("history.db")
}

pub(crate) fn open(path: &Path) -> History {
    History::open(path).unwrap()
}

/// Small, fast, and the same everywhere.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }
}

/// A run on `main` that began in second `second`, not dirty.
pub(crate) fn head(second: i64) -> RunHead {
    let started_ms = 1_790_000_000_000 + second * 1000;
    RunHead {
        format: tollgate::run::FORMAT,
        id: tollgate::history::new_id(started_ms, 0x7f3a),
        project: "shop".to_owned(),
        started_ms,
        ended_ms: None,
        state: RunState::Open,
        environment: None,
        seed: u64::MAX,
        commit: Some(Commit {
            hash: format!("{second:040x}"),
            branch: Some("main".to_owned()),
            dirty: false,
        }),
        machine: machine("a"),
        planned: vec![PlannedTrials { case: "pay".to_owned(), operation: None, trials: 3 }],
        budgets: vec![],
        tool: "0.1.0".to_owned(),
    }
}

pub(crate) fn machine(cpu: &str) -> Machine {
    Machine { cpu_model: cpu.to_owned(), cores: 2, ..Machine::default() }
}

pub(crate) fn series(metric: &str, data: Data) -> Series {
    Series {
        operation: None,
        metric: metric.to_owned(),
        dimension: Dimension::TIME,
        data,
        resolution: Resolution::Exact,
    }
}

/// A trial with a series of every kind, all of it decided by `seed` and `number`.
pub(crate) fn trial(seed: u64, number: u32) -> Trial {
    let mut dice = Dice(seed ^ (u64::from(number) << 32));
    let mut value = || dice.roll(1 << 40) as f64 / 1024.0;
    let samples = (0..200).map(|_| value()).collect();
    let histograms =
        (0..2).map(|_| Histogram::from_values((0..300).map(|_| value() as u64))).collect();
    let batches = (0..5).map(|_| Batch { total: value(), iterations: 100.0 }).collect();
    let points = (0..20).map(|_| Point { at_ns: value(), value: value() }).collect();
    let stated = Stated { value: value(), low: None, high: Some(value()) };
    let summary = Summary { n: Some(9), values: [(Statistic::Quantile(999_000), stated)].into() };
    let mut all = vec![
        series("wall", Data::Samples(samples)),
        series("latency", Data::Histograms(histograms)),
        series("batch", Data::Batches(batches)),
        series("server memory", Data::Points(points)),
        series("errors", Data::Shares(vec![Share { hits: 1, of: 300 }, Share { hits: 0, of: 7 }])),
        series("requests", Data::Total(value())),
        series("stated", Data::Summary(summary)),
    ];
    all[0].resolution = Resolution::Steps(vec![(1e6, 1.0), (1e9, 10.0)]);
    all[1].operation = Some("POST /pay".to_owned());
    let outcome = match number % 7 {
        6 => Outcome::Failed { reason: "exit code 3".to_owned(), output: "oh\nno\0".to_owned() },
        _ => Outcome::Complete,
    };
    Trial {
        case: "pay".to_owned(),
        operation: None,
        number,
        position: number,
        started_ms: 5,
        elapsed_ns: u64::MAX - u64::from(number),
        outcome,
        series: all,
    }
}

/// Stores a complete run with `trials` trials and returns it as it should be read back.
pub(crate) fn store(history: &mut History, head: &RunHead, trials: u32) -> Run {
    let id = history.begin(head).unwrap();
    let seed = head.started_ms.unsigned_abs();
    let trials: Vec<Trial> = (1..=trials).map(|number| trial(seed, number)).collect();
    for trial in &trials {
        history.add_trial(&id, trial).unwrap();
    }
    let ended_ms = Some(head.started_ms + 500);
    history.finish(&id, head.started_ms + 500, RunState::Complete).unwrap();
    Run { head: RunHead { id, ended_ms, state: RunState::Complete, ..head.clone() }, trials }
}

/// The judge's own words, with the outcome a test needs.
pub(crate) fn judgement(run: &Run, outcome: Judged) -> Judgement {
    Judgement { outcome, ..judge(run, &[], Strictness::Usual) }
}
