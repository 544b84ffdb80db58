//! Whatever a killed service had answered is counted after its next start; nobody is told twice.
//!
//! `WARM_RESTART_KILLS=300 cargo test -p warm-restart --test process` kills more often.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use crate::server::{Server, report, told, until};

const LINE: &str = r#"{"event":"warm_start","device":"load"}"#;

#[test]
fn a_service_that_is_killed_again_and_again_loses_no_count_and_tells_nobody_twice() {
    let kills: u64 = std::env::var("WARM_RESTART_KILLS").map_or(20, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path());
    let (sent, saved) = (AtomicU64::new(0), AtomicU64::new(0));
    for kill in 0..kills {
        let corrupt = format!(r#"{{"event":"corruption","device":"d{kill}"}}"#);
        assert_eq!(report(server.address, &corrupt), Some(200));
        // Different numbers in no order, zero among them.
        load_and_kill(server, kill * 7919 % 60, &sent, &saved);
        server = Server::start(folder.path());
        let counted = server.count("load", "warm_restart_count");
        let (sent, saved) = (sent.load(Ordering::Relaxed), saved.load(Ordering::Relaxed));
        assert!((saved..=sent).contains(&counted), "{saved} <= {counted} <= {sent}");
        assert_eq!(server.count(&format!("d{kill}"), "corruption_detected_count"), 1);
    }
    assert!(saved.load(Ordering::Relaxed) > 0, "nothing was saved before a kill");
    // One more that is not killed: when it was told, so was what waited before it.
    report(server.address, r#"{"event":"corruption","device":"last"}"#);
    let times = |device: &str| {
        let lines = told(folder.path());
        lines.iter().filter(|line| line["group"]["device"] == device).count()
    };
    until("the last one is told", || times("last") == 1);
    let times: Vec<usize> = (0..kills).map(|kill| times(&format!("d{kill}"))).collect();
    assert!(times.iter().all(|&times| times <= 1), "{times:?}");
    assert!(times.contains(&1), "nobody was told anything");
}

#[test]
fn a_service_that_was_killed_while_it_started_starts_again() {
    let folder = tempfile::tempdir().unwrap();
    let first = Server::start(folder.path());
    assert_eq!(report(first.address, LINE), Some(200));
    first.kill();
    for number in 0..20 {
        let mut child = crate::server::command(folder.path()).spawn().unwrap();
        // Nothing is waited for: the time decides how far the service comes.
        thread::sleep(Duration::from_micros(700 * number));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert_eq!(Server::start(folder.path()).count("load", "warm_restart_count"), 1);
}

/// Reports from several threads, and kills the service once so many answers were given.
fn load_and_kill(server: Server, answers: u64, sent: &AtomicU64, saved: &AtomicU64) {
    let address = server.address;
    let enough = saved.load(Ordering::Relaxed) + answers;
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(move || until_broken(address, sent, saved));
        }
        while saved.load(Ordering::Relaxed) < enough {
            thread::sleep(Duration::from_micros(200));
        }
        server.kill();
    });
}

fn until_broken(address: SocketAddr, sent: &AtomicU64, saved: &AtomicU64) {
    loop {
        sent.fetch_add(1, Ordering::Relaxed);
        match report(address, LINE) {
            Some(status) => assert_eq!(status, 200),
            None => return,
        }
        saved.fetch_add(1, Ordering::Relaxed);
    }
}
