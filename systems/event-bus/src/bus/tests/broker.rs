//! A `nats-server` of one test: on a free port, with a store of its own, ended with the test.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

pub struct Broker {
    folder: TempDir,
    host: Ipv4Addr,
    port: u16,
    config: Option<PathBuf>,
    child: Option<Child>,
}

impl Broker {
    /// May be killed and started again.
    pub fn start() -> Broker {
        Broker::with(|_| None)
    }

    /// Starts it with lines of configuration that may name files in its folder; then it is at
    /// 127.0.0.1, which certificates name.
    pub fn with(config: impl FnOnce(&std::path::Path) -> Option<String>) -> Broker {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("server.conf");
        let config = config(folder.path()).map(|text| {
            std::fs::write(&path, text).unwrap();
            path
        });
        let host = if config.is_some() { Ipv4Addr::LOCALHOST } else { own_address() };
        let mut broker = Broker { folder, host, port: 0, config, child: None };
        broker.start_again();
        broker
    }

    pub fn url(&self) -> String {
        format!("nats://{}:{}", self.host, self.port)
    }

    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Takes away what a killed server had stored.
    pub fn forget(&self) {
        std::fs::remove_dir_all(self.folder.path().join("jetstream")).unwrap();
    }

    /// Starts it on the same port and store as before.
    pub fn start_again(&mut self) {
        let port = if self.port == 0 { -1 } else { i32::from(self.port) };
        let mut command = Command::new("nats-server");
        let (host, port) = (self.host.to_string(), port.to_string());
        command.args(["--addr", &host, "--port", &port, "-js", "-sd"]);
        command.arg(self.folder.path()).stderr(Stdio::piped()).stdout(Stdio::null());
        if let Some(config) = &self.config {
            command.arg("--config").arg(config);
        }
        let mut child = command.spawn().expect("nats-server is installed (apt: nats-server)");
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut told = String::new();
        while !told.contains("Server is ready") {
            let mut line = String::new();
            assert!(log.read_line(&mut line).unwrap() > 0, "the server ended:\n{told}");
            if let Some((_, at)) = line.split_once("Listening for client connections on ") {
                self.port = at.trim().parse::<SocketAddr>().unwrap().port();
            }
            told.push_str(&line);
        }
        // A pipe that nobody reads would stop the server one day.
        thread::spawn(move || log.lines().count());
        self.child = Some(child);
        while TcpStream::connect((self.host, self.port)).is_err() {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Of nobody else: while a server is killed, another test or a client could take its port at an
/// address of all.
fn own_address() -> Ipv4Addr {
    static BROKERS: AtomicU8 = AtomicU8::new(0);
    if !cfg!(target_os = "linux") {
        return Ipv4Addr::LOCALHOST;
    }
    // Linux answers at all of 127.0.0.0/8. The second byte keeps away from 127.0.0.1.
    let [_, _, high, low] = std::process::id().to_be_bytes();
    Ipv4Addr::new(127, 1 + BROKERS.fetch_add(1, Ordering::Relaxed) % 250, high, low)
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
