//! `tollgate judge` on files of other tools.

use std::path::PathBuf;

use super::{Folder, ended, repository};

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

#[test]
fn a_run_of_another_project_keeps_the_budgets_stored_with_it() {
    let folder = Folder::new(
        "[project]\nname = \"one\"\n[case.a]\nrun = [\"x\"]\nbudget.\"wall median\" = \"<= 1h\"\n",
    );
    folder.run(&["check", "--fake"]).expect(0);
    let changed = |project: &str| {
        folder.write(
            "tollgate.toml",
            &format!(
                "[project]\nname = \"{project}\"\n[case.a]\nrun = [\"x\"]\n\
                 budget.\"wall median\" = \"<= 1ns\"\n"
            ),
        );
        folder.run(&["judge", "last"])
    };
    changed("one").expect(1);
    let other = changed("two").expect(0);
    assert!(other.stderr.contains("of project `one`"), "{}", other.stderr);
    assert!(other.stdout.contains("<= 1 h"), "{}", other.stdout);
}

#[test]
fn a_case_that_does_not_exist_is_told_with_those_that_do() {
    let folder = Folder::new("[case.load]\nimport = \"x\"\nbudget.\"latency\" = \"<= 1s\"\n");
    folder.write("bmf.json", r#"{ "parse": { "latency": { "value": 88.0 } } }"#);
    let ended = folder.run(&["judge", "bmf.json", "--case", "laod"]).expect(2);
    assert!(ended.stderr.contains("cases: load"), "{}", ended.stderr);
}

#[test]
fn an_error_of_a_file_says_its_cause_once() {
    let folder = Folder::empty();
    folder.write("empty", "");
    folder.write("folder/file", "x");
    let ended = folder.run(&["judge", "empty"]).expect(2);
    assert_eq!(ended.stderr.matches("holds no measurements").count(), 1, "{}", ended.stderr);
    let ended = folder.run(&["judge", "folder"]).expect(2);
    assert!(ended.stderr.contains("only criterion's"), "{}", ended.stderr);
}

#[test]
fn a_closed_standard_error_is_no_crash() {
    let folder = Folder::empty();
    folder.write("bmf.json", r#"{ "parse": { "latency": { "value": 88.0 } } }"#);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = folder.command(&["judge", "bmf.json"]).stderr(writer).output().unwrap().status;
    assert_eq!(status.code(), Some(4));
}

#[test]
fn a_report_that_cannot_be_written_does_not_hide_a_breach() {
    let folder = Folder::new("[case.a]\nrun = [\"x\"]\nbudget.\"wall median\" = \"<= 1ns\"\n");
    let ended = folder.run(&["check", "--fake", "--report", "csv=no/where.csv"]).expect(2);
    assert!(ended.stderr.contains("there is no folder no"), "{}", ended.stderr);
    assert!(ended.stdout.is_empty(), "{}", ended.stdout);
    let full = ["check", "--fake", "--report", "csv=/dev/full", "--report", "json=r.json"];
    let ended = folder.run(&full).expect(1);
    assert!(ended.stderr.contains("/dev/full"), "{}", ended.stderr);
    assert!(folder.read("r.json").contains("exceeded"));
}

#[test]
fn an_output_that_does_not_take_everything_is_no_success() {
    let breach = "[case.a]\nrun = [\"x\"]\nbudget.\"wall median\" = \"<= 1ns\"\n";
    let folder = Folder::new(breach);
    let cut = |words: &[&str]| {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        ended(&folder.command(words).stdout(full).output().unwrap())
    };
    let checked = cut(&["check", "--fake"]).expect(1);
    assert!(checked.stderr.contains("standard output"), "{}", checked.stderr);
    for words in [
        &["report", "--format", "junit"][..],
        &["history", "list"],
        &["completions", "bash"],
        &["plan"],
        &["explain", "wall"],
    ] {
        let ended = cut(words).expect(2);
        assert!(ended.stderr.contains("standard output: No space left"), "{}", ended.stderr);
    }
}
