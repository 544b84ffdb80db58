//! The program prints what Tollgate reads.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::process::Command;

use tollgate_harness::{Record, Values};

fn run(options: &[&str]) -> (Option<i32>, String, String) {
    let program = env!("CARGO_BIN_EXE_example-rust-bench");
    let ended = Command::new(program).args(options).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (ended.status.code(), text(ended.stdout), text(ended.stderr))
}

#[test]
fn the_program_tells_its_memory_its_value_and_its_operation() {
    let (code, output, errors) = run(&["--quick"]);
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    let records: Vec<Record> =
        output.lines().filter_map(|line| Record::parse_line(line).unwrap()).collect();
    let names: Vec<(Option<&str>, &str)> =
        records.iter().map(|r| (r.operation.as_deref(), r.metric.as_str())).collect();
    let expected = [(None, "resident memory"), (None, "different words"), (Some("count"), "time")];
    assert_eq!(names, expected);
    let Values::Points(points) = &records[0].values else { panic!("{:?}", records[0]) };
    assert!(points.len() >= 2 && points.iter().all(|point| point.1 > 100_000.0));
    assert_eq!(records[1].values, Values::Value(97.0));
}

#[test]
fn what_cannot_be_measured_ends_with_code_2() {
    let (code, output, errors) = run(&["--quik"]);
    assert_eq!((code, output.as_str()), (Some(2), ""));
    assert!(errors.starts_with("error: unknown option `--quik`\nOptions: "), "{errors}");
    let (code, _, errors) = run(&["--quick", "nothing like it"]);
    assert_eq!(code, Some(2));
    assert_eq!(errors, "error: no benchmark is called `nothing like it`\n");
}

#[test]
fn in_small_it_runs_and_measures_nothing() {
    let (code, output, _) = run(&["--test"]);
    assert_eq!((code, output.as_str()), (Some(0), "run once, not measured: 1 operations\n"));
}
