//! A service that is asked to end answers what it has taken.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use proofs::audit;

use crate::client::{Client, Signer};
use crate::server::Server;

#[test]
fn a_service_that_is_asked_to_end_answers_what_it_has_taken_and_ends_well() {
    let folder = tempfile::TempDir::new().unwrap();
    let server = Server::start(folder.path());
    let (address, given) = (server.address, &AtomicUsize::new(0));
    let accepted = thread::scope(|scope| {
        let ask = |name| {
            scope.spawn(move || {
                let (mut signer, mut accepted) = (Signer::new(name), 0);
                let mut client = Client::connect(address).unwrap();
                while let Ok(answer) = client.post("/api/verify-proof", &signer.proof()) {
                    assert_eq!(answer.status, 200, "{}", answer.body);
                    accepted += 1;
                    given.fetch_add(1, Ordering::Relaxed);
                }
                accepted
            })
        };
        let clients: Vec<_> = (0..4).map(ask).collect();
        while given.load(Ordering::Relaxed) < 200 {
            thread::sleep(Duration::from_millis(1));
        }
        assert!(server.end().success());
        clients.into_iter().map(|client| client.join().unwrap()).sum::<u64>()
    });
    let database = folder.path().join("proofs.db");
    // Every accepted proof has a row, and the other way round: none was taken and not answered.
    assert_eq!(audit::verify(&database).unwrap().sequence, accepted);
    // All of it is in the file itself, which can be copied alone.
    let log = std::fs::metadata(folder.path().join("proofs.db-wal")).map_or(0, |file| file.len());
    assert_eq!(log, 0);
}

#[test]
fn a_second_service_on_one_database_is_refused() {
    let folder = tempfile::TempDir::new().unwrap();
    let _first = Server::start(folder.path());
    let second = std::process::Command::new(env!("CARGO_BIN_EXE_proofs"))
        .args(["serve", "--port", "0", "--any-key", "--database"])
        .arg(folder.path().join("proofs.db"))
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains("another service uses the database"), "{said}");
}
