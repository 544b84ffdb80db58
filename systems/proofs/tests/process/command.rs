//! Usage and exit codes.

use std::path::Path;
use std::process::{Command, Output};

use proofs::audit;

use crate::client::{Client, Signer};
use crate::server::Server;

fn proofs(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_proofs")).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8([&output.stdout[..], &output.stderr].concat()).unwrap()
}

/// A log of three accepted proofs.
fn log(folder: &Path) -> String {
    let server = Server::start(folder);
    let (mut client, mut signer) = (Client::connect(server.address).unwrap(), Signer::new(1));
    for _ in 0..3 {
        assert_eq!(client.post("/api/verify-proof", &signer.proof()).unwrap().status, 200);
    }
    assert!(server.end().success());
    folder.join("proofs.db").to_str().unwrap().to_owned()
}

#[test]
fn bad_files_are_named_before_anything_is_touched() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("list.json");
    let database = folder.path().join("proofs.db");
    let (file, database) = (file.to_str().unwrap(), database.to_str().unwrap());
    for option in ["--keys", "--api-keys"] {
        for text in [None, Some("{"), Some(r#"[{"name":"x"}]"#), Some(r#"["AA"]"#)] {
            let _ = std::fs::remove_file(file);
            if let Some(text) = text {
                std::fs::write(file, text).unwrap();
            }
            let output = proofs(&["serve", "--port", "0", "--database", database, option, file]);
            assert_eq!(output.status.code(), Some(2), "{}", said(&output));
            assert!(said(&output).contains(file), "{}", said(&output));
        }
    }
    assert!(!Path::new(database).exists());
}

#[test]
fn keys_of_tokens_need_an_issuer_and_an_audience() {
    let output = proofs(&["serve", "--jwt-keys", "keys.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("--jwt-issuer"), "{}", said(&output));
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let port = address.port().to_string();
    let output = proofs(&["serve", "--any-key", "--database", ":memory:", "--port", &port]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains(&format!("failed to listen on {address}")));
}

#[test]
fn audit_tells_the_digest_of_the_last_row_and_finds_it_later() {
    let folder = tempfile::TempDir::new().unwrap();
    let database = log(folder.path());
    let output = proofs(&["audit", "--database", &database]);
    let line = said(&output);
    assert!(line.starts_with("3 rows hold"), "{line}");
    let digest = line.trim().rsplit(' ').next().unwrap();
    let find = |digest: &str| proofs(&["audit", "--database", &database, "--digest", digest]);
    assert!(find(digest).status.success());
    assert!(find(&digest.to_uppercase()).status.success());
    let other = "00".repeat(32);
    assert_eq!(find(&other).status.code(), Some(1));
    assert!(said(&find(&other)).contains("no row"), "{}", said(&find(&other)));
    assert_eq!(find("what").status.code(), Some(2));
}

#[test]
fn audit_names_a_row_that_was_changed() {
    let folder = tempfile::TempDir::new().unwrap();
    let database = log(folder.path());
    assert_eq!(audit::verify(Path::new(&database)).unwrap().sequence, 3);
    let db = rusqlite::Connection::open(&database).unwrap();
    db.execute_batch("UPDATE audit SET at_ms = at_ms + 1 WHERE sequence = 2").unwrap();
    let output = proofs(&["audit", "--database", &database]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("row 2 of the audit log was changed"), "{}", said(&output));
    let output = proofs(&["audit", "--database", "/no/such/file"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("/no/such/file"), "{}", said(&output));
}
