//! Logging asks for no memory: what the logger takes when it is made is all it ever takes.
//!
//! Without the default test harness: its threads allocate whenever they like.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;
use std::process::Command;

use survivability::dataset::{Compression, DatasetLogger, LoggerOptions, check};
use survivability::state::{PathFeatures, State};
use survivability::transition::{Meta, Transition, WindowTag};
use tollgate_harness::{Bench, CountingAllocator, Record, Values};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// Set for the process that measures.
const MEASURES: &str = "MEASURES_MEMORY";

/// Operations that shall ask for nothing.
const FREE: &[&str] =
    if cfg!(feature = "zstd") { &["log", "log compressed", "check"] } else { &["log", "check"] };

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
    for operation in FREE {
        for metric in ["allocations per op", "peak live memory", "memory growth per op"] {
            let found = values(&records, operation, metric);
            assert!(!found.is_empty(), "no {metric} of `{operation}`");
            assert!(
                found.iter().all(|value| *value == 0.0),
                "{metric} of `{operation}`: {found:?}"
            );
        }
    }
    // The count itself counts: making a logger takes its buffer.
    let made = values(&records, "make", "peak live memory");
    assert!(made.iter().all(|bytes| (1_000_000.0..1_100_000.0).contains(bytes)), "{made:?}");
}

fn operations(bench: &mut Bench) {
    let row = transition();
    bench.run("make", || logger(Compression::None));
    let mut plain = logger(Compression::None);
    // An operation logs more than a buffer, so that writing is part of each.
    bench.run("log", || (0..1500).for_each(|_| plain.log(&row).unwrap()));
    // What zstd itself takes is not counted: it is C.
    #[cfg(feature = "zstd")]
    {
        let mut compressed = logger(Compression::Zstd(1));
        bench.run("log compressed", || (0..1500).for_each(|_| compressed.log(&row).unwrap()));
    }
    let mut masked = transition();
    masked.action_mask[0] = false;
    bench.run("check", || check(&masked));
}

fn logger(compression: Compression) -> DatasetLogger {
    let options = LoggerOptions { compression, ..LoggerOptions::STANDARD };
    DatasetLogger::create(Path::new("/dev/null"), options).unwrap()
}

fn values(records: &[Record], operation: &str, metric: &str) -> Vec<f64> {
    let mut meant = records
        .iter()
        .filter(|record| record.operation.as_deref() == Some(operation) && record.metric == metric);
    match meant.next().map(|record| &record.values) {
        Some(Values::Samples(samples)) => samples.clone(),
        Some(Values::Value(value)) => vec![*value],
        other => panic!("{metric} of `{operation}` is {other:?}"),
    }
}

fn transition() -> Transition {
    let path = PathFeatures {
        hops: 3,
        min_residual_slots: 17,
        frag_indicator: 0.9917,
        is_failed: false,
        dist_to_disaster_centroid: 2,
    };
    Transition {
        t: 123_456,
        seed: Some(42),
        state: State {
            src: 0,
            dst: 13,
            slots_needed: 3,
            est_remaining_time: 7.254_371_963_2,
            is_disaster: true,
            paths: vec![path; 4],
        },
        action: 0,
        reward: 1.0,
        next_state: None,
        action_mask: vec![true; 4],
        meta: Meta {
            decision_time_ms: 0.012_345_6,
            restoration_latency_ms: 50.0,
            window: WindowTag::Fail,
            backup_available: true,
            was_groomed: false,
        },
    }
}
