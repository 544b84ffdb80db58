//! The example of a service under a load budget, as its README tells a reader to use it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Once;

use serde_json::Value;

use super::{Ended, Folder, ended, repository};

/// Limits that a busy machine keeps, and a load of a few seconds.
const CALM: [(&str, &str); 3] =
    [("MAX_LATENCY_MS", "20000"), ("MAX_MEAN_MS", "10000"), ("DURATION", "5s")];

/// Checks the example with these variables; the report is in the folder.
fn check(arguments: &[&str], variables: &[(&str, &str)]) -> (Ended, Vec<Value>) {
    let folder = Folder::empty();
    let mut command = checking(&folder, arguments);
    let ended = ended(&command.envs(variables.iter().copied()).output().unwrap());
    assert!(folder.path().join("report.json").exists(), "{}", ended.stderr);
    let report: Value = serde_json::from_str(&folder.read("report.json")).unwrap();
    (ended, report["verdicts"].as_array().unwrap().clone())
}

fn checking(folder: &Folder, arguments: &[&str]) -> Command {
    built();
    let mut command = folder.command(&["check", "--report", "json=report.json"]);
    let example = repository().join("examples/http-service/tollgate.toml");
    command.args(arguments).arg("--file").arg(example);
    command.args(["--history", "history.db"]);
    for name in ["SLOW", "FAIL", "LEAK", "TARGET_HOST", "SCENARIO", "USERS"] {
        command.env_remove(name);
    }
    command
}

/// Builds the example before the first check: then no two tests wait for each other's compiler.
fn built() {
    static BUILT: Once = Once::new();
    BUILT.call_once(|| {
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "--quiet", "--release", "--package", "example-http-service"]);
        assert!(cargo.current_dir(repository()).status().unwrap().success());
    });
}

/// The metrics whose verdict has this finding, of operations behind their name.
fn found(verdicts: &[Value], finding: &str) -> Vec<String> {
    let with = |verdict: &&Value| verdict["finding"] == finding;
    let name = |verdict: &Value| match verdict["operation"].as_str() {
        Some(operation) => format!("{operation}: {}", verdict["metric"].as_str().unwrap()),
        None => verdict["metric"].as_str().unwrap().to_owned(),
    };
    verdicts.iter().filter(with).map(name).collect()
}

#[test]
fn the_example_keeps_its_budgets() {
    let (ended, verdicts) = check(&[], &CALM);
    let ended = ended.expect(0);
    assert_eq!(found(&verdicts, "within").len(), verdicts.len(), "{}", ended.stdout);
}

#[test]
fn a_slow_service_breaks_exactly_what_slowness_breaks() {
    // Users enough to be sure of it in a few seconds.
    let slow = [
        ("SLOW", "2s"),
        ("USERS", "40"),
        ("DURATION", "5s"),
        ("MAX_LATENCY_MS", "1500"),
        ("MAX_MEAN_MS", "1500"),
    ];
    let (ended, verdicts) = check(&[], &slow);
    let ended = ended.expect(1);
    let broken = ["latency", "latency", "throughput", "item: latency"];
    assert_eq!(found(&verdicts, "exceeded"), broken, "{}", ended.stdout);
}

#[test]
fn a_failing_service_breaks_the_budget_on_errors_alone() {
    let (ended, verdicts) = check(&[], &[&CALM[..], &[("FAIL", "0.2")]].concat());
    let ended = ended.expect(1);
    assert_eq!(found(&verdicts, "exceeded"), ["errors"], "{}", ended.stdout);
    // A share of errors does not say what to mend.
    assert!(ended.stderr.contains(" requests failed in "), "{}", ended.stderr);
}

#[test]
fn another_environment_has_its_own_limits_under_any_scenario() {
    let (ended, verdicts) = check(&["--env", "production", "--scenario", "smoke"], &CALM);
    assert_ne!(ended.code, 2, "{}", ended.stderr);
    assert!(ended.stdout.contains("<= 0.5 %"), "{}", ended.stdout);
    let within = found(&verdicts, "within");
    assert!(within.contains(&"throughput".to_owned()), "{}", ended.stdout);
    assert!(within.contains(&"errors".to_owned()), "{}", ended.stdout);
    // Without names, the services of the usual set are loaded by the scenario.
    assert!(!ended.stdout.contains("shop-soak"), "{}", ended.stdout);
}

#[test]
fn ctrl_c_during_a_load_leaves_a_report_that_says_so() {
    let folder = Folder::empty();
    let mut command = checking(&folder, &[]);
    command.envs(CALM).env("DURATION", "10min").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    read_until(&mut child, "% errors");
    let signal = ["-INT", &child.id().to_string()];
    assert!(Command::new("kill").args(signal).status().unwrap().success());
    let ended = ended(&child.wait_with_output().unwrap()).expect(4);
    assert!(ended.stdout.contains("the run did not end"), "{}", ended.stdout);
    assert!(!ended.stdout.contains("  within "), "{}", ended.stdout);
    let report: Value = serde_json::from_str(&folder.read("report.json")).unwrap();
    let verdicts = report["verdicts"].as_array().unwrap();
    assert!(verdicts.len() > 3 && found(verdicts, "not-measured").len() == verdicts.len());
}

/// Reads what the child says of its progress until it says this.
fn read_until(child: &mut Child, words: &str) {
    let stderr = child.stderr.as_mut().unwrap();
    let mut told = Vec::new();
    while !String::from_utf8_lossy(&told).contains(words) {
        let mut chunk = [0; 256];
        let read = stderr.read(&mut chunk).unwrap();
        assert!(read > 0, "{}", String::from_utf8_lossy(&told));
        told.extend_from_slice(&chunk[..read]);
    }
}

#[test]
fn the_example_can_be_loaded_without_a_budget_file() {
    built();
    let mut service = Command::new(target().join("release/example-http-service"))
        .args(["--port", "0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(service.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.trim().strip_prefix("listening on ").unwrap();
    let words = ["load", &format!("{url}/health"), "-n", "200", "-c", "4"];
    let ended = Folder::empty().run(&words);
    service.kill().unwrap();
    service.wait().unwrap();
    let ended = ended.expect(0);
    for words in ["200", "p99", "succeeded"] {
        assert!(ended.stdout.contains(words), "{}", ended.stdout);
    }
}

/// Where cargo puts what it builds, as the example's file has it.
fn target() -> PathBuf {
    let asked = std::env::var_os("CARGO_TARGET_DIR");
    repository().join(asked.unwrap_or_else(|| "target".into()))
}
