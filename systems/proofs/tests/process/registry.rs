//! A service with a registry, and the feeds that were generated with it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::client::Client;
use crate::server::{self, Server};

fn generated(folder: &Path, more: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofs"));
    command.current_dir(folder).args(["generate", "--registry", "users.json", "--users", "3"]);
    let output = command.args(more).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_service_with_the_registry_answers_as_generated_lines_say() {
    let folder = tempfile::tempdir().unwrap();
    generated(folder.path(), &["--count", "0"]);
    let registry = folder.path().join("users.json");
    let server = Server::of(server::command(folder.path()).env("PROOFS_REGISTRY", &registry));
    let mut client = Client::connect(server.address).unwrap();
    let mixed = "valid=2,expired=1,invalid=1,replayed=1";
    let with_revoked = "valid=2,expired=1,invalid=1,replayed=1,revoked=1";
    for (kind, mix) in [("verify", with_revoked), ("biometric", mixed)] {
        let args = ["--kind", kind, "--mix", mix, "--replay-after", "3", "--count", "40"];
        for line in generated(folder.path(), &args).lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let path = line["path"].as_str().unwrap();
            let answer = client.post(path, &line["body"].to_string()).unwrap();
            let told: Value = serde_json::from_str(&answer.body).unwrap();
            assert_eq!(u64::from(answer.status), line["status"].as_u64().unwrap(), "{told}");
            assert_eq!((&told["code"], &told["verified"]), (&line["code"], &line["verified"]));
        }
    }
    assert!(server.end().success());
}
