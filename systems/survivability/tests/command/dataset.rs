//! `dataset` and `train`, and a simulation with what they make.

use std::fs;

use super::{done, refused, run};

const SMALL: [&str; 2] = ["-s", "traffic.requests=2000"];

fn log(folder: &std::path::Path, name: &str, more: &[&str]) -> String {
    done(folder, &[&["dataset", "log", "-o", name], &SMALL[..], more].concat())
}

#[test]
fn every_load_and_seed_is_logged_into_one_dataset() {
    let folder = tempfile::tempdir().unwrap();
    let told = log(folder.path(), "a.jsonl", &["-s", "loads=[100, 300]", "-s", "seeds=[1, 2]"]);
    assert_eq!(told, "a.jsonl: 8,000 transitions of 4 simulations\n");
    let text = fs::read_to_string(folder.path().join("a.jsonl")).unwrap();
    for (number, line) in text.lines().enumerate() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["t"], number);
    }
    let described = done(folder.path(), &["dataset", "describe", "a.jsonl"]);
    assert!(described.starts_with("a.jsonl: 8,000 transitions\n"), "{described}");
}

#[test]
fn the_same_experiment_gives_the_same_dataset() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = |name: &str, more: &[&str]| {
        log(folder.path(), name, &[&["--load", "300", "--seed", "5"], more].concat());
        fs::read(folder.path().join(name)).unwrap()
    };
    let base = bytes("a.jsonl", &[]);
    assert_eq!(base, bytes("b.jsonl", &[]));
    assert_ne!(base, bytes("c.jsonl", &["--epsilon", "0"]));
    let args = ["simulate", "--seed", "5", "--log-dataset", "d.jsonl"];
    done(folder.path(), &[&args[..], &SMALL].concat());
    assert_eq!(base, fs::read(folder.path().join("d.jsonl")).unwrap());
}

#[test]
fn a_trained_policy_is_simulated() {
    let folder = tempfile::tempdir().unwrap();
    log(folder.path(), "a.jsonl", &["-s", "seeds=[1, 2]"]);
    for kind in ["bc", "iql"] {
        let args = ["train", "a.jsonl", "-o", "m.safetensors", "--epochs", "2", "--kind", kind];
        let report = done(folder.path(), &args);
        assert!(report.starts_with("m.safetensors: 4 candidates"), "{report}");
        let model = fs::read(folder.path().join("m.safetensors")).unwrap();
        assert_eq!(report, done(folder.path(), &args));
        assert_eq!(model, fs::read(folder.path().join("m.safetensors")).unwrap());
        let learned = ["-s", "routing.policy=learned", "-s", "routing.model=m.safetensors"];
        let args = [&["simulate", "--seed", "9"], &SMALL[..], &learned].concat();
        let text = done(folder.path(), &args);
        assert!(text.contains(&format!("{kind} over 4 paths")), "{text}");
        let other = [&args[..], &["-s", "network.k=5"]].concat();
        assert!(refused(folder.path(), &other).contains("4 candidates"));
    }
}

#[test]
fn a_damaged_dataset_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    log(folder.path(), "a.jsonl", &["--load", "300", "--seed", "1"]);
    let path = folder.path().join("a.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, &text[..text.len() - 30]).unwrap();
    let described = done(folder.path(), &["dataset", "describe", "a.jsonl"]);
    assert!(described.contains("ends within line 2000"), "{described}");
    let told = run(folder.path(), &["train", "a.jsonl", "-o", "torn", "--epochs", "1"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let warning = "warning: a.jsonl ends within line 2000, which is not trained on\n";
    assert_eq!(told.err.matches(warning).count(), 1, "{}", told.err);
    fs::write(&path, text.replacen("\"action\"", "\"acton\"", 1)).unwrap();
    for args in [&["dataset", "describe", "a.jsonl"][..], &["train", "a.jsonl", "-o", "m"]] {
        let told = refused(folder.path(), args);
        assert!(told.contains("line 1"), "{told}");
    }
    assert!(!folder.path().join("m").exists());
    fs::write(&path, text).unwrap();
    let told = refused(folder.path(), &["train", "a.jsonl", "-o", "m", "--k", "1"]);
    assert!(told.contains("; 2,000 of more than 1 candidates left out"), "{told}");
}

#[test]
fn there_is_nothing_to_train_on_in_an_empty_dataset() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.jsonl"), "").unwrap();
    let told = refused(folder.path(), &["train", "a.jsonl", "-o", "m"]);
    assert!(told.contains("no decision with candidates"), "{told}");
    refused(folder.path(), &["dataset", "describe", "missing.jsonl"]);
    let told = refused(folder.path(), &["dataset", "log", "-o", "a.parquet"]);
    assert!(told.contains("would hold lines of JSON"), "{told}");
    let told = run(folder.path(), &["dataset", "log", "-o", "a.jsonl/b.jsonl"]);
    assert_eq!(told.code, Some(1), "{}", told.err);
}

#[cfg(feature = "parquet")]
#[test]
fn a_converted_dataset_has_a_row_a_transition() {
    let folder = tempfile::tempdir().unwrap();
    log(folder.path(), "a.jsonl", &["--load", "300", "--seed", "1"]);
    let told = done(folder.path(), &["dataset", "convert", "a.jsonl"]);
    assert_eq!(told, "a.parquet: 2,000 rows\n");
    assert!(fs::read(folder.path().join("a.parquet")).unwrap().starts_with(b"PAR1"));
    let itself = ["dataset", "convert", "a.jsonl", "-o", "a.jsonl"];
    assert!(refused(folder.path(), &itself).contains("would replace the dataset"));
}
