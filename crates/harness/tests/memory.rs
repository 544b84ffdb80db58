//! A program whose allocator counts tells the exact memory of operations that are known.
//!
//! Without the default test harness: its threads allocate whenever they like.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::process::Command;

use tollgate_harness::{Counting, CountingAllocator, Record, Values};

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
    let expected = [
        // operation, allocations, bytes, peak, growth
        ("nothing", 0.0, 0.0, 0.0, 0.0),
        ("one block", 1.0, 1000.0, 1000.0, 0.0),
        ("zeroed block", 1.0, 4096.0, 4096.0, 0.0),
        // From 4 words to 8: the block grows by 32 bytes.
        ("growing block", 2.0, 64.0, 64.0, 0.0),
        ("shrinking block", 2.0, 64.0, 64.0, 0.0),
        ("two after each other", 2.0, 3000.0, 2000.0, 0.0),
        ("input given back", 0.0, 0.0, 0.0, 0.0),
        ("input dropped", 0.0, 0.0, 0.0, 0.0),
        ("leak", 1.0, 16.0, 16.0, 16.0),
    ];
    for (operation, allocations, bytes, peak, growth) in expected {
        let expected = [
            ("allocations per op", allocations),
            ("bytes per op", bytes),
            ("peak live memory", peak),
            ("memory growth per op", growth),
        ];
        for (metric, value) in expected {
            let found = values(&records, operation, metric);
            let same = found.iter().all(|found| (found - value).abs() < 1e-9);
            if found.is_empty() || !same {
                panic!("{metric} of `{operation}` is {found:?}, not {value}");
            }
        }
    }
    a_thread_of_the_operation_is_counted(&records);
}

fn operations(bench: &mut tollgate_harness::Bench) {
    bench.run("nothing", || 1);
    let counting = Counting::start().unwrap();
    let before = counting.live();
    let held = vec![0_u8; 1000];
    assert_eq!(counting.live() - before, 1000, "a program can count by itself");
    drop((held, counting));
    bench.run("one block", || Vec::<u8>::with_capacity(1000));
    bench.run("zeroed block", || vec![0_u8; 4096]);
    bench.run("growing block", || {
        let mut block = Vec::<u64>::with_capacity(4);
        block.extend([1; 4]);
        block.reserve_exact(4);
        block
    });
    bench.run("shrinking block", || {
        let mut block = Vec::<u64>::with_capacity(8);
        block.push(1);
        block.shrink_to(4);
        block
    });
    bench.run("two after each other", || {
        drop(std::hint::black_box(Vec::<u8>::with_capacity(1000)));
        Vec::<u8>::with_capacity(2000)
    });
    let make = || vec![1_u8; 500];
    bench.operation("input given back").with_inputs(make).run(|input| input);
    bench.operation("input dropped").with_inputs(make).run(drop);
    bench.run("leak", || {
        // Kept by nobody, as a leak is.
        let kept: &'static mut [u8] = Vec::<u8>::with_capacity(16).leak();
        kept.len()
    });
    bench.run("thread", || {
        std::thread::spawn(|| drop(std::hint::black_box(Vec::<u8>::with_capacity(100_000))))
            .join()
            .unwrap();
    });
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

fn a_thread_of_the_operation_is_counted(records: &[Record]) {
    let bytes = values(records, "thread", "bytes per op");
    assert!(bytes.iter().all(|&bytes| bytes >= 100_000.0), "{bytes:?}");
}
