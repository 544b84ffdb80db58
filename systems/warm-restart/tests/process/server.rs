//! A started `warm-restart serve`, and what is said to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tollgate_alerts::deliver::post::post;

/// A process; it is killed if it is dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// What it wrote is read by nobody, but has to have somewhere to go.
    _stdout: BufReader<ChildStdout>,
}

/// A rule that fires at once, and an action that writes a line for each notification.
const RULES: &str = r#"
[route]
by = ["device"]
wait = "0s"
interval = "10ms"
repeat = "1h"

[action.file]
run = ["sh", "-c", "cat >> 'FOLDER/told'; echo >> 'FOLDER/told'"]

[[rule]]
name = "corrupt"
metric = "warm_restart_unrecovered_corruptions"
above = 0
actions = ["file"]
"#;

impl Server {
    /// Starts a service on a free port, and returns once it listens.
    pub fn start(folder: &Path) -> Server {
        Server::of(&mut command(folder))
    }

    pub fn of(command: &mut Command) -> Server {
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().parse().unwrap();
        Server { child, address, _stdout: stdout }
    }

    /// Ends it with SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end with SIGTERM, and waits until it has.
    pub fn end(mut self) -> ExitStatus {
        self.signal("TERM");
        self.child.wait().unwrap()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, name: &str) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    pub fn get(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
    }

    /// What a number without labels is.
    pub fn number(&self, name: &str) -> f64 {
        let (_, text) = self.get("/metrics");
        let prefix = format!("warm_restart_{name} ");
        let found = text.lines().find_map(|line| line.strip_prefix(&prefix));
        found.unwrap().parse().unwrap()
    }

    /// The counters of a device.
    pub fn count(&self, device: &str, counter: &str) -> u64 {
        let (_, text) = self.get("/metrics.json");
        let shown: Value = serde_json::from_str(&text).unwrap();
        let subjects = shown["subjects"].as_array().unwrap();
        let found = subjects.iter().find(|subject| subject["device"] == device);
        found.map_or(0, |subject| subject["metrics"][counter].as_u64().unwrap())
    }
}

/// Whether events were saved, if there was an answer.
pub fn report(address: SocketAddr, lines: &str) -> Option<u16> {
    post(&format!("http://{address}/events"), lines).ok().map(|answer| answer.status)
}

/// Waits until something is so, for a minute at most.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..6000 {
        if is_so() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("it did not come to be that {what}");
}

/// The lines that were told so far.
pub fn told(folder: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("told")).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.is_empty());
    lines.filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The program with all it needs in a folder, to be started.
pub fn command(folder: &Path) -> Command {
    let shown = folder.display().to_string();
    std::fs::write(folder.join("rules.toml"), RULES.replace("FOLDER", &shown)).unwrap();
    let config = format!(
        "listen = \"127.0.0.1:0\"\nfolder = '{shown}/state'\nrules = '{shown}/rules.toml'\n\
         interval_ms = 10\n"
    );
    std::fs::write(folder.join("config.toml"), config).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_warm-restart"));
    command.args(["serve", "--config"]).arg(folder.join("config.toml"));
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
