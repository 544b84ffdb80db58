//! A started `mycelium serve`.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use crate::client::Client;

/// A process; it is killed if it is dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// Read to the end by nobody, and open as long as the process may write.
    _stdout: BufReader<ChildStdout>,
}

impl Server {
    /// Starts a service on a free port, and returns once it listens.
    pub fn start() -> Server {
        Server::of(&mut command())
    }

    pub fn of(command: &mut Command) -> Server {
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().parse().unwrap();
        Server { child, address, _stdout: stdout }
    }

    pub fn connect(&self) -> Client {
        Client::connect(self.address).unwrap()
    }

    /// The number of a metric that has no labels.
    pub fn metric(&self, name: &str) -> u64 {
        let text = self.connect().get("/metrics", "").unwrap().body;
        let line = text.lines().find(|line| line.split(' ').next() == Some(name));
        line.and_then(|line| line.split(' ').nth(1)?.parse().ok())
            .unwrap_or_else(|| panic!("{name} is not in\n{text}"))
    }

    /// Waits until a metric is as the test needs it, for some minutes at most.
    pub fn until(&self, name: &str, holds: impl Fn(u64) -> bool) {
        for _ in 0..100_000 {
            if holds(self.metric(name)) {
                return;
            }
            thread::sleep(Duration::from_millis(2));
        }
        panic!("{name} stays at {}", self.metric(name));
    }

    /// Asks it to end with SIGTERM.
    pub fn terminate(&self) {
        self.signal("-TERM");
    }

    /// As ctrl-C does.
    pub fn interrupt(&self) {
        self.signal("-INT");
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Waits until it writes a line with these words to its standard error, which is a pipe.
    pub fn until_it_says(&mut self, words: &str) {
        let lines = BufReader::new(self.child.stderr.as_mut().unwrap()).lines();
        let found = lines.map(Result::unwrap).any(|line| line.contains(words));
        assert!(found, "it never says: {words}");
    }

    pub fn wait(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Ends it with SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// All that it wrote to its log until it ended.
    pub fn log(mut self) -> String {
        let mut stderr = self.child.stderr.take().unwrap();
        let mut log = String::new();
        stderr.read_to_string(&mut log).unwrap();
        log
    }

    #[cfg(target_os = "linux")]
    pub fn resident_kib(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

/// The program, to be started on a free port, with no variable but those the test sets.
pub fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mycelium"));
    let ours = std::env::vars_os().map(|(name, _)| name);
    for name in ours.filter(|name| name.to_string_lossy().starts_with("MFN_")) {
        command.env_remove(name);
    }
    command.arg("serve").env("MFN_API_PORT", "0").env("MFN_LOG_LEVEL", "WARNING");
    command.stdout(Stdio::piped());
    command
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
