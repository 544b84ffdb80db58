//! Busy workers: who asks for something else does not notice, and who asks for more is told.

use std::thread;

use crate::server::{self, Server};

const LONG: &str = r#"{"grid_size": 256, "steps": 1000, "quantum_jitter": true}"#;

/// Seventeen of those.
const LONGEST: (&str, &str) = ("/validate", LONG);

fn small_pool() -> Server {
    Server::of(server::command().env("MFN_COMPUTE_THREADS", "1").env("MFN_QUEUE_PER_THREAD", "1"))
}

#[test]
fn a_service_whose_workers_are_busy_answers_everything_else() {
    let server = small_pool();
    let mut simulating = server.connect();
    simulating.send(LONGEST.0, LONGEST.1).unwrap();
    server.until("mycelium_pool_busy_workers", |busy| busy == 1);
    let mut other = server.connect();
    for _ in 0..50 {
        assert_eq!(other.get("/health", "").unwrap().status, 200);
        assert_eq!(other.get("/ready", "").unwrap().status, 200);
        let ion = r#"{"concentration_out_molar": 0.005, "concentration_in_molar": 0.14}"#;
        assert_eq!(other.post("/nernst", ion).unwrap().status, 200);
    }
    // None of them was answered because the simulations had ended.
    assert_eq!(server.metric("mycelium_pool_busy_workers"), 1);
    assert_eq!(server.metric("mycelium_simulations_total"), 0);
}

#[test]
fn one_too_many_is_refused_and_told_when_to_come_back() {
    let server = small_pool();
    let (mut first, mut second, mut third) = (server.connect(), server.connect(), server.connect());
    first.send(LONGEST.0, LONGEST.1).unwrap();
    server.until("mycelium_pool_busy_workers", |busy| busy == 1);
    second.send(LONGEST.0, LONGEST.1).unwrap();
    server.until("mycelium_pool_queue_depth", |depth| depth == 1);
    let answer = third.post("/simulate", LONG).unwrap();
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["error_code"], "service_unavailable");
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(server.metric("mycelium_pool_refused_total"), 1);
    // Who hangs up makes room, at work and in the queue.
    drop(first);
    drop(second);
    server.until("mycelium_pool_busy_workers", |busy| busy == 0);
    let small = r#"{"grid_size": 8, "steps": 1}"#;
    assert_eq!(third.post("/simulate", small).unwrap().status, 200);
}

#[cfg(target_os = "linux")]
#[test]
fn a_loaded_service_stays_small() {
    // Not one for each core: their memory adds up.
    let server = Server::of(server::command().env("MFN_COMPUTE_THREADS", "2"));
    let address = server.address;
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(move || {
                let mut client = crate::client::Client::connect(address).unwrap();
                for _ in 0..20 {
                    let large = r#"{"grid_size": 128, "steps": 20}"#;
                    client.post("/simulate", large).unwrap();
                    client.post("/features", large).unwrap();
                    client.get("/metrics", "").unwrap();
                }
            });
        }
    });
    let kib = server.resident_kib();
    assert!(kib <= 40 << 10, "{kib} KiB");
}
