//! The program that is measured: every benchmark still runs, and every budget has its operation.

use std::path::Path;
use std::process::Command;

fn bench(argument: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_warm-restart-bench"));
    let output = command.arg(argument).output().expect("the program was built");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    String::from_utf8(output.stdout).expect("names are text")
}

fn budget_file() -> toml::Table {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("tollgate.toml")).expect("the file is there");
    text.parse().expect("the file is TOML")
}

/// Cases that run the program, each with the words by which it chooses operations.
fn cases(file: &toml::Table) -> Vec<(&str, &toml::Value, Vec<&str>)> {
    let mut cases = Vec::new();
    for (name, table) in file["case"].as_table().expect("cases are tables") {
        let Some(run) = table.get("run").and_then(|run| run.as_array()) else { continue };
        let words: Vec<&str> = run.iter().filter_map(|word| word.as_str()).collect();
        if words[0].ends_with("/warm-restart-bench") {
            let filters = words[1..].iter().filter(|word| !word.starts_with('-')).copied();
            cases.push((name.as_str(), table, filters.collect()));
        }
    }
    cases
}

#[test]
fn every_benchmark_runs_once_without_being_measured() {
    let said = bench("--test");
    let listed = bench("--list").lines().count();
    assert!(listed >= 30, "{listed}");
    assert!(said.contains(&format!("run once, not measured: {listed} operations")), "{said}");
}

#[test]
fn every_operation_with_a_budget_is_a_benchmark_that_its_case_runs() {
    let (file, listed) = (budget_file(), bench("--list"));
    let names: Vec<&str> = listed.lines().filter_map(|l| l.strip_suffix(": benchmark")).collect();
    let mut checked = 0;
    for (case, table, filters) in cases(&file) {
        for filter in &filters {
            assert!(names.iter().any(|name| name.contains(filter)), "{case}: {filter} is nothing");
        }
        let Some(operations) = table.get("operation") else { continue };
        for operation in operations.as_table().expect("operations are tables").keys() {
            assert!(names.contains(&operation.as_str()), "{case}: {operation}");
            let is_run = filters.iter().any(|filter| operation.contains(filter));
            assert!(is_run, "{case}: {operation} is not among {filters:?}");
            checked += 1;
        }
    }
    assert!(checked >= 40, "{checked} operations");
}

/// The names that the requirement has for its tests; `_` begins what follows the stem of another.
#[test]
fn every_test_of_the_requirement_is_a_case() {
    let file = budget_file();
    let abouts: Vec<&str> =
        cases(&file).iter().filter_map(|case| case.1["about"].as_str()).collect();
    for name in [
        "test_alert_evaluation_latency_p50, _p95, _p99",
        "test_latency_meets_targets",
        "test_evaluation_throughput_baseline",
        "test_throughput_meets_targets",
        "test_health_score_calculation_performance",
        "test_condition_evaluation_performance",
        "test_metric_value_extraction_performance",
        "test_memory_usage_single_rule, _many_rules and _many_alerts",
        "test_no_performance_regression_single_rule",
    ] {
        assert!(abouts.iter().any(|about| about.contains(name)), "{name}");
    }
}
