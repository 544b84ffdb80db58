//! `validate`: the table, for people and for programs.

use rustix::process::Signal;

use super::{begin, done, json, refused, signal, told, until_it_listens};

#[test]
fn the_requirements_eleven_come_first_and_all_hold() {
    let folder = tempfile::tempdir().unwrap();
    let checks = json(&done(folder.path(), &["validate", "--format", "json"]));
    let checks = checks.as_array().unwrap();
    assert!(checks.len() > 11);
    for (index, check) in checks.iter().enumerate() {
        assert_eq!(check["is_required"], index < 11, "{check}");
        assert_eq!(check["holds"], true, "{check}");
        assert!(!check["source"].as_str().unwrap().is_empty());
    }
    let text = done(folder.path(), &["validate"]);
    assert!(text.ends_with(&format!("all {} checks hold\n", checks.len())), "{text}");
    assert_eq!(text.matches("  holds\n").count(), checks.len());
    assert!(text.lines().all(|line| line.chars().count() <= 110), "{text}");
}

#[test]
fn a_learning_cycle_is_told_line_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["validate", "--cycle", "--grid-size", "32", "--steps", "32"];
    let text = done(folder.path(), &args);
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("=== mycelium :: validation ==="));
    let named: Vec<(&str, f64)> = lines
        .map(|line| line.split_once(':').unwrap())
        .map(|(name, value)| (name.trim_end(), value.trim().parse().unwrap()))
        .collect();
    assert_eq!(named.len(), 12);
    let value = |name| named.iter().find(|line| line.0 == name).unwrap().1;
    assert!(value("loss_final") < value("loss_start"));
    assert!((value("nernst_numeric_mV") - -89.010_669).abs() < 1e-6);
    assert_eq!(text, done(folder.path(), &args));
}

#[test]
fn flags_of_the_cycle_need_the_cycle() {
    let folder = tempfile::tempdir().unwrap();
    assert!(refused(folder.path(), &["validate", "--epochs", "3"]).contains("--cycle"));
    let text = refused(folder.path(), &["validate", "--cycle", "--epochs", "0"]);
    assert!(text.contains("epochs"), "{text}");
}

#[test]
fn an_interrupted_cycle_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["validate", "--cycle", "--grid-size", "1024", "--steps", "10000"];
    let child = begin(folder.path(), &args);
    until_it_listens(&child);
    signal(&child, Signal::INT);
    let told = told(child.wait_with_output().unwrap());
    assert_eq!(told.code, Some(130), "{}", told.err);
    assert!(told.err.contains("STOPPED") && told.out.is_empty(), "{}", told.err);
}
