//! Feeds for load tests, as a load generator reads them.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use serde_json::Value;

use super::{command, done, refused};

const SMALL: [&str; 5] = ["generate", "--users", "3", "--count", "6"];

fn generated(folder: &std::path::Path, more: &[&str]) -> Vec<Value> {
    let out = done(folder, &[&SMALL[..], more].concat());
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 6);
    lines
}

#[test]
fn each_line_has_a_request_and_the_answer_that_is_due() {
    let folder = tempfile::tempdir().unwrap();
    let registry = ["--registry", "registry.json"];
    for (kind, path) in [
        ("verify", "/api/verify-proof"),
        ("login", "/api/verify-proof"),
        ("transaction", "/api/verify-proof"),
        ("biometric", "/api/verify-biometric-proof"),
        ("batch", "/api/batch-verify-proofs"),
    ] {
        for line in generated(folder.path(), &[&registry[..], &["--kind", kind]].concat()) {
            assert_eq!(line["path"], path);
            assert_eq!((&line["status"], &line["verified"]), (&200.into(), &true.into()));
            assert!(line["body"].is_object() && line["code"].is_null(), "{line}");
        }
    }
    let lines = generated(folder.path(), &["--mix", "expired=1"]);
    assert!(lines.iter().all(|line| line["status"] == 410 && line["code"] == "expired"));
    let lines = generated(folder.path(), &["--kind", "batch", "--size", "7"]);
    assert!(lines.iter().all(|line| line["body"]["proofs"].as_array().unwrap().len() == 7));
}

#[test]
fn the_same_seed_signs_for_the_same_users_with_the_same_nonces() {
    let folder = tempfile::tempdir().unwrap();
    let named = |seed: &str| -> Vec<Value> {
        let lines = generated(folder.path(), &["--seed", seed]);
        let named = |line: Value| {
            let body = &line["body"];
            Value::from(vec![body["public_key"].clone(), body["nonce"].clone()])
        };
        lines.into_iter().map(named).collect()
    };
    assert_eq!(named("1"), named("1"));
    assert_ne!(named("1"), named("2"));
}

#[test]
fn a_registry_is_made_once_for_its_owner_and_then_believed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let registry = ["generate", "--registry", "registry.json", "--count"];
    done(folder, &[&registry[..], &["0", "--users", "3"]].concat());
    let path = folder.join("registry.json");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let before = fs::read_to_string(&path).unwrap();
    let line = done(folder, &[&registry[..], &["1"]].concat());
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    let line: Value = serde_json::from_str(&line).unwrap();
    assert!(before.contains(line["body"]["public_key"].as_str().unwrap()), "a registered key");
    let said = refused(folder, &[&registry[..], &["1", "--users", "4"]].concat());
    assert!(said.contains("3 users"), "{said}");
    fs::write(&path, r#"{"keys":[]}"#).unwrap();
    refused(folder, &[&registry[..], &["1"]].concat());
    fs::write(&path, &before[..100]).unwrap();
    assert!(refused(folder, &[&registry[..], &["1"]].concat()).contains("registry.json"));
}

#[test]
fn a_feed_without_end_ends_quietly_when_nobody_reads() {
    let folder = tempfile::tempdir().unwrap();
    let mut endless = command(folder.path(), &["generate", "--users", "3"]);
    let mut child = endless.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for _ in 0..50 {
        let line: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(line["status"], 200);
    }
    drop(lines);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), &*output.stderr), (Some(0), &b""[..]));
}

#[test]
fn what_cannot_be_generated_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (args, word) in [
        (&["--kind", "biometric"][..], "--registry"),
        (&["--mix", "valid=1,revoked=1"], "--registry"),
        (&["--kind", "biometric", "--registry", "r", "--mix", "revoked=1"], "cannot be revoked"),
        (&["--mix", "good=1"], "none of valid"),
        (&["--mix", "replayed=1"], "need valid ones"),
        (&["--size", "20..5"], "least number first"),
        (&["--size", "1..257"], "256"),
        (&["--lifetime", "0s"], "zero"),
        (&["--kind", "health"], "biometric"),
    ] {
        let said = refused(folder, &[&SMALL[..], args].concat());
        assert!(said.contains(word), "{args:?}: {said}");
    }
    assert!(refused(folder, &["generate", "--users", "0", "--count", "1"]).contains("users"));
}
