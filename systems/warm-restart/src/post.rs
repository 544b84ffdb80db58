//! One request over HTTP/1.1 and its answer: enough for webhooks and for the commands.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use thiserror::Error;

use crate::daemon::clock::Clock;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: String,
}

#[derive(Debug, Error)]
pub enum PostError {
    #[error("{0} is https, which is not spoken here: use http to a proxy on this machine")]
    Https(String),
    #[error("{0} is no address: write http://host:port/path")]
    Address(String),
    #[error("failed to reach {url}: {cause}")]
    Reach { url: String, cause: io::Error },
}

/// How long all of it may take, from the look-up of the name to the end of the answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Nobody has more to say in answer to this.
const LONGEST_BODY: u64 = 1 << 20;

/// What is left of the time for an exchange.
#[derive(Clone, Copy, Debug)]
struct Deadline {
    clock: Clock,
    patience: Duration,
}

/// A connection of which every step ends in time.
struct Timed {
    stream: TcpStream,
    deadline: Deadline,
}

pub fn post(url: &str, body: &str) -> Result<Answer, PostError> {
    post_within(PATIENCE, url, body)
}

fn post_within(patience: Duration, url: &str, body: &str) -> Result<Answer, PostError> {
    let deadline = Deadline { clock: Clock::start(), patience };
    if url.starts_with("https://") {
        return Err(PostError::Https(url.to_owned()));
    }
    let bad = || PostError::Address(url.to_owned());
    let rest = url.strip_prefix("http://").ok_or_else(bad)?;
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let is_clean = !url.chars().any(|c| c.is_whitespace() || c.is_control());
    if host.is_empty() || host.contains('@') || !is_clean {
        return Err(bad());
    }
    let path = if path.is_empty() { "/" } else { path };
    let with_port = if host.rsplit(']').next().is_some_and(|end| end.contains(':')) {
        host.to_owned()
    } else {
        format!("{host}:80")
    };
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    let exchanged = exchange(with_port, &request, deadline);
    exchanged.map_err(|cause| PostError::Reach { url: url.to_owned(), cause })
}

fn exchange(address: String, request: &str, deadline: Deadline) -> io::Result<Answer> {
    let mut failed = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in look_up(address, deadline)? {
        match TcpStream::connect_timeout(&address, deadline.left()?) {
            Ok(stream) => return ask(Timed { stream, deadline }, request),
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

fn ask(mut stream: Timed, request: &str) -> io::Result<Answer> {
    stream.write_all(request.as_bytes())?;
    // The connection ends with the answer, so that its length need not be known.
    let mut reader = BufReader::new(stream.take(LONGEST_BODY));
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1));
    let odd = || io::Error::new(io::ErrorKind::InvalidData, "the answer is not HTTP");
    let status = status.and_then(|status| status.parse().ok()).ok_or_else(odd)?;
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 || line.trim_end().is_empty() {
            break;
        }
    }
    let mut body = Vec::new();
    reader.read_to_end(&mut body)?;
    Ok(Answer { status, body: String::from_utf8_lossy(&body).into_owned() })
}

impl Deadline {
    fn left(&self) -> io::Result<Duration> {
        let left = self.patience.saturating_sub(self.clock.elapsed());
        if left.is_zero() { Err(self.is_over()) } else { Ok(left) }
    }

    fn is_over(&self) -> io::Error {
        let why = format!("it was not over within {:?}", self.patience);
        io::Error::new(io::ErrorKind::TimedOut, why)
    }

    /// The system says of a step without end that it would block.
    fn told<T>(&self, step: io::Result<T>) -> io::Result<T> {
        let is_late = |kind| matches!(kind, io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut);
        step.map_err(|error| if is_late(error.kind()) { self.is_over() } else { error })
    }
}

impl Read for Timed {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(self.deadline.left()?))?;
        self.deadline.told(self.stream.read(to))
    }
}

impl Write for Timed {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.deadline.left()?))?;
        self.deadline.told(self.stream.write(from))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    #[test]
    fn a_request_is_sent_and_its_answer_read() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut heard = [0; 1024];
            let mut length = 0;
            while !heard[..length].ends_with(b"hello") {
                length += stream.read(&mut heard[length..]).unwrap();
            }
            stream.write_all(b"HTTP/1.1 202 Accepted\r\na: b\r\n\r\nfine").unwrap();
            String::from_utf8_lossy(&heard[..length]).into_owned()
        });
        let answer = post(&format!("http://{address}/hook"), "hello").unwrap();
        assert_eq!(answer, Answer { status: 202, body: "fine".to_owned() });
        let heard = server.join().unwrap();
        assert!(heard.starts_with("POST /hook HTTP/1.1\r\n"), "{heard}");
    }

    /// One that never ends its answer, and one that never reads.
    #[test]
    fn whoever_takes_too_long_as_a_whole_is_given_up_though_each_step_is_fast() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let url = format!("http://{address}/");
        let server = thread::spawn(move || {
            let (mut slow, _) = listener.accept().unwrap();
            let mut sent = 0;
            // It has an end, so that this test has one.
            while sent < 1000 && slow.write_all(b"HTTP/1.1 200 OK\r\n").is_ok() {
                sent += 1;
                thread::sleep(Duration::from_millis(10));
            }
            let deaf = listener.accept().unwrap();
            (sent, deaf)
        });
        let patience = Duration::from_millis(200);
        for body in ["hello".to_owned(), "x".repeat(64 << 20)] {
            let error = post_within(patience, &url, &body).unwrap_err().to_string();
            assert!(error.ends_with("it was not over within 200ms"), "{error}");
        }
        // On a busy machine the second request may be over before it connected; where it was not,
        // nobody listens any more.
        let _ = TcpStream::connect(address);
        assert!(server.join().unwrap().0 < 1000);
    }

    #[test]
    fn what_cannot_be_reached_is_told_with_the_reason() {
        let table = [
            ("https://a/b", "https, which is not spoken here"),
            ("ftp://a/b", "is no address"),
            ("http:///b", "is no address"),
            ("http://a:b@c/", "is no address"),
            ("http://a/b c", "is no address"),
            ("http://127.0.0.1:1/", "failed to reach http://127.0.0.1:1/"),
        ];
        for (url, said) in table {
            let error = post(url, "").unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
