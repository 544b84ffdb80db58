//! A service that is asked to read its files again while an alert fires.

use std::os::unix::net::UnixDatagram;

use crate::server::{Server, command, report, told, until};

const MORE: &str = r#"
[[rule]]
name = "cold"
metric = "warm_restart_cold_starts_total"
above = 0
actions = ["file"]
"#;

fn is_near(number: f64, wanted: f64) -> bool {
    (number - wanted).abs() < 0.5
}

#[test]
fn rules_that_are_read_again_leave_what_fires_and_broken_ones_leave_all() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let rules = folder.path().join("rules.toml");
    let first = std::fs::read_to_string(&rules).unwrap();
    let tell = |event: &str, device: &str| {
        let line = format!(r#"{{"event":"{event}","device":"{device}"}}"#);
        assert_eq!(report(server.address, &line), Some(200));
    };
    tell("corruption", "a");
    until("somebody is told", || told(folder.path()).len() == 1);

    std::fs::write(&rules, format!("{first}{MORE}")).unwrap();
    server.signal("HUP");
    until("the rules are read again", || is_near(server.number("reloads_total"), 1.0));
    tell("cold_start", "b");
    until("the new rule tells", || told(folder.path()).len() == 2);
    let groups: Vec<String> =
        told(folder.path()).iter().map(|line| line["group"]["device"].to_string()).collect();
    assert_eq!(groups, ["\"a\"", "\"b\""], "the first alert was told once");

    for text in [format!("{first}{MORE}above = 3"), "[[rule]]\nname".to_owned()] {
        let failed = server.number("reload_failures_total") + 1.0;
        std::fs::write(&rules, text).unwrap();
        server.signal("HUP");
        until("that is refused", || is_near(server.number("reload_failures_total"), failed));
        assert!(is_near(server.number("last_reload_successful"), 0.0));
    }
    tell("cold_start", "c");
    until("the old rules tell", || told(folder.path()).len() == 3);

    std::fs::write(&rules, &first).unwrap();
    server.signal("HUP");
    until("the rules are good again", || is_near(server.number("last_reload_successful"), 1.0));
    until("the ends are told", || told(folder.path()).len() == 5);
    let alerts = server.get("/alerts").1;
    assert_eq!(alerts.matches(r#""state":"firing""#).count(), 1, "{alerts}");
    assert_eq!(alerts.matches(r#""rule":"cold""#).count(), 0, "{alerts}");
}

#[test]
fn another_configuration_holds_as_far_as_it_can_without_a_start() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let config = folder.path().join("config.toml");
    let first = std::fs::read_to_string(&config).unwrap();
    let slow = first.replace("interval_ms = 10", "interval_ms = 3600000\nqueue = 7");
    std::fs::write(&config, &slow).unwrap();
    server.signal("HUP");
    until("it is read again", || is_near(server.number("reloads_total"), 1.0));
    let before = server.number("evaluations_total");
    std::fs::write(&config, slow.replace("interval_ms", "intervall_ms")).unwrap();
    server.signal("HUP");
    until("that is refused", || is_near(server.number("reload_failures_total"), 1.0));
    // The last look may have been due when the answer was on its way.
    assert!(server.number("evaluations_total") <= before + 1.0);
    assert!(server.end().success());
}

#[test]
fn systemd_hears_of_each_reading_whatever_comes_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    let server = Server::of(command(folder.path()).env("NOTIFY_SOCKET", &path));
    let hear = || {
        let mut word = [0; 128];
        let length = socket.recv(&mut word).unwrap();
        String::from_utf8_lossy(&word[..length]).into_owned()
    };
    assert_eq!(hear(), "READY=1");
    for rules in [None, Some("nonsense")] {
        if let Some(text) = rules {
            std::fs::write(folder.path().join("rules.toml"), text).unwrap();
        }
        server.signal("HUP");
        let reloading = hear();
        let at = reloading.strip_prefix("RELOADING=1\nMONOTONIC_USEC=").map(str::parse::<u64>);
        assert!(matches!(at, Some(Ok(1..))), "{reloading}");
        assert_eq!(hear(), "READY=1");
    }
}
