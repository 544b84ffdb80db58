//! The service as its clients meet it: a process, a port, bytes.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// A running service, which ends with the test.
struct Service {
    child: Child,
    address: String,
}

impl Service {
    fn start(options: &[&str]) -> Service {
        let mut command = Command::new(env!("CARGO_BIN_EXE_example-http-service"));
        let command = command.args(["--port", "0"]).args(options).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
        Service { child, address }
    }

    fn connect(&self) -> BufReader<TcpStream> {
        BufReader::new(TcpStream::connect(&self.address).unwrap())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The head and the body of the answer to a request.
fn ask(stream: &mut BufReader<TcpStream>, head: &str, body: &str) -> (String, String) {
    let length = body.len();
    let request = format!("{head}\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.get_mut().write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    while !answer.ends_with("\r\n\r\n") {
        assert!(stream.read_line(&mut answer).unwrap() > 0, "{answer}");
    }
    let length = answer.split("Content-Length: ").nth(1).unwrap().lines().next().unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    (answer, String::from_utf8(body).unwrap())
}

#[test]
fn one_connection_carries_a_whole_visit() {
    let service = Service::start(&[]);
    let mut stream = service.connect();
    assert_eq!(ask(&mut stream, "GET /health HTTP/1.1", "").1, "ok\n");
    let (head, body) = ask(&mut stream, "POST /login HTTP/1.1", "{\"name\":\"ann\"}");
    let token = body.strip_prefix("{\"token\":\"").unwrap().strip_suffix("\"}").unwrap();
    assert!(head.contains(&format!("Set-Cookie: session={token};")), "{head}");
    let bearer = format!("GET /private HTTP/1.1\r\nAuthorization: Bearer {token}");
    assert_eq!(ask(&mut stream, &bearer, "").1, "{\"login\":0}");
    let cookie = format!("GET /private HTTP/1.1\r\nCookie: session={token}");
    assert_eq!(ask(&mut stream, &cookie, "").1, "{\"login\":0}");
    let (head, _) = ask(&mut stream, "GET /private HTTP/1.1", "");
    assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
    let long = "größer ".repeat(10_000);
    assert_eq!(ask(&mut stream, "POST /echo HTTP/1.1", &long).1, long);
}

#[test]
fn what_is_no_request_is_answered_and_ends_the_connection() {
    let service = Service::start(&[]);
    let mut stream = service.connect();
    stream.get_mut().write_all(b"\x16\x03\x01 nonsense\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("Connection: close"), "{answer}");
}

#[test]
fn every_second_answer_fails_when_half_of_them_shall() {
    let service = Service::start(&["--fail", "0.5"]);
    let mut stream = service.connect();
    let mut status = || ask(&mut stream, "GET /health HTTP/1.1", "").0[9..12].to_owned();
    assert_eq!([status(), status(), status(), status()], ["200", "500", "200", "500"]);
}

#[test]
fn a_service_that_is_to_die_says_so_and_ends_with_code_3() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_example-http-service"));
    let ended = command.args(["--port", "0", "--die-after", "50ms"]).output().unwrap();
    assert_eq!(ended.status.code(), Some(3));
    assert_eq!(String::from_utf8(ended.stderr).unwrap(), "error: it dies, as was asked\n");
}

#[test]
fn sigterm_ends_it() {
    let mut service = Service::start(&[]);
    let pid = service.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(!service.child.wait().unwrap().success());
}

#[test]
fn what_cannot_be_done_is_said_with_its_reason() {
    let run = |options: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_example-http-service"));
        let ended = command.args(options).output().unwrap();
        (ended.status.code(), String::from_utf8(ended.stderr).unwrap())
    };
    assert_eq!(run(&["--slow", "x"]), (Some(2), "error: `--slow` cannot be `x`\n".to_owned()));
    let service = Service::start(&[]);
    let port = service.address.rsplit(':').next().unwrap();
    let (code, error) = run(&["--port", port]);
    assert!(code == Some(1) && error.contains(&format!("listen on port {port}")), "{error}");
}
