//! One request over HTTP/1.1 and its answer: enough for webhooks and for the commands.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use thiserror::Error;

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

/// How long each step may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Nobody has more to say in answer to this.
const LONGEST_BODY: u64 = 1 << 20;

pub fn post(url: &str, body: &str) -> Result<Answer, PostError> {
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
    exchange(&with_port, &request).map_err(|cause| PostError::Reach { url: url.to_owned(), cause })
}

fn exchange(address: &str, request: &str) -> io::Result<Answer> {
    let mut failed = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => return ask(stream, request),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

fn ask(mut stream: TcpStream, request: &str) -> io::Result<Answer> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
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
