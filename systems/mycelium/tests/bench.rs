//! The program that is measured: every benchmark still runs, and every budget has its operation.

use std::path::Path;
use std::process::Command;

fn bench(argument: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mycelium-bench"));
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
        if words[0].ends_with("/mycelium-bench") {
            let filters = words[1..].iter().filter(|word| !word.starts_with('-')).copied();
            cases.push((name.as_str(), table, filters.collect()));
        }
    }
    cases
}

#[test]
fn help_is_no_mistake() {
    assert!(bench("--help").contains("--quick     a tenth of the time"));
}

#[test]
fn every_benchmark_runs_once_without_being_measured() {
    let said = bench("--test");
    let listed = bench("--list").lines().count();
    assert!(listed >= 40, "{listed}");
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

#[test]
fn every_headline_and_scalability_figure_has_a_budget() {
    let (file, listed) = (budget_file(), bench("--list"));
    for (group, count) in [("core / ", 8), ("scalability / ", 7)] {
        let names = listed.lines().filter_map(|line| line.strip_suffix(": benchmark"));
        let names: Vec<&str> = names.filter(|name| name.starts_with(group)).collect();
        assert_eq!(names.len(), count, "{names:?}");
        for name in names {
            let has = |table: &toml::Value| {
                table.get("operation").is_some_and(|operations| operations.get(name).is_some())
            };
            assert!(cases(&file).iter().any(|(_, table, _)| has(table)), "{name} has no budget");
        }
    }
}
