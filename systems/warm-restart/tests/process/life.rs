//! What a service does from its start to its end.

use std::os::unix::net::UnixDatagram;
use std::process::Stdio;

use crate::server::{Server, command, report, told, until};

#[test]
fn what_was_reported_is_shown_and_told_and_an_end_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let lines = "{\"event\":\"corruption\",\"device\":\"a\",\"port\":\"1\"}\n\
         {\"event\":\"sync_ended\",\"device\":\"a\",\"port\":\"1\",\"seconds\":7}";
    assert_eq!(report(server.address, lines), Some(200));
    until("somebody is told", || told(folder.path()).len() == 1);
    assert_eq!(told(folder.path())[0]["alerts"][0]["labels"]["port"], "1");
    let (status, metrics) = server.get("/metrics");
    assert_eq!(status, 200);
    for line in [
        r#"warm_restart_corruptions_total{device="a",port="1"} 1"#,
        concat!(
            r#"warm_restart_alert{device="a",port="1",rule="corrupt","#,
            r#"severity="warning",state="firing"} 1"#,
        ),
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line}\n{metrics}");
    }
    assert!(server.get("/alerts").1.contains(r#""state":"firing""#));
    assert_eq!((server.get("/health").0, server.get("/ready").0), (200, 200));
    assert!(server.end().success());
    let server = Server::start(folder.path());
    assert_eq!(server.count("a", "eoiu_detected_count"), 1);
    report(server.address, r#"{"event":"recovery","device":"a","port":"1"}"#);
    until("its end is told", || told(folder.path()).len() == 2);
    assert_eq!(told(folder.path())[1]["reason"], "over");
}

#[test]
fn what_is_no_event_is_refused_and_nothing_of_it_counted() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let good = r#"{"event":"warm_start","device":"a"}"#;
    let bad = [format!("{good}\n{{}}"), "x".to_owned(), "a".repeat(1 << 21)];
    let expected = [400, 400, 413];
    for (lines, status) in bad.iter().zip(expected) {
        let answer = report(server.address, lines);
        // Whoever sends too much may see the connection break before the answer.
        assert!(answer == Some(status) || (status == 413 && answer.is_none()), "{answer:?}");
    }
    assert_eq!(server.count("a", "warm_restart_count"), 0);
}

#[test]
fn systemd_hears_that_it_is_ready_and_that_it_is_alive() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    let mut command = command(folder.path());
    let server = Server::of(command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "40000"));
    let mut heard = Vec::new();
    while heard.len() < 4 {
        let mut word = [0; 64];
        let length = socket.recv(&mut word).unwrap();
        heard.push(String::from_utf8_lossy(&word[..length]).into_owned());
    }
    assert_eq!(heard, ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"]);
    assert!(server.end().success());
}

#[test]
fn what_cannot_be_saved_is_refused_and_counted_only_once_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let line = r#"{"event":"warm_start","device":"a"}"#;
    assert_eq!(report(server.address, line), Some(200));
    std::fs::remove_dir_all(folder.path().join("state")).unwrap();
    assert_eq!([report(server.address, line), report(server.address, line)], [Some(503); 2]);
    assert_eq!(server.count("a", "warm_restart_count"), 1);
    std::fs::create_dir(folder.path().join("state")).unwrap();
    assert_eq!(report(server.address, line), Some(200));
    server.kill();
    assert_eq!(Server::start(folder.path()).count("a", "warm_restart_count"), 2);
}

#[test]
fn a_second_service_on_a_folder_ends_at_once_and_names_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let mut second = command(folder.path());
    let output = second.stderr(Stdio::piped()).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    let (said, state) = (String::from_utf8_lossy(&output.stderr), folder.path().join("state"));
    let holder = format!("failed to lock {}: process {} ", state.display(), server.id());
    assert!(said.contains(&holder), "{said}");
    assert_eq!(report(server.address, r#"{"event":"warm_start","device":"a"}"#), Some(200));
    // However the first one ends.
    server.kill();
    assert_eq!(Server::start(folder.path()).count("a", "warm_restart_count"), 1);
}

#[test]
fn while_nothing_can_be_saved_it_is_not_ready_and_once_it_can_it_is_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    assert_eq!(server.get("/ready"), (200, "ready\n".to_owned()));
    let state = folder.path().join("state");
    std::fs::remove_dir_all(&state).unwrap();
    assert_eq!(report(server.address, r#"{"event":"warm_start","device":"a"}"#), Some(503));
    let (status, why) = server.get("/ready");
    assert!(status == 503 && why.contains("failed to write"), "{why}");
    assert_eq!(server.get("/health").0, 200);
    std::fs::create_dir(&state).unwrap();
    until("it is ready again", || server.get("/ready").0 == 200);
}

#[test]
fn a_notification_waits_until_it_can_be_saved_and_that_costs_it_no_trials() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let [state, lines] = ["state", "told"].map(|name| folder.path().join(name));
    // The action cannot write to a folder, and is tried again.
    std::fs::create_dir(&lines).unwrap();
    assert_eq!(report(server.address, r#"{"event":"corruption","device":"a"}"#), Some(200));
    until("a trial failed", || server.number("notifications_retried_total") > 0.0);
    std::fs::remove_dir_all(&state).unwrap();
    until("a save failed", || server.number("failed_saves_total") > 0.0);
    let trials = server.number("notifications_retried_total");
    until("more of them did", || server.number("failed_saves_total") > 3.0);
    assert!(server.number("notifications_retried_total") - trials < 0.5);
    std::fs::remove_dir(&lines).unwrap();
    std::fs::create_dir(&state).unwrap();
    until("somebody is told", || told(folder.path()).len() == 1);
    assert!(server.number("notifications_dead_total") < 0.5);
}
