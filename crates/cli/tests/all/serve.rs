//! The dashboard as a process: it says where it is, shows what is stored, and ends when told to.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use super::Folder;

const QUICK: &str = "[case.quick]\nrun = [\"true\"]\nbudget.\"wall median\" = \"<= 10s\"\n";

/// A running dashboard. Whatever a test does, its process is gone at the end.
pub(crate) struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    pub(crate) fn start(folder: &Folder, options: &[&str]) -> Serving {
        Serving::at("127.0.0.1:0", folder, options)
    }

    fn at(listen: &str, folder: &Folder, options: &[&str]) -> Serving {
        let mut command = folder.command(&["serve", "--listen", listen]);
        command.args(options);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").and_then(|rest| rest.strip_suffix('/'));
        let address = address.unwrap_or_else(|| panic!("{line}")).to_owned();
        Serving { child, address }
    }

    /// The whole answer, head included.
    pub(crate) fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let host = &self.address;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    pub(crate) fn signal(&self, name: &str) {
        let status = std::process::Command::new("kill")
            .args([&format!("-{name}"), &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Its exit code, once it has ended.
    pub(crate) fn ended(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// All that it told on standard error, once it has ended.
    pub(crate) fn log(&mut self) -> String {
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        log
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_run_that_is_stored_meanwhile_is_shown() {
    let folder = Folder::new(QUICK);
    let serving = Serving::start(&folder, &[]);
    let before = serving.get("/runs");
    assert!(before.starts_with("HTTP/1.1 503") && before.contains("tollgate check"), "{before}");
    folder.run(&["check", "--quiet"]).expect(0);
    let after = serving.get("/runs");
    assert!(after.starts_with("HTTP/1.1 200") && after.contains("within"), "{after}");
    folder.run(&["check", "--quiet"]).expect(0);
    assert_eq!(serving.get("/runs").matches("scope=\"row\"").count(), 2);
}

#[test]
fn it_ends_well_when_told_to_though_a_connection_is_open() {
    for name in ["TERM", "INT"] {
        let folder = Folder::new(QUICK);
        let mut serving = Serving::start(&folder, &[]);
        let idle = TcpStream::connect(&serving.address).unwrap();
        serving.get("/api/version");
        serving.signal(name);
        assert_eq!(serving.ended(), Some(0), "{name}");
        drop(idle);
    }
}

#[test]
fn a_port_that_is_taken_is_told_with_a_way_on() {
    let folder = Folder::new(QUICK);
    let serving = Serving::start(&folder, &[]);
    let second = folder.run(&["serve", "--listen", &serving.address]).expect(2);
    assert!(second.stderr.contains("taken") && second.stderr.contains(":0"), "{}", second.stderr);
}

#[test]
fn who_listens_to_everybody_is_warned_that_there_is_no_login() {
    let folder = Folder::new(QUICK);
    for (listen, is_warned) in [("0.0.0.0:0", true), ("127.0.0.1:0", false)] {
        let mut serving = Serving::at(listen, &folder, &[]);
        serving.signal("TERM");
        assert_eq!(serving.ended(), Some(0));
        let log = serving.log();
        assert_eq!(log.contains("there is no login"), is_warned, "{listen}: {log}");
    }
}

#[test]
fn an_address_that_is_none_is_told() {
    let folder = Folder::new(QUICK);
    for address in ["", "7400", "localhost", "127.0.0.1", "127.0.0.1:70000", "::1:7400"] {
        let told = folder.run(&["serve", "--listen", address]).expect(2).stderr;
        assert!(told.contains("such as 127.0.0.1:7400"), "{told}");
    }
}

#[test]
fn a_second_signal_does_not_wait_for_who_is_connected() {
    let folder = Folder::new(QUICK);
    let mut serving = Serving::start(&folder, &[]);
    let mut slow = TcpStream::connect(&serving.address).unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap();
    // Answered after the bytes above have come.
    serving.get("/health");
    serving.signal("TERM");
    while TcpStream::connect(&serving.address).is_ok() {
        std::thread::yield_now();
    }
    serving.signal("TERM");
    assert_eq!(serving.ended(), Some(130));
}
