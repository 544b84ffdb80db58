//! `tollgate judge` on files of other tools.

use std::path::PathBuf;

use super::{Folder, repository};

fn samples() -> Vec<PathBuf> {
    fn walk(folder: &PathBuf, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    walk(&repository().join("crates/tollgate/testdata/import"), &mut found);
    found.sort();
    found
}

/// Every sample either yields a verdict or a clear error; none is green without a measurement.
#[test]
fn each_sample_of_another_tool_prints_its_verdicts_or_a_clear_error() {
    let folder = Folder::empty();
    let mut judged = 0;
    for path in samples() {
        let path = path.to_str().unwrap();
        let metrics = ["time", "latency", "wall", "throughput"];
        for metric in metrics {
            let limit = if metric == "throughput" { ">= 0.001/s" } else { "<= 100h" };
            let budget = format!("{metric} mean {limit}");
            let ended = folder.run(&["judge", path, "--budget", &budget]);
            assert!([0, 1, 2, 3, 4].contains(&ended.code), "{path}: {}", ended.stderr);
            assert!(!ended.stderr.contains("panicked"), "{path}: {}", ended.stderr);
            match ended.code {
                2 => assert!(!ended.stderr.trim().is_empty(), "{path}"),
                0 => {
                    assert!(ended.stdout.contains("within"), "{path}: {}", ended.stdout);
                    judged += 1;
                }
                _ => assert!(!ended.stdout.trim().is_empty(), "{path}"),
            }
        }
    }
    assert!(judged >= 15, "only {judged} samples gave a verdict within");
}

#[test]
fn files_without_budgets_say_what_they_hold_and_are_not_green() {
    let folder = Folder::empty();
    folder.write("bmf.json", r#"{ "parse": { "latency": { "value": 88.0 } } }"#);
    let ended = folder.run(&["judge", "bmf.json"]).expect(4);
    assert!(ended.stderr.contains("parse: latency"), "{}", ended.stderr);
}

#[test]
fn a_budget_on_the_command_line_is_judged() {
    let folder = Folder::empty();
    folder.write("bmf.json", r#"{ "parse": { "latency": { "value": 88.0 } } }"#);
    folder.run(&["judge", "bmf.json", "--budget", "parse: latency <= 100ns"]);
    folder.run(&["judge", "bmf.json", "--budget", "latency"]).expect(2);
    folder.run(&["judge", "bmf.json", "--budget", "<= 5ms"]).expect(2);
    folder.run(&["judge", "bmf.json", "--budget", "latency <= 5 parsecs"]).expect(2);
}

#[test]
fn an_import_case_of_the_budget_file_is_found_by_its_path() {
    let folder =
        Folder::new("[case.load]\nimport = \"bmf.json\"\nbudget.\"latency median\" = \"<= 1ns\"\n");
    folder.write("bmf.json", r#"{ "parse": { "latency": { "value": 88.0 } } }"#);
    let ended = folder.run(&["judge", "bmf.json"]);
    assert!(ended.stdout.contains("load"), "{}{}", ended.stdout, ended.stderr);
    assert_ne!(ended.code, 0);
}

#[test]
fn what_is_neither_file_nor_run_exits_2() {
    Folder::empty().run(&["judge", "nothing.json"]).expect(2);
}
