//! When a program is ready: it answers, introduces itself, or says so in its output.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use tollgate_load::target::Target;

use crate::measure::capture::Capture;

use super::keeper::LOOK;
use super::nats;

/// The longest that one answer about readiness may take.
const ANSWER: Duration = Duration::from_secs(2);

/// By what it is known.
pub(super) enum Check<'a> {
    /// It accepts a connection; of a path, it answers 2xx.
    Answers(&'a Target, Option<&'a str>),
    /// It introduces itself as a bus does.
    Greets(&'a Target),
    /// A line of its output holds the text.
    Says(&'a Capture, &'a str),
}

/// Why a program is not ready.
pub(super) enum Unready {
    /// Something has ended, or a person wants to.
    Gone,
    Failed(String),
}

/// Waits until a program is ready, for so long.
pub(super) fn await_ready(
    name: &str,
    check: &Check<'_>,
    timeout: Duration,
    is_over: &dyn Fn() -> bool,
) -> Result<(), Unready> {
    let started = now();
    let mut last = "nobody listens".to_owned();
    loop {
        if is_over() {
            return Err(Unready::Gone);
        }
        let answer = match check {
            Check::Answers(target, path) => ask(target, *path),
            Check::Greets(target) => nats::greeting(target.address, ANSWER),
            Check::Says(output, text) => said(output, text),
        };
        match answer {
            Ok(()) => return Ok(()),
            Err(reason) => last = reason.unwrap_or(last),
        }
        if started.elapsed() > timeout {
            let seconds = timeout.as_secs_f64();
            return Err(Unready::Failed(format!(
                "{name} was not ready within {seconds} s: {last}"
            )));
        }
        std::thread::sleep(LOOK);
    }
}

fn said(output: &Capture, text: &str) -> Result<(), Option<String>> {
    match output.holds(text) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Some(format!("no line of its output holds `{text}`"))),
        Err(error) => Err(Some(format!("cannot read its output: {error}"))),
    }
}

/// Nothing if it is ready; otherwise why not, if that is known.
fn ask(target: &Target, path: Option<&str>) -> Result<(), Option<String>> {
    let io = |error: std::io::Error| Some(error.to_string());
    let mut stream = TcpStream::connect_timeout(&target.address, ANSWER).map_err(io)?;
    // What is behind TLS or not asked for answers by listening.
    let Some(path) = path.filter(|_| !target.secure) else { return Ok(()) };
    stream.set_read_timeout(Some(ANSWER)).map_err(io)?;
    let (base, host) = (&target.base, target.authority());
    write!(stream, "GET {base}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
        .map_err(io)?;
    let mut answer = Vec::new();
    while answer.len() < 12 {
        let mut piece = [0; 512];
        match stream.read(&mut piece).map_err(io)? {
            0 => break,
            more => answer.extend_from_slice(&piece[..more]),
        }
    }
    match answer.get(9..12) {
        Some([b'2', _, _]) if answer.starts_with(b"HTTP/1.") => Ok(()),
        Some(status) if answer.starts_with(b"HTTP/1.") => {
            Err(Some(format!("`{path}` answers {}", String::from_utf8_lossy(status))))
        }
        _ => Err(Some(format!("`{path}` is not answered in HTTP/1.1"))),
    }
}

#[expect(clippy::disallowed_methods, reason = "how long a program takes to become ready")]
fn now() -> Instant {
    Instant::now()
}
