//! `serve`: how it begins and ends; what it answers is tested with the service.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use rustix::process::Signal;

use super::{begin, command, refused, signal};

fn health(address: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /health HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_service_on_any_port_says_which_answers_and_ends_well_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    for name in [Signal::INT, Signal::TERM] {
        let mut child = begin(folder.path(), &["serve", "--port", "0"]);
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap();
        assert!(health(address).starts_with("HTTP/1.1 200"));
        signal(&child, name);
        assert_eq!(child.wait().unwrap().code(), Some(0), "{name:?}");
    }
}

#[test]
fn a_flag_goes_before_its_variable() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path(), &["serve", "--port", "0"]);
    command.env("MFN_API_PORT", "1").stdout(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with("listening on http://127.0.0.1:"), "{line}");
    assert!(!line.ends_with(":1\n"), "{line}");
    signal(&child, Signal::TERM);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn what_no_service_can_begin_with_is_bad_input() {
    let folder = tempfile::tempdir().unwrap();
    for (args, said) in [
        (&["--env", "prod"][..], "key"),
        (&["--env", "test"], "dev, staging or prod"),
        (&["--port", "99999"], "99999"),
        (&["--host", "here"], "here"),
        (&["--compute-threads", "0"], "compute_threads"),
        (&["--cors-origins", "example.org"], "example.org"),
        (&["--trusted-proxies", "10.0.0"], "10.0.0"),
        (&["--api-keys-file", "none.txt"], "none.txt"),
        (&["--metrics-enabled", "perhaps"], "perhaps"),
        (&["--log-level", "loud"], "loud"),
    ] {
        let text = refused(folder.path(), &[&["serve"], args].concat());
        assert!(text.contains(said), "{args:?}: {text}");
    }
}

#[test]
fn a_port_that_is_taken_is_told_and_no_bad_input() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let told = super::run(folder.path(), &["serve", "--port", &port]);
    assert_eq!(told.code, Some(1), "{}", told.err);
    assert!(told.err.contains(&format!("could not listen on 127.0.0.1:{port}")), "{}", told.err);
}
