//! `simulate`.

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;

use super::{done, refused, run, shipped};

#[test]
fn without_an_experiment_the_defaults_are_simulated() {
    let folder = tempfile::tempdir().unwrap();
    assert_snapshot!(done(folder.path(), &["simulate"]));
}

#[test]
fn blocking_around_a_failure_is_told() {
    let folder = tempfile::tempdir().unwrap();
    assert_snapshot!(done(folder.path(), &["simulate", &shipped("link-failure")]));
}

#[test]
fn no_line_is_wider_than_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["link-failure", "geo-failure", "protection"] {
        let text = done(folder.path(), &["simulate", &shipped(name)]);
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }
}

#[test]
fn the_same_experiment_load_and_seed_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = shipped("link-failure");
    let json =
        |seed: &str| done(folder.path(), &["simulate", &experiment, "--seed", seed, "--json", "-"]);
    assert_eq!(json("7"), json("7"));
    assert_ne!(json("7"), json("8"));
}

#[test]
fn json_and_csv_hold_the_same_figures() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["simulate", "--load", "250", "--seed", "4", "--json", "a.json", "--csv", "a.csv"];
    let table = done(folder.path(), &args);
    assert!(table.contains("250 Erlang, seed 4"), "{table}");
    let json = fs::read_to_string(folder.path().join("a.json")).unwrap();
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["outcome"]["arrivals"], 10_000);
    assert_eq!(json["figures"]["load"], 250.0);
    let csv = fs::read_to_string(folder.path().join("a.csv")).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[0].starts_with("seed,topology,load,policy,failure_type,bp_overall,"), "{csv}");
    for (name, value) in lines[0].split(',').zip(lines[1].split(',')) {
        let figure = &json["figures"][name];
        let text = figure.as_str().map_or_else(|| figure.to_string(), str::to_owned);
        assert_eq!(text, value, "{name}");
    }
}

#[test]
fn without_failures_the_figures_around_them_are_zero() {
    let folder = tempfile::tempdir().unwrap();
    let csv = done(folder.path(), &["simulate", "--csv", "-"]);
    assert!(csv.contains(",0.0,0.0,") && !csv.contains("-0"), "{csv}");
}

#[test]
fn mistakes_of_a_file_end_with_bad_input() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.toml"), "[trafic]\n[network]\nslots = 0\n").unwrap();
    let text = refused(folder.path(), &["simulate", "a.toml"]);
    assert!(text.contains("a.toml:1:2") && text.contains("a.toml:3:9"), "{text}");
    assert!(text.trim_end().ends_with("2 mistakes"), "{text}");
}

#[test]
fn what_cannot_be_simulated_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bytes.toml"), [0xff, 0xfe, 0x00]).unwrap();
    fs::write(folder.path().join("broken.csv"), "src,dst,km\n0,1,-5\n0\n").unwrap();
    fs::write(folder.path().join("other.paths"), "SURVPATH and more").unwrap();
    fs::write(folder.path().join("bc.safetensors"), [0x80, 2, 1]).unwrap();
    let lines = "{\"t\":0}\n";
    fs::write(folder.path().join("lines.jsonl"), lines.repeat(1000)).unwrap();
    fs::write(folder.path().join("long.jsonl"), lines.repeat(200_000)).unwrap();
    for (args, expected) in [
        (vec!["lines.jsonl"], "\n10 mistakes"),
        (vec!["long.jsonl"], "it is longer than 1000000 bytes, as no experiment is"),
        (vec!["missing.toml"], "could not read the experiment missing.toml"),
        (vec!["bytes.toml"], "UTF-8"),
        (vec!["--load", "0"], "not above 0"),
        (vec!["--load", "nan"], "not above 0"),
        (vec!["-s", "network.topology=broken.csv"], "broken.csv:2"),
        (vec!["-s", "network.topology=missing.csv"], "neither shipped nor a file"),
        (vec!["-s", "network.paths=other.paths"], "other.paths"),
        (vec!["-s", "network.paths=missing.paths"], "missing.paths"),
        (vec!["-s", "traffic.matrix=missing.csv"], "missing.csv"),
        (
            vec!["-s", "routing.policy=learned", "-s", "routing.model=bc.safetensors"],
            "bc.safetensors",
        ),
        (vec!["-s", "protection={}", "--log-dataset", "a.jsonl"], "nothing to log"),
        (vec!["--log-dataset", "a.parquet"], "would hold lines of JSON"),
    ] {
        let args = [vec!["simulate"], args].concat();
        let text = refused(folder.path(), &args);
        assert!(text.contains(expected), "{args:?}: {text}");
        assert!(text.starts_with("error: "), "{text}");
    }
}

#[test]
fn a_file_that_cannot_be_written_is_a_failure_and_not_bad_input() {
    let folder = tempfile::tempdir().unwrap();
    for (option, file) in [("--json", "no/such/folder/a.json"), ("--csv", "."), ("--plot", "a/b")] {
        fs::write(folder.path().join("a"), "").unwrap();
        // So many requests would take longer than anybody waits: it is told before.
        let many = "traffic.requests=4000000000";
        let told = run(folder.path(), &["simulate", "-s", many, option, file]);
        assert_eq!(told.code, Some(1), "{}", told.err);
        assert!(told.err.contains(&format!("could not write {file}")), "{}", told.err);
    }
}

#[test]
fn a_repair_after_the_last_request_is_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = shipped("link-failure");
    let text = done(
        folder.path(),
        &["simulate", &experiment, "-s", "failure.repair-after-arrivals=50000"],
    );
    assert!(text.contains("warning: a failure is not repaired in this run"), "{text}");
}

#[test]
fn the_course_of_a_simulation_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), &["simulate", &shipped("geo-failure"), "--plot", "a.svg"]);
    let text = fs::read_to_string(folder.path().join("a.svg")).unwrap();
    assert!(text.starts_with("<svg") && text.contains(">repair<"), "{text}");
    // A run with a single request, and one with many failures, have a course too.
    for set in ["traffic.requests=1", "traffic.requests=5"] {
        done(folder.path(), &["simulate", "-s", set, "--plot", "b.svg"]);
    }
    let set = ["-s", "traffic.warmup=19999", "-s", "traffic.requests=20000"];
    let args = ["simulate", &shipped("protection"), "--plot", "c.svg"];
    done(folder.path(), &[&args[..], &set].concat());
}
