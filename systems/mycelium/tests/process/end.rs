//! How a service ends: asked to, it answers what it has taken.

use std::net::TcpStream;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::client::Client;
use crate::server::{self, Server};

const SMALL: &str = r#"{"grid_size": 32, "steps": 32}"#;
const LONG: &str = r#"{"grid_size": 256, "steps": 1000, "quantum_jitter": true}"#;

/// Seventeen of those: it is not over before anybody has looked.
const LONGEST: (&str, &str) = ("/validate", LONG);

/// Of nobody else: a port that was free a moment ago may be a client's of another test by now.
const OWN_ADDRESS: &str = if cfg!(target_os = "linux") { "127.0.0.2" } else { "127.0.0.1" };

#[test]
fn a_service_that_is_asked_to_end_answers_what_it_has_taken_and_ends_well() {
    let server = Server::start();
    let (address, given) = (server.address, &AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(move || {
                let mut client = Client::connect(address).unwrap();
                while let Ok(answer) = client.post("/simulate", SMALL) {
                    assert!([200, 503].contains(&answer.status), "{answer:?}");
                    given.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        while given.load(Ordering::Relaxed) < 100 {
            thread::sleep(Duration::from_millis(1));
        }
        server.terminate();
        assert!(server.wait().success());
    });
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn a_simulation_at_hand_is_finished_before_the_end() {
    // However slow the machine is, it does not give up what is at hand.
    let server = Server::of(server::command().env("MFN_DRAIN_SECONDS", "600"));
    let mut client = server.connect();
    client.send("/simulate", LONG).unwrap();
    server.until("mycelium_pool_busy_workers", |busy| busy == 1);
    server.terminate();
    let answer = client.answer().unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(server.wait().success());
}

#[test]
fn a_simulation_that_takes_longer_than_the_end_may_is_given_up() {
    let server = Server::of(server::command().env("MFN_DRAIN_SECONDS", "0"));
    let mut client = server.connect();
    client.send(LONGEST.0, LONGEST.1).unwrap();
    server.until("mycelium_pool_busy_workers", |busy| busy == 1);
    server.terminate();
    assert!(server.wait().success());
    assert!(client.answer().is_err());
}

#[test]
fn a_second_ctrl_c_ends_at_once_what_the_first_one_waits_for() {
    let mut command = server::command();
    command.env("MFN_DRAIN_SECONDS", "600").stderr(Stdio::piped());
    let mut server = Server::of(&mut command);
    let mut client = server.connect();
    client.send(LONGEST.0, LONGEST.1).unwrap();
    server.until("mycelium_pool_busy_workers", |busy| busy == 1);
    server.interrupt();
    server.until_it_says("again ends at once");
    server.interrupt();
    assert_eq!(server.wait().code(), Some(130));
    assert!(client.answer().is_err());
}

#[test]
fn a_service_that_was_killed_starts_again_at_once() {
    for _ in 0..3 {
        let server = Server::of(server::command().env("MFN_API_HOST", OWN_ADDRESS));
        let mut client = server.connect();
        client.send(LONGEST.0, LONGEST.1).unwrap();
        server.until("mycelium_pool_busy_workers", |busy| busy == 1);
        let port = server.address.port().to_string();
        server.kill();
        assert!(client.answer().is_err());
        let mut again = server::command();
        let again = again.env("MFN_API_HOST", OWN_ADDRESS).env("MFN_API_PORT", &port);
        let again = Server::of(again);
        assert_eq!(again.connect().post("/simulate", SMALL).unwrap().status, 200);
    }
}
