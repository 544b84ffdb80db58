//! What a service does from its start to its end.

use std::os::unix::net::UnixDatagram;

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
