//! Whatever a killed service had answered holds after its next start.
//!
//! `PROOFS_KILLS=300 cargo test -p proofs --test process` kills more often.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use proofs::audit;
use serde_json::{Value, json};

use crate::client::{Client, Signer};
use crate::server::{self, Server};

const SINGLE: &str = "/api/verify-proof";
const BATCH: &str = "/api/batch-verify-proofs";
const REVOKE: &str = "/api/revocations";

/// What a client was told before the connection broke.
#[derive(Default)]
struct Told {
    /// Proofs that were accepted.
    accepted: Vec<String>,
    /// Proofs that were revoked before anybody sent them.
    revoked: Vec<String>,
    /// What was sent last and not answered: it may have been accepted or not.
    open: Vec<String>,
}

#[test]
fn whatever_a_killed_service_had_accepted_or_revoked_is_known_after_its_next_start() {
    let kills: u64 =
        std::env::var("PROOFS_KILLS").map_or(25, |text| text.parse().expect("a number of kills"));
    let folder = tempfile::TempDir::new().unwrap();
    let mut server = Server::start(folder.path());
    let (mut accepted, mut revoked) = (0, 0);
    for kill in 0..kills {
        // Different numbers in no order, zero among them.
        let answers = usize::try_from(kill * 7919 % 200).unwrap();
        let told = load_and_kill(server, kill, answers);
        server = Server::start(folder.path());
        for told in &told {
            check(server.address, told);
            accepted += told.accepted.len();
            revoked += told.revoked.len();
        }
        check_chain(folder.path(), accepted + revoked);
    }
    assert!(accepted > 0 && revoked > 0, "nothing was accepted before a kill");
    tell(&format!("{kills} kills, {accepted} accepted and {revoked} revoked proofs before them"));
}

#[expect(clippy::print_stdout, reason = "for the record of a long run; shown by --nocapture")]
fn tell(line: &str) {
    println!("{line}");
}

#[test]
fn a_service_that_was_killed_while_it_started_starts_again() {
    let folder = tempfile::TempDir::new().unwrap();
    for number in 0..40 {
        let mut child = server::command(folder.path()).spawn().unwrap();
        // Nothing is waited for: the time decides how far the service comes.
        thread::sleep(Duration::from_micros(500 * number));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let server = Server::start(folder.path());
    let proof = Signer::new(1).proof();
    let mut client = Client::connect(server.address).unwrap();
    let mut ask = || client.post(SINGLE, &proof).unwrap().status;
    assert_eq!([ask(), ask()], [200, 409]);
    check_chain(folder.path(), 1);
}

/// Asks from several threads, and kills the service once so many answers were given.
fn load_and_kill(server: Server, kill: u64, answers: usize) -> Vec<Told> {
    let given = AtomicUsize::new(0);
    let (address, given) = (server.address, &given);
    thread::scope(|scope| {
        let start = |ask: Ask, number: u64| {
            scope.spawn(move || until_broken(address, kill * 8 + number, ask, given))
        };
        let clients: Vec<_> = [single, single, batch, revoke]
            .into_iter()
            .zip(0..)
            .map(|(a, n)| start(a, n))
            .collect();
        while given.load(Ordering::Relaxed) < answers {
            thread::sleep(Duration::from_micros(200));
        }
        server.kill();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    })
}

type Ask = fn(&mut Client, &mut Signer, &mut Told) -> std::io::Result<()>;

fn until_broken(address: SocketAddr, name: u64, ask: Ask, given: &AtomicUsize) -> Told {
    let mut told = Told::default();
    let mut signer = Signer::new(name);
    let Ok(mut client) = Client::connect(address) else { return told };
    while ask(&mut client, &mut signer, &mut told).is_ok() {
        given.fetch_add(1, Ordering::Relaxed);
        told.open.clear();
    }
    told
}

fn single(client: &mut Client, signer: &mut Signer, told: &mut Told) -> std::io::Result<()> {
    let proof = signer.proof();
    told.open = vec![proof.clone()];
    let answer = client.post(SINGLE, &proof)?;
    assert_eq!(answer.status, 200, "{}", answer.body);
    told.accepted.push(proof);
    Ok(())
}

fn batch(client: &mut Client, signer: &mut Signer, told: &mut Told) -> std::io::Result<()> {
    let proofs: Vec<String> = (0..5).map(|_| signer.proof()).collect();
    told.open = proofs.clone();
    let answer = client.post(BATCH, &format!(r#"{{"proofs":[{}]}}"#, proofs.join(",")))?;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let counts: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(counts["verified_count"], 5, "{}", answer.body);
    told.accepted.extend(proofs);
    Ok(())
}

fn revoke(client: &mut Client, signer: &mut Signer, told: &mut Told) -> std::io::Result<()> {
    let proof = signer.proof();
    let fields: Value = serde_json::from_str(&proof).unwrap();
    let body = json!({ "signature": fields["signature"] });
    let answer = client.post(REVOKE, &body.to_string())?;
    assert_eq!(answer.status, 201, "{}", answer.body);
    told.revoked.push(proof);
    Ok(())
}

fn check(address: SocketAddr, told: &Told) {
    let mut client = Client::connect(address).unwrap();
    let mut ask = |proof: &String| client.post(SINGLE, proof).unwrap();
    for proof in &told.accepted {
        let answer = ask(proof);
        assert_eq!(answer.status, 409, "accepted and then: {}", answer.body);
    }
    for proof in &told.revoked {
        let answer = ask(proof);
        assert_eq!(answer.status, 403, "revoked and then: {}", answer.body);
    }
    for proof in &told.open {
        let status = ask(proof).status;
        assert!([200, 409].contains(&status), "{status}");
        assert_eq!(ask(proof).status, 409);
    }
}

/// The chain holds, and has a row for whatever was answered.
fn check_chain(folder: &Path, answered: usize) {
    let head = audit::verify(&folder.join("proofs.db")).unwrap();
    assert!(head.sequence >= answered as u64, "{} rows for {answered} answers", head.sequence);
}
