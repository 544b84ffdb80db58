//! What people type.

use std::process::{Command, Output};

use crate::server::Server;

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output: Output =
        Command::new(env!("CARGO_BIN_EXE_warm-restart")).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn an_event_is_recorded_or_said_not_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let to = format!("http://{}", server.address);
    let record = |more: &[&str]| run(&[&["record", "--device", "a", "--to", &to], more].concat());
    assert_eq!(record(&["sync_ended", "--seconds", "4.5"]).0, Some(0));
    assert_eq!(server.count("a", "eoiu_detected_count"), 1);
    let (code, _, error) = record(&["sync_ended"]);
    assert!(code == Some(2) && error.contains("needs `seconds`"), "{error}");
    assert_eq!(record(&["nonsense"]).0, Some(2));
    drop(server);
    let (code, _, error) = record(&["warm_start"]);
    assert!(code == Some(1) && error.contains("failed to reach"), "{error}");
}

#[test]
fn the_default_rules_are_a_file_that_is_good_and_mistakes_have_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.toml");
    let (code, defaults, _) = run(&["rules", "defaults"]);
    assert_eq!(code, Some(0));
    std::fs::write(&path, &defaults).unwrap();
    let check = || run(&["rules", "check", path.to_str().unwrap()]);
    assert_eq!(check().1, "10 rules, 9 of them on\n");
    std::fs::write(&path, defaults.replace("health_score\"", "healthscore\"")).unwrap();
    let (code, _, error) = check();
    assert!(code == Some(2) && error.contains("rules.toml:") && error.contains("meant"), "{error}");
}

#[test]
fn a_scenario_is_replayed_by_name() {
    let (code, shown, _) = run(&["simulate", "flapping"]);
    assert_eq!(code, Some(0));
    assert!(shown.contains("restart_rate_high pending > firing"), "{shown}");
    assert!(shown.contains("evaluations    86400 (0 missed)"), "{shown}");
    assert!(run(&["simulate"]).1.contains("healthy-week"));
    assert_eq!(run(&["simulate", "no-such"]).0, Some(1));
}
