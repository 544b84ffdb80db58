//! A `nats-server` of one test, and somebody who listens to it in the words of its protocol.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// It ends with the test.
pub struct Broker {
    child: Child,
    place: SocketAddr,
}

pub struct Listener(BufReader<TcpStream>);

/// Of nobody else: while no broker is there, another test or a client could take its port at an
/// address of all.
pub fn own_place() -> SocketAddr {
    static PLACES: AtomicU8 = AtomicU8::new(0);
    let mut host = Ipv4Addr::LOCALHOST;
    if cfg!(target_os = "linux") {
        // Linux answers at all of 127.0.0.0/8. The second byte keeps away from 127.0.0.1.
        let [_, _, high, low] = std::process::id().to_be_bytes();
        host = Ipv4Addr::new(127, 1 + PLACES.fetch_add(1, Ordering::Relaxed) % 250, high, low);
    }
    TcpListener::bind((host, 0)).unwrap().local_addr().unwrap()
}

impl Broker {
    /// Nobody else is let in than who knows the password.
    pub fn start(place: SocketAddr) -> Broker {
        let mut command = Command::new("nats-server");
        command.args(["--addr", &place.ip().to_string(), "--user", "alerts", "--pass", "word"]);
        command
            .args(["--port", &place.port().to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = command.spawn();
        let child = child.expect("nats-server is installed; `cargo xtask ci setup` does that");
        while TcpStream::connect(place).is_err() {
            thread::sleep(Duration::from_millis(5));
        }
        Broker { child, place }
    }

    pub fn listen(&self, subject: &str) -> Listener {
        let stream = TcpStream::connect(self.place).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut listener = Listener(BufReader::new(stream));
        let who = r#"{"verbose":false,"user":"alerts","pass":"word"}"#;
        let words = format!("CONNECT {who}\r\nSUB {subject} 1\r\nPING\r\n");
        listener.0.get_mut().write_all(words.as_bytes()).unwrap();
        while listener.line() != "PONG" {}
        listener
    }
}

impl Listener {
    /// The next message, which is JSON.
    pub fn hear(&mut self) -> Value {
        loop {
            let line = self.line();
            if let Some(length) =
                line.strip_prefix("MSG ").and_then(|msg| msg.split(' ').next_back())
            {
                let mut body = vec![0; length.parse::<usize>().unwrap() + 2];
                self.0.read_exact(&mut body).unwrap();
                return serde_json::from_slice(&body).unwrap();
            }
            if line == "PING" {
                self.0.get_mut().write_all(b"PONG\r\n").unwrap();
            }
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.0.read_line(&mut line).unwrap() > 0, "the broker ended");
        line.trim_end().to_owned()
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
