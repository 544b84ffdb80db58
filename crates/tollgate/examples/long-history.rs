//! Writes a history of many judged runs: `long-history HISTORY [RUNS]`, 1,000 unless told.
//!
//! Forty budgets in four cases. From seven tenths of the runs on, `search` is a fifth slower; some
//! runs are from a branch, some from another machine, and some lack a case that failed. The same
//! arguments give the same runs. Does nothing when the file is already there.

use std::path::Path;

use tollgate::budget::parse::limit;
use tollgate::budget::{Budget, Place};
use tollgate::history::{History, new_id};
use tollgate::judge::{Baseline, Strictness, judge};
use tollgate::metric::Key;
use tollgate::quantity::Dimension;
use tollgate::run::{
    Commit, Data, FORMAT, Machine, Outcome, PlannedTrials, Resolution, Run, RunHead, RunState,
    Series, Trial,
};
use tollgate_stats::rng::lcg;

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

const TRIALS: u32 = 5;
const HOUR_MS: i64 = 3_600_000;
/// Monday, 5 January 2026, 02:16 UTC.
const FIRST_MS: i64 = 1_767_579_360_000;
const CASES: [&str; 4] = ["search", "checkout", "index", "render"];
const METRICS: [Measured; 5] = [
    Measured::new("latency p95", Dimension::TIME, 11.4e6, 0.06, "<= 15ms", "<= 13.5ms"),
    Measured::new("latency median", Dimension::TIME, 6.2e6, 0.03, "<= baseline + 15%", ""),
    Measured::new("cpu mean", Dimension::TIME, 41e6, 0.02, "<= 60ms", ""),
    Measured::new("peak memory", Dimension::BYTES, 74e6, 0.01, "<= 100MiB", "<= 90MiB"),
    Measured::new("throughput mean", Dimension::RATE, 1450.0, 0.04, ">= 1000/s", ""),
];

/// What a budget is on, and how it comes about.
struct Measured {
    key: &'static str,
    dimension: Dimension,
    base: f64,
    /// How much it varies, as a share.
    spread: f64,
    hard: &'static str,
    soft: &'static str,
}

impl Measured {
    const fn new(
        key: &'static str,
        dimension: Dimension,
        base: f64,
        spread: f64,
        hard: &'static str,
        soft: &'static str,
    ) -> Measured {
        Measured { key, dimension, base, spread, hard, soft }
    }
}

fn main() -> Fallible<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: long-history HISTORY [RUNS]")?;
    let runs: u64 = arguments.next().map_or(Ok(1000), |text| text.parse())?;
    if Path::new(&path).exists() {
        return Ok(());
    }
    let mut history = History::open(Path::new(&path))?;
    let mut earlier: Vec<Run> = Vec::new();
    let mut started_ms = FIRST_MS;
    for number in 0..runs {
        let place = Numbered { number, of: runs };
        started_ms += place.pause_ms();
        let run = place.run(started_ms);
        store(&mut history, &run, &earlier)?;
        if place.is_on_main() && !place.is_elsewhere() {
            earlier.insert(0, run);
            earlier.truncate(5);
        }
    }
    Ok(())
}

fn store(history: &mut History, run: &Run, earlier: &[Run]) -> Fallible<()> {
    let id = history.begin(&RunHead { state: RunState::Open, ..run.head.clone() })?;
    for trial in &run.trials {
        history.add_trial(&id, trial)?;
    }
    history.finish(&id, run.head.started_ms + 8 * 60_000, run.head.state)?;
    let name = format!("the last {} runs of main", earlier.len());
    let baseline = Baseline { wanted: None, name, runs: earlier.to_vec() };
    let baselines = if earlier.is_empty() { Vec::new() } else { vec![baseline] };
    let stored = history.load(&id)?;
    history.set_judgement(&id, &judge(&stored, &baselines, Strictness::Usual))?;
    Ok(())
}

/// The run of that number, of so many.
#[derive(Clone, Copy)]
struct Numbered {
    number: u64,
    of: u64,
}

impl Numbered {
    /// A number from zero to one, of its own for each purpose.
    fn chance(self, purpose: u64) -> f64 {
        let seed = self.number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (purpose << 17);
        lcg(seed, 3)[2]
    }

    fn is_on_main(self) -> bool {
        self.chance(1) < 0.9
    }

    /// On a machine that is not the usual one.
    fn is_elsewhere(self) -> bool {
        self.number % 50 == 20
    }

    /// A few runs a day, and a break now and then.
    #[expect(clippy::cast_possible_truncation, reason = "some hours in milliseconds")]
    fn pause_ms(self) -> i64 {
        let hours = if self.number % 40 == 39 { 60.0 } else { 2.0 + 7.0 * self.chance(2) };
        (hours * HOUR_MS as f64) as i64
    }

    fn is_slow(self) -> bool {
        self.number * 10 >= self.of * 7
    }

    fn run(self, started_ms: i64) -> Run {
        let is_interrupted = self.number % 97 == 50;
        let state = if is_interrupted { RunState::Interrupted } else { RunState::Complete };
        let planned = |case: &&str| PlannedTrials {
            case: (*case).to_owned(),
            operation: None,
            trials: TRIALS,
        };
        let staging = self.number % 4 == 3;
        let head = RunHead {
            format: FORMAT,
            id: new_id(started_ms, self.number),
            project: "shop".to_owned(),
            started_ms,
            ended_ms: None,
            state,
            environment: staging.then(|| "staging".to_owned()),
            seed: self.number,
            commit: Some(self.commit()),
            machine: self.machine(),
            planned: CASES.iter().map(planned).collect(),
            budgets: budgets(),
            tool: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let trials = (1..=TRIALS).flat_map(|number| self.trials(number, started_ms)).collect();
        Run { head, trials }
    }

    fn commit(self) -> Commit {
        let words = [3, 4, 5].map(|purpose| self.chance(purpose).to_bits());
        let hash: String = words.iter().map(|word| format!("{word:016x}")).collect();
        let branch = if self.is_on_main() { "main" } else { "faster-cache" };
        Commit { hash: hash[8..48].to_owned(), branch: Some(branch.to_owned()), dirty: false }
    }

    fn machine(self) -> Machine {
        let is_other = self.is_elsewhere();
        Machine {
            host: if is_other { "bench-2" } else { "bench-1" }.to_owned(),
            os: "Debian GNU/Linux 12".to_owned(),
            kernel: "6.1.0-18".to_owned(),
            cpu_model: if is_other { "AMD EPYC 9654" } else { "AMD EPYC 7763" }.to_owned(),
            cores: 8,
            memory_bytes: 16 << 30,
            ..Machine::default()
        }
    }

    fn trials(self, number: u32, started_ms: i64) -> impl Iterator<Item = Trial> {
        CASES.iter().zip(0_u32..).map(move |(case, index)| {
            let fails = index == 2 && self.chance(6) < 0.01;
            Trial {
                case: (*case).to_owned(),
                operation: None,
                number,
                position: (number - 1) * 4 + index,
                started_ms: started_ms + i64::from(number) * 60_000,
                elapsed_ns: 20_000_000_000,
                outcome: if fails { failure() } else { Outcome::Complete },
                series: if fails { Vec::new() } else { self.series(index, number) },
            }
        })
    }

    fn series(self, case: u32, trial: u32) -> Vec<Series> {
        let operations = ["first", "again"];
        let of_operation = |operation: &'static str| {
            let index = u64::from(operation == "again");
            // Median and p95 of a latency are asked of the same values.
            let rows = METRICS.iter().zip(0..).filter(|(row, _)| row.key != "latency median");
            rows.map(move |(row, metric)| {
                let &Measured { key, dimension, base, spread, .. } = row;
                let purpose = (u64::from(case) * 8 + metric) * 2 + index + 100;
                let slow = if case == 0 && self.is_slow() { 1.2 } else { 1.0 };
                let size = 0.9 + 0.05 * f64::from(case) + 0.1 * index as f64;
                let drift = 1.0 + spread * (self.chance(purpose) - 0.5);
                let level = match dimension {
                    Dimension::TIME => base / 1.6 * size * slow * drift,
                    Dimension::RATE => base * drift / slow,
                    _ => base * size * drift,
                };
                let seed = (self.number << 20) ^ (purpose << 8) ^ u64::from(trial);
                let count = if key.starts_with("latency") { 100 } else { 4 };
                Series {
                    operation: Some(operation.to_owned()),
                    metric: Key::parse(key).metric,
                    dimension,
                    data: Data::Samples(values(seed, count, level, spread)),
                    resolution: Resolution::Exact,
                }
            })
        };
        operations.into_iter().flat_map(of_operation).collect()
    }
}

/// Values about a level, with a tail towards larger ones.
fn values(seed: u64, count: usize, level: f64, spread: f64) -> Vec<f64> {
    let draws = lcg(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), count);
    draws.iter().map(|draw| (level * (1.0 - spread * 3.0 * (-draw).ln_1p())).round()).collect()
}

fn failure() -> Outcome {
    let output = "error: the index is locked by another process\n".to_owned();
    Outcome::Failed { reason: "it ended with exit code 1".to_owned(), output }
}

fn budgets() -> Vec<Budget> {
    let operations = ["first", "again"];
    let rows = CASES.iter().flat_map(|case| operations.map(|operation| (*case, operation)));
    let one = |(case, operation): (&str, &str)| {
        METRICS.each_ref().map(|row| Budget {
            case: case.to_owned(),
            operation: Some(operation.to_owned()),
            key: Key::parse(row.key),
            hard: limit(row.hard).ok(),
            soft: limit(row.soft).ok(),
            on_cannot_tell: None,
            baseline: None,
            any_machine: false,
            accept: None,
            confidence: 0.95,
            place: Place { file: "tollgate.toml".to_owned(), line: 12, column: 1 },
        })
    };
    rows.flat_map(one).collect()
}
