//! Alerts that are told on a subject of a NATS server, which may be away.

use std::net::SocketAddr;

use crate::broker::{Broker, own_place};
use crate::server::{Server, command, report, until};

const ACTION: &str = "[action.file]\nsubject = \"alerts.switches\"\n";

/// A service whose action publishes at a place.
fn publisher(folder: &std::path::Path, place: SocketAddr) -> Server {
    let mut command = command(folder);
    let rules = folder.join("rules.toml");
    let text = std::fs::read_to_string(&rules).unwrap();
    let (before, rest) = text.split_once("[action.file]").unwrap();
    let (_, after) = rest.split_once("[[rule]]").unwrap();
    std::fs::write(rules, format!("{before}{ACTION}[[rule]]{after}")).unwrap();
    let config = folder.join("config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let server = format!("nats = \"nats://alerts:word@{place}\"\n");
    std::fs::write(config, text + &server).unwrap();
    Server::of(&mut command)
}

fn corrupt(server: &Server, device: &str) {
    let line = format!(r#"{{"event":"corruption","device":"{device}"}}"#);
    assert_eq!(report(server.address, &line), Some(200));
}

#[test]
fn an_alert_is_published_and_what_a_lost_broker_missed_once_there_is_another() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (own_place(), own_place());
    let broker = Broker::start(first);
    let mut listener = broker.listen("alerts.>");
    let server = publisher(folder.path(), first);
    for device in ["a", "b"] {
        corrupt(&server, device);
        let heard = listener.hear();
        assert_eq!((&heard["reason"], &heard["group"]["device"]), (&"new".into(), &device.into()));
    }
    // What a broker took and did not get to confirm is told again: it has to confirm both.
    until("it is known that both are told", || server.number("notifications_told_total") > 1.5);
    drop(broker);
    corrupt(&server, "c");
    until("a trial fails", || server.number("notifications_retried_total") > 0.5);
    // Whoever cannot be told keeps nobody from looking.
    let looked = server.number("evaluations_total");
    until("it looks again", || server.number("evaluations_total") > looked + 2.0);

    let broker = Broker::start(second);
    let mut listener = broker.listen("alerts.>");
    let config = folder.path().join("config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace(&first.to_string(), &second.to_string())).unwrap();
    server.signal("HUP");
    assert_eq!(listener.hear()["group"]["device"], "c");
    until("it is known to be told", || server.number("notifications_told_total") > 2.5);

    drop((broker, listener));
    let broker = Broker::start(second);
    let mut listener = broker.listen("alerts.>");
    corrupt(&server, "d");
    assert_eq!(listener.hear()["group"]["device"], "d");
    corrupt(&server, "e");
    assert_eq!(listener.hear()["group"]["device"], "e", "nothing is told twice");
    assert!(server.end().success());
}

#[test]
fn who_publishes_without_a_server_is_told_before_anything_starts() {
    let folder = tempfile::tempdir().unwrap();
    drop(publisher(folder.path(), own_place()));
    let config = folder.path().join("config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let check = |text: String| {
        std::fs::write(&config, text).unwrap();
        let program = env!("CARGO_BIN_EXE_warm-restart");
        let mut command = std::process::Command::new(program);
        let output = command.args(["serve", "--check", "--config"]).arg(&config).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, error) =
        check(text.lines().filter(|line| !line.starts_with("nats")).collect::<Vec<_>>().join("\n"));
    assert!(code == Some(2) && error.contains("rules.toml:9: the action `file`"), "{error}");
    let (code, error) = check(text.replace("nats://", "http://"));
    assert!(code == Some(2) && error.contains("config.toml:5: `nats` is "), "{error}");
}
