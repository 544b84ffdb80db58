//! The commands `sweep` and `plot`, as they are typed.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const SMALL: &[&str] = &["--loads", "300,600", "--seeds", "1..3", "--set", "traffic.requests=400"];

/// In a folder of its own, so that nothing is left in this one.
fn survivability(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_survivability"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    survivability(folder, arguments).output().expect("the program was built")
}

#[track_caller]
fn succeed(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it prints text")
}

/// Bad input ends with 2 and says what was wrong.
#[track_caller]
fn check_refused(folder: &Path, arguments: &[&str], expected: &str) {
    let output = run(folder, arguments);
    let told = String::from_utf8(output.stderr).expect("it prints text");
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
    assert!(told.contains(expected), "{arguments:?}: {told}");
}

#[test]
fn a_sweep_ends_with_a_table_and_leaves_results_and_figures() {
    let folder = TempDir::new().unwrap();
    let table = succeed(folder.path(), &[&["sweep", "-o", "out"], SMALL].concat());
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    assert!(lines[0].trim_start().starts_with("load  seeds"), "{table}");
    assert!(lines[2].trim_start().starts_with("600      3  0."), "{table}");
    let rows = fs::read_to_string(folder.path().join("out/runs.csv")).unwrap();
    assert_eq!(rows.lines().count(), 1 + 6);
    for figure in ["blocking.svg", "time.svg"] {
        let svg = fs::read_to_string(folder.path().join("out").join(figure)).unwrap();
        roxmltree::Document::parse(&svg).unwrap();
    }
}

#[test]
fn results_of_another_experiment_are_kept_until_one_says_otherwise() {
    let folder = TempDir::new().unwrap();
    let sweep = [&["sweep", "-o", "out"], SMALL].concat();
    succeed(folder.path(), &sweep);
    let other = [&sweep[..], &["--set", "network.k=2"]].concat();
    check_refused(folder.path(), &other, "holds results of another experiment");
    check_refused(folder.path(), &other, "hint: name another folder with --out");
    succeed(folder.path(), &[&other[..], &["--fresh"]].concat());
}

#[test]
fn several_sweeps_are_drawn_into_one_figure() {
    let folder = TempDir::new().unwrap();
    let sweep = |out, k| {
        let arguments = [&["sweep", "-o", out, "--set", k], SMALL].concat();
        succeed(folder.path(), &arguments);
    };
    sweep("two", "network.k=2");
    sweep("four", "network.k=4");
    let svg = succeed(folder.path(), &["plot", "two", "four", "--title", "K", "-o", "-"]);
    let document = roxmltree::Document::parse(&svg).unwrap();
    let texts: Vec<&str> = document.descendants().filter_map(|node| node.text()).collect();
    for expected in ["K", "K = 2", "K = 4", "Offered load (Erlang)", "Blocking probability"] {
        assert!(texts.contains(&expected), "{expected}: {texts:?}");
    }
    for [first, second] in [["two", "four"], ["four", "two"]] {
        let svg = succeed(folder.path(), &["plot", first, second, "-o", "-"]);
        let [two, four] = [">K = 2<", ">K = 4<"].map(|label| svg.find(label).unwrap());
        assert_eq!(two < four, first == "two", "series stand in the order of the folders");
    }
    succeed(folder.path(), &["plot", "two", "--metric", "utilisation", "--scale", "log"]);
    assert!(folder.path().join("plot.svg").exists());
    let names = succeed(folder.path(), &["plot", "two", "--metric", "list"]);
    assert!(names.lines().any(|line| line.starts_with("recovery_time_p95_ms ")), "{names}");
    let wrong = ["plot", "two", "--metric", "bp_overal"];
    check_refused(folder.path(), &wrong, "did you mean `bp_overall`?");
    check_refused(folder.path(), &["plot", "two", "four", "--time"], "a single sweep");
}

#[test]
fn what_no_sweep_can_mean_is_refused() {
    let folder = TempDir::new().unwrap();
    for (arguments, expected) in [
        (["--loads", "0"], "--loads does not know \"0\""),
        (["--loads", "1..2"], "--loads does not know \"1..2\""),
        (["--seeds", "-1"], "-1"),
        (["--threads", "0"], "--threads"),
        (["--precision", "0%"], "not between 0 % and 100 %"),
        (["--set", "network.topology=\"nope\""], "nope"),
    ] {
        check_refused(folder.path(), &[&["sweep"], &arguments[..]].concat(), expected);
    }
    assert!(!folder.path().join("sweeps").exists());
}

#[cfg(unix)]
#[test]
fn an_interrupted_sweep_says_how_to_go_on_and_does() {
    let folder = TempDir::new().unwrap();
    let long = ["sweep", "-o", "out", "-j", "1", "--set", "traffic.requests=200000"];
    let arguments = [&long[..], &["--loads", "300", "--seeds", "1..12"]].concat();
    let mut command = survivability(folder.path(), &arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let record = folder.path().join("out/runs.jsonl");
    let lines = || fs::read_to_string(&record).map_or(0, |text| text.matches('\n').count());
    while lines() < 2 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(told.contains(" of 12 simulations; the same command goes on from there"), "{told}");
    assert!(output.stdout.is_empty());
    let output = run(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(0));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains(" of 12 simulations are there already"), "{told}");
    assert_eq!(lines(), 13);
}
