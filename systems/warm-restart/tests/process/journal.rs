//! Reports are added to a journal before anybody sees them.

use std::os::unix::fs::symlink;
use std::process::Command;

use crate::server::{Server, command, report, told, until};

const START: &str = r#"{"event":"warm_start","device":"a"}"#;
const CORRUPT: &str = r#"{"event":"corruption","device":"b"}"#;

#[test]
fn what_is_reported_is_added_to_the_journal_and_nothing_else_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    assert_eq!(report(server.address, START), Some(200));
    let state = folder.path().join("state");
    let [whole, journal] = ["json", "journal"].map(|end| state.join(format!("warm-restart.{end}")));
    let before = std::fs::read(&whole).unwrap();
    let saves = server.number("saves_total");
    for _ in 0..10 {
        assert_eq!(report(server.address, START), Some(200));
    }
    assert!((server.number("saves_total") - saves - 10.0).abs() < 0.5);
    assert_eq!(std::fs::read(&whole).unwrap(), before);
    let bytes = std::fs::metadata(&journal).unwrap().len();
    assert_eq!(bytes, 11 * (32 + START.len() as u64));
    assert!((server.number("journal_bytes") - bytes as f64).abs() < 0.5);
    server.kill();
    assert!(inspected(folder.path()).contains("journal: 11 reports in 11 records since\n"));
    let server = Server::start(folder.path());
    assert_eq!(server.count("a", "warm_restart_count"), 11);
    assert!(server.end().success());
    assert!(inspected(folder.path()).contains("journal: 0 reports in 0 records since\n"));
    assert_eq!(Server::start(folder.path()).count("a", "warm_restart_count"), 11);
}

#[test]
fn a_report_for_which_the_disk_is_full_is_refused_and_nobody_ever_sees_it() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("state/warm-restart.journal");
    let server = Server::start(folder.path());
    symlink("/dev/full", &journal).unwrap();
    for _ in 0..3 {
        assert_eq!(report(server.address, CORRUPT), Some(503));
    }
    let looks = server.number("evaluations_total") + 2.0;
    until("it looked twice", || server.number("evaluations_total") > looks);
    for path in ["/metrics", "/metrics.json", "/alerts"] {
        let (status, text) = server.get(path);
        assert!(status == 200 && !text.contains("\"b\""), "{path}: {text}");
    }
    assert!(told(folder.path()).is_empty());
    std::fs::remove_file(&journal).unwrap();
    assert_eq!(report(server.address, CORRUPT), Some(200));
    until("somebody is told", || told(folder.path()).len() == 1);
    server.kill();
    let server = Server::start(folder.path());
    assert_eq!(server.count("b", "corruption_detected_count"), 1);
}

#[test]
fn a_write_that_was_cut_short_is_passed_over_and_other_damage_ends_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    for _ in 0..3 {
        assert_eq!(report(server.address, START), Some(200));
    }
    server.kill();
    let journal = folder.path().join("state/warm-restart.journal");
    let whole = std::fs::read(&journal).unwrap();
    let mut damaged = whole.clone();
    damaged[50] ^= 1;
    std::fs::write(&journal, &damaged).unwrap();
    let output = command(folder.path()).stderr(std::process::Stdio::piped()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("warm-restart.journal is damaged: record 1 at byte 0"), "{said}");
    assert_eq!(std::fs::read(&journal).unwrap(), damaged);
    std::fs::write(&journal, &whole[..whole.len() - 1]).unwrap();
    let server = Server::start(folder.path());
    assert_eq!(server.count("a", "warm_restart_count"), 2);
    assert_eq!(report(server.address, START), Some(200));
    server.kill();
    assert_eq!(Server::start(folder.path()).count("a", "warm_restart_count"), 3);
}

fn inspected(folder: &std::path::Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_warm-restart"));
    let output = command.args(["state", "inspect"]).arg(folder.join("state")).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}
