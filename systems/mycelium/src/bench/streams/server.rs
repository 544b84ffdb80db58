//! `mycelium serve`, which lies beside this program, on a free port.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};

pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// Open as long as the service may write.
    _stdout: BufReader<ChildStdout>,
}

impl Server {
    /// Returns once it listens.
    pub fn start() -> Server {
        let here = std::env::current_exe().expect("a program knows where it lies");
        let mut command = Command::new(here.with_file_name("mycelium"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("MFN_") {
                command.env_remove(name);
            }
        }
        command.args(["serve", "--port", "0", "--log-level", "warn"]);
        command.env("MFN_RATE_LIMIT_ENABLED", "false").stdout(Stdio::piped());
        let mut child = command.spawn().expect("`mycelium` lies beside this program");
        let mut stdout = BufReader::new(child.stdout.take().expect("it is a pipe"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("the service says where it listens");
        let address = line.trim().strip_prefix("listening on http://");
        let address = address.and_then(|address| address.parse().ok());
        let address = address.expect("the service says where it listens");
        Server { child, address, _stdout: stdout }
    }

    /// Bytes in memory; 0 where the system does not tell.
    pub fn resident(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most that there were.
    pub fn most_resident(&self) -> u64 {
        self.status("VmHWM:")
    }

    fn status(&self, name: &str) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
        kib.unwrap_or(0) * 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended before.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
