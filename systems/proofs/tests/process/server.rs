//! A started `proofs serve`.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::json;
use sha2::{Digest, Sha256};

/// The key of the one client that may manage.
pub const API_KEY: &str = "a key for tests";

/// A process; it is killed if it is dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts a service on a free port, and returns once it listens.
    pub fn start(folder: &Path) -> Server {
        Server::of(&mut command(folder))
    }

    pub fn of(command: &mut Command) -> Server {
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().parse().unwrap();
        Server { child, address }
    }

    /// Ends it with SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end with SIGTERM, and waits until it has.
    pub fn end(mut self) -> ExitStatus {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

/// The program with a database and keys in the folder, to be started.
pub fn command(folder: &Path) -> Command {
    let keys = folder.join("keys.json");
    let sha256: String =
        Sha256::digest(API_KEY.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let scopes = ["proofs:verify", "proofs:revoke"];
    let stated = json!([{ "name": "tests", "sha256": sha256, "scopes": scopes }]);
    std::fs::write(&keys, stated.to_string()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_proofs"));
    command
        .args(["serve", "--port", "0", "--any-key", "--open", "--rate-limit", "0"])
        .args(["--log-level", "warn", "--api-keys"])
        .arg(&keys)
        .arg("--database")
        .arg(folder.join("proofs.db"))
        .stdout(Stdio::piped());
    command
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
