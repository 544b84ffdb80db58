//! One request over HTTP/1.1, with or without TLS, and its answer: enough for webhooks and for
//! commands that ask a service.

mod address;
#[cfg(test)]
mod tests;
mod timed;

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use rustls::RootCertStore;
use thiserror::Error;

use super::tls;
use address::Address;
pub(super) use address::server;
use timed::Deadline;
pub(super) use timed::Timed;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// As much of it as came.
    pub body: String,
}

/// Paths are left out: those of webhooks are often secrets.
#[derive(Debug, Error)]
pub enum PostError {
    #[error("{0} is no address: write http://host:port/path or https://host/path")]
    Address(String),
    #[error("failed to reach {server}: {cause}")]
    Reach { server: String, cause: io::Error },
}

/// How long all of it may take, from the look-up of the name to the end of the answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Nobody has more to say in answer to this.
const LONGEST_BODY: u64 = 1 << 20;
const LONGEST_HEAD: u64 = 1 << 16;
const NO_CONTENT: u16 = 204;

/// Sends JSON. Over https an authority that this machine trusts has to vouch for whoever hears it.
pub fn post(url: &str, body: &str) -> Result<Answer, PostError> {
    post_within(PATIENCE, tls::system, url, body)
}

fn post_within(
    patience: Duration,
    authorities: impl FnOnce() -> io::Result<RootCertStore>,
    url: &str,
    body: &str,
) -> Result<Answer, PostError> {
    let deadline = Deadline::within(patience);
    let to = Address::read(url).ok_or_else(|| PostError::Address(server(url)))?;
    let length = body.len();
    let request = format!(
        "POST {} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\nuser-agent: tollgate-alerts\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}",
        to.path, to.host
    );
    exchange(&to, authorities, &request, deadline)
        .map_err(|cause| PostError::Reach { server: server(url), cause })
}

fn exchange(
    to: &Address<'_>,
    authorities: impl FnOnce() -> io::Result<RootCertStore>,
    request: &str,
    deadline: Deadline,
) -> io::Result<Answer> {
    let stream = connect(to, deadline)?;
    match to.is_safe {
        true => ask(tls::secure(stream, to.name(), authorities()?)?, request),
        false => ask(stream, request),
    }
}

fn connect(to: &Address<'_>, deadline: Deadline) -> io::Result<Timed> {
    let mut failed = io::Error::from(io::ErrorKind::AddrNotAvailable);
    let all = look_up(to.with_port(), deadline)?;
    for (place, address) in all.iter().enumerate() {
        // One that does not answer leaves the others their share of the time.
        let left = u32::try_from(all.len() - place).unwrap_or(u32::MAX);
        match Timed::connect(address, deadline.left()? / left, deadline) {
            Ok(stream) => return Ok(stream),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

/// The system's own look-up has no end that could be set, so that it is waited for from outside.
fn look_up(address: String, deadline: Deadline) -> io::Result<Vec<SocketAddr>> {
    let (give, take) = sync_channel(1);
    let look = move || {
        let found = address.to_socket_addrs().map(Vec::from_iter);
        // Whoever asked may have gone.
        let _ = give.send(found);
    };
    thread::Builder::new().name("look-up".to_owned()).spawn(look)?;
    take.recv_timeout(deadline.left()?).unwrap_or_else(|_| Err(deadline.is_over()))
}

fn ask(mut stream: impl Read + Write, request: &str) -> io::Result<Answer> {
    stream.write_all(request.as_bytes())?;
    stream.flush()?;
    let mut reader = BufReader::new(stream.take(LONGEST_HEAD));
    let (status, length) = head(&mut reader)?;
    let mut body = Vec::new();
    reader.get_mut().set_limit(LONGEST_BODY);
    // What was asked is done or refused by now. That the rest of the answer does not come must not
    // make anybody ask again.
    let _ = reader.take(length).read_to_end(&mut body);
    Ok(Answer { status, body: String::from_utf8_lossy(&body).into_owned() })
}

/// The status, and how long the body is at most.
fn head(reader: &mut BufReader<io::Take<impl Read>>) -> io::Result<(u16, u64)> {
    let odd = |why| io::Error::new(io::ErrorKind::InvalidData, why);
    let first = line(reader)?;
    let status = first.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1));
    let status = status.and_then(|status| status.trim_end().parse().ok());
    let status = status.ok_or_else(|| odd("the answer is not HTTP"))?;
    // The connection ends with the answer, unless whoever answers does not know of that.
    let mut length = if status == NO_CONTENT { 0 } else { LONGEST_BODY };
    loop {
        let field = line(reader)?;
        if field.is_empty() && reader.get_ref().limit() == 0 {
            return Err(odd("the head of the answer has no end"));
        }
        if field.trim_end().is_empty() {
            return Ok((status, length));
        }
        let (name, value) = field.split_once(':').unwrap_or((&field, ""));
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().map_or(length, |told: u64| told.min(LONGEST_BODY));
        }
    }
}

/// With its end; nothing where there is no more. A head may have bytes that are no text.
fn line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut bytes = Vec::new();
    reader.read_until(b'\n', &mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
