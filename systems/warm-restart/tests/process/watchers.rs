//! Dashboards and rules for Prometheus use only what the service shows.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::server::{Server, report};

/// Of rules for Prometheus.
const FILES: [&str; 3] = ["recording", "alerting", "objectives"];

pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Every family that is exported, with its kind.
pub fn families() -> BTreeSet<String> {
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path());
    report(server.address, r#"{"event":"corruption","device":"a"}"#);
    let (_, text) = server.get("/metrics");
    text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).map(str::to_owned).collect()
}

/// Every name that can be asked for.
pub fn shown() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for family in families() {
        let (name, kind) = family.split_once(' ').unwrap();
        match kind {
            "histogram" => {
                names.extend(["bucket", "sum", "count"].map(|part| format!("{name}_{part}")));
            }
            _ => drop(names.insert(name.to_owned())),
        }
    }
    names
}

/// The words of a query that are metrics of ours.
pub fn named(query: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let words = query.split(move |c: char| !is_part(c));
    words.filter(|word| word.starts_with("warm_restart_"))
}

#[test]
fn dashboards_and_rules_ask_for_nothing_that_is_not_exported() {
    let shown = shown();
    let mut asked = 0;
    for name in ["devices", "service"] {
        let text = std::fs::read_to_string(folder("dashboards").join(format!("{name}.json")));
        let dashboard: Value = serde_json::from_str(&text.unwrap()).unwrap();
        for panel in dashboard["panels"].as_array().unwrap() {
            let query = panel["targets"][0]["expr"].as_str().unwrap();
            let unknown: Vec<&str> = named(query).filter(|name| !shown.contains(*name)).collect();
            assert!(unknown.is_empty() && named(query).count() > 0, "{query}: {unknown:?}");
            asked += 1;
        }
    }
    assert_eq!(asked, 16);
    for name in FILES {
        let text = std::fs::read_to_string(folder("prometheus").join(format!("{name}.yml")));
        for line in text.unwrap().lines() {
            let unknown: Vec<&str> = named(line).filter(|name| !shown.contains(*name)).collect();
            assert!(unknown.is_empty(), "{line}: {unknown:?}");
        }
    }
}

#[test]
fn prometheus_finds_nothing_wrong_with_the_rules() {
    let files = FILES.map(|name| folder("prometheus").join(format!("{name}.yml")));
    let output = Command::new("promtool").args(["check", "rules"]).args(files).output();
    let output = output.expect("promtool is installed; `cargo xtask ci setup` does that");
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[test]
fn prometheus_reads_what_is_exported_without_complaint() {
    let place = tempfile::tempdir().unwrap();
    let server = Server::start(place.path());
    report(server.address, r#"{"event":"sync_ended","device":"a\"b","seconds":4}"#);
    let path = place.path().join("metrics");
    std::fs::write(&path, server.get("/metrics").1).unwrap();
    let mut command = Command::new("promtool");
    let input = std::fs::File::open(&path).unwrap();
    let output = command.args(["check", "metrics"]).stdin(input).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}
