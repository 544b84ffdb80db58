//! The program that is measured: every benchmark still runs, and every budget has its operation.

use std::path::Path;
use std::process::Command;

fn bench(argument: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofs-bench"));
    let output = command.arg(argument).output().expect("the program was built");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    String::from_utf8(output.stdout).expect("names are text")
}

#[test]
fn every_benchmark_runs_once_without_being_measured() {
    let said = bench("--test");
    let listed = bench("--list").lines().count();
    assert!(listed >= 12, "{listed}");
    assert!(said.contains(&format!("run once, not measured: {listed} operations")), "{said}");
}

#[test]
fn every_operation_with_a_budget_is_a_benchmark_that_its_case_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("tollgate.toml")).unwrap();
    let file: toml::Table = text.parse().unwrap();
    let listed = bench("--list");
    let names: Vec<&str> = listed.lines().filter_map(|l| l.strip_suffix(": benchmark")).collect();
    for (case, table) in file["case"].as_table().unwrap() {
        let Some(run) = table.get("run").and_then(|run| run.as_array()) else { continue };
        if !run[0].as_str().is_some_and(|program| program.ends_with("/proofs-bench")) {
            continue;
        }
        let words = run[1..].iter().filter_map(|word| word.as_str());
        let filters: Vec<&str> = words.filter(|word| !word.starts_with('-')).collect();
        let chosen = |name: &&&str| filters.iter().any(|filter| name.contains(filter));
        assert!(names.iter().any(|name| chosen(&name)), "{case}: {filters:?} choose nothing");
        let Some(operations) = table.get("operation") else { continue };
        for operation in operations.as_table().unwrap().keys() {
            assert!(names.contains(&operation.as_str()), "{case}: {operation}");
            assert!(chosen(&&operation.as_str()), "{case}: {operation} is not in {filters:?}");
        }
    }
}
