//! Requests of HTTP/1.1, as far as this service understands them.

use std::io::{self, BufRead, Read as _};

/// The longest head and body that are read.
const HEAD: u64 = 16 * 1024;
const BODY: usize = 1024 * 1024;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    pub path: String,
    /// What was given as `Authorization: Bearer`, or in the cookie `session`.
    pub token: Option<String>,
    pub body: Vec<u8>,
    pub keep_alive: bool,
}

/// Why a request is not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub reason: &'static str,
}

impl Request {
    /// The next request of a connection; nothing when the client has closed it.
    pub fn read(input: &mut impl BufRead) -> io::Result<Option<Result<Request, Refusal>>> {
        let Some(lines) = head(input)? else { return Ok(None) };
        let (mut request, length) = match lines.as_deref().map_or_else(too_long, parse) {
            Ok(parsed) => parsed,
            Err(refusal) => return Ok(Some(Err(refusal))),
        };
        request.body.resize(length, 0);
        input.read_exact(&mut request.body)?;
        Ok(Some(Ok(request)))
    }
}

/// The lines before the first empty one; none of them if they are too long.
#[expect(clippy::option_option, reason = "the end of a connection is not a head that is too long")]
fn head(input: &mut impl BufRead) -> io::Result<Option<Option<Vec<String>>>> {
    let mut lines = Vec::new();
    let mut input = input.take(HEAD);
    loop {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 || line.last() != Some(&b'\n') {
            let is_over = input.limit() > 0;
            return Ok(if is_over { None } else { Some(None) });
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        match (line.is_empty(), lines.is_empty()) {
            // Some clients send an empty line after a body.
            (true, true) => {}
            (true, false) => return Ok(Some(Some(lines))),
            (false, _) => lines.push(line),
        }
    }
}

fn too_long() -> Result<(Request, usize), Refusal> {
    Err(Refusal { status: 431, reason: "the head is too long\n" })
}

/// The request without its body, and how long that is.
fn parse(lines: &[String]) -> Result<(Request, usize), Refusal> {
    let refuse = |status, reason| Err(Refusal { status, reason });
    let mut words = lines[0].split(' ');
    let (Some(method), Some(path), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return refuse(400, "the first line is no request\n");
    };
    let mut request = Request {
        method: method.to_owned(),
        path: path.split('?').next().unwrap_or(path).to_owned(),
        keep_alive: version == "HTTP/1.1",
        ..Request::default()
    };
    let mut length = 0;
    for line in &lines[1..] {
        let Some((name, value)) = line.split_once(':') else {
            return refuse(400, "a header has no colon\n");
        };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => match value.parse() {
                Ok(number) if number <= BODY => length = number,
                Ok(_) => return refuse(413, "the body is too long\n"),
                Err(_) => return refuse(400, "the length of the body is no number\n"),
            },
            "transfer-encoding" => return refuse(501, "bodies come with their length here\n"),
            "connection" => request.keep_alive = !value.eq_ignore_ascii_case("close"),
            "authorization" => request.token = value.strip_prefix("Bearer ").map(str::to_owned),
            "cookie" if request.token.is_none() => {
                let mut cookies = value.split("; ");
                let found = cookies.find_map(|cookie| cookie.strip_prefix("session="));
                request.token = found.map(str::to_owned);
            }
            _ => {}
        }
    }
    Ok((request, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(mut bytes: &[u8]) -> Vec<Result<Request, Refusal>> {
        std::iter::from_fn(|| Request::read(&mut bytes).unwrap()).take(10).collect()
    }

    fn status(bytes: &[u8]) -> u16 {
        read(bytes)[0].as_ref().unwrap_err().status
    }

    #[test]
    fn requests_follow_each_other_on_a_connection() {
        let requests = read(
            b"POST /echo HTTP/1.1\r\ncontent-length: 2\r\nCookie: a=b; session=7\r\n\r\nhi\
              GET /health?x=1 HTTP/1.1\r\nAuthorization: Bearer 9\r\nConnection: close\r\n\r\n",
        );
        let [Ok(first), Ok(second)] = &requests[..] else { panic!("{requests:?}") };
        assert_eq!((first.method.as_str(), first.body.as_slice()), ("POST", &b"hi"[..]));
        assert_eq!((first.token.as_deref(), first.keep_alive), (Some("7"), true));
        assert_eq!((second.path.as_str(), second.token.as_deref()), ("/health", Some("9")));
        assert!(!second.keep_alive);
    }

    #[test]
    fn what_is_no_request_is_refused_with_a_status() {
        assert_eq!(status(b"nonsense\r\n\r\n"), 400);
        assert_eq!(status(b"GET / HTTP/1.1\r\nno colon\r\n\r\n"), 400);
        assert_eq!(status(b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"), 400);
        assert_eq!(status(b"GET / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"), 413);
        assert_eq!(status(b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"), 501);
        assert_eq!(status(&[b'x'; 20_000]), 431);
    }

    #[test]
    fn half_a_request_is_none() {
        assert_eq!(read(b"GET / HTT"), []);
        let mut bytes = &b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhi"[..];
        Request::read(&mut bytes).unwrap_err();
    }
}
