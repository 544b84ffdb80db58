//! Answers that are not the end: the redirects that a load was told to follow, and bodies that
//! come compressed.

use std::rc::Rc;

use bytes::Bytes;
use http_body_util::Full;

use crate::body::decompress;
use crate::check::Fault;
use crate::connection::{Received, Wants};
use crate::lane::Lane;
use crate::script::Step;
use crate::session::Session;
use crate::target::Target;
use crate::workload::Protocol;

/// Follows redirects on the same host, as often as the load allows. Whatever the first request
/// said beside its path is not said again: not its body, and no secret to another page.
pub(crate) async fn follow(
    session: &mut Session,
    lane: &Rc<Lane>,
    step: &Step,
    now_ms: i64,
) -> Result<(), Fault> {
    let mut method = step.act.word().to_owned();
    for _ in 0..lane.protocol.redirects {
        let received = session.received();
        let status = received.status;
        if !matches!(status, 301 | 302 | 303 | 307 | 308) {
            return Ok(());
        }
        let location = received.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case("location"));
        let Some((_, location)) = location else { return Ok(()) };
        let location = String::from_utf8_lossy(location).into_owned();
        let path = same_host(&location, &lane.route.target, session.path()).ok_or_else(|| {
            Fault::Malformed("a redirect to another host, which is not followed".to_owned())
        })?;
        if matches!(status, 307 | 308) && method != "GET" && method != "HEAD" {
            return Ok(());
        }
        if method != "HEAD" {
            "GET".clone_into(&mut method);
        }
        session.hop(lane, &method, &path, now_ms).await?;
    }
    let status = session.received().status;
    if matches!(status, 301 | 302 | 303 | 307 | 308) {
        let most = lane.protocol.redirects;
        return Err(Fault::Malformed(format!("more than {most} redirects in a row")));
    }
    Ok(())
}

/// The path of a location on the target itself, seen from the path that led to it.
fn same_host(location: &str, target: &Target, from: &str) -> Option<String> {
    let location = location.split('#').next().unwrap_or(location);
    if location.starts_with("//") || location.bytes().any(|b| b.is_ascii_control() || b == b' ') {
        return None;
    }
    let from = from.split('?').next().unwrap_or(from);
    let path = match location.as_bytes().first() {
        None => from.to_owned(),
        Some(b'/') => location.to_owned(),
        Some(b'?') => format!("{from}{location}"),
        _ if location.split(['/', '?']).next()?.contains(':') => absolute(location, target)?,
        _ => {
            let folder = &from[..=from.rfind('/').unwrap_or(0)];
            format!("{folder}{location}")
        }
    };
    Some(without_dots(&path))
}

fn absolute(location: &str, target: &Target) -> Option<String> {
    let uri: http::Uri = location.parse().ok()?;
    let secure = match uri.scheme_str()? {
        "http" => false,
        "https" => true,
        _ => return None,
    };
    let authority = uri.authority()?;
    let port = authority.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let same = secure == target.secure
        && port == target.port
        && authority.host().eq_ignore_ascii_case(&target.host)
        && !authority.as_str().contains('@');
    same.then(|| uri.path_and_query().map_or("/", |path| path.as_str()).to_owned())
}

/// Without `.` and `..` among its folders.
fn without_dots(path: &str) -> String {
    let end = path.find('?').unwrap_or(path.len());
    let (path, query) = path.split_at(end);
    let mut parts: Vec<&str> = Vec::new();
    for (at, part) in path.split('/').skip(1).enumerate() {
        let last = at + 2 == path.split('/').count();
        match part {
            "." | ".." => {
                if part == ".." {
                    parts.pop();
                }
                if last {
                    parts.push("");
                }
            }
            part => parts.push(part),
        }
    }
    format!("/{}{query}", parts.join("/"))
}

pub(crate) fn wants(is_head: bool) -> Wants {
    Wants { headers: true, cookies: true, body: true, is_head }
}

/// One request on the way.
pub(crate) struct Hop<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub cookies: &'a [u8],
    pub protocol: &'a Protocol,
}

impl Hop<'_> {
    pub fn text(&self, target: &Target) -> Vec<u8> {
        let agent = concat!("tollgate/", env!("CARGO_PKG_VERSION"));
        let (method, path, host) = (self.method, self.path, target.authority());
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\nAccept: */*\r\n"
        )
        .into_bytes();
        if self.protocol.compression {
            text.extend_from_slice(b"Accept-Encoding: gzip, deflate\r\n");
        }
        if !self.protocol.keep_alive {
            text.extend_from_slice(b"Connection: close\r\n");
        }
        if !self.cookies.is_empty() {
            text.extend_from_slice(b"Cookie: ");
            text.extend_from_slice(self.cookies);
            text.extend_from_slice(b"\r\n");
        }
        text.extend_from_slice(b"\r\n");
        text
    }

    pub fn request(&self, target: &Target) -> Result<http::Request<Full<Bytes>>, Fault> {
        let scheme = if target.secure { "https" } else { "http" };
        let mut request = http::Request::builder().method(self.method).uri(format!(
            "{scheme}://{}{}",
            target.authority(),
            self.path
        ));
        if self.protocol.compression {
            request = request.header("accept-encoding", "gzip, deflate");
        }
        if !self.cookies.is_empty() {
            request = request.header("cookie", self.cookies);
        }
        request.body(Full::default()).map_err(|error| Fault::Malformed(error.to_string()))
    }
}

/// Replaces a compressed body by what it says.
pub(crate) fn decompressed(received: &mut Received, largest: u64) -> Result<(), Fault> {
    let encoding =
        received.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-encoding"));
    let Some((_, encoding)) = encoding else { return Ok(()) };
    let encoding = String::from_utf8_lossy(encoding);
    let limit = usize::try_from(largest).unwrap_or(usize::MAX);
    let plain = decompress(&encoding, &received.body, limit)?.into_owned();
    received.body = plain;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_followed_on_the_same_host_only() {
        let target = Target::parse("http://127.0.0.1:8080", &[]).unwrap();
        let cases = [
            ("/a?b=c#d", Some("/a?b=c")),
            ("http://127.0.0.1:8080/a", Some("/a")),
            ("http://127.0.0.1:8080", Some("/")),
            ("http://127.0.0.1:80801/a", None),
            ("http://127.0.0.1:8081/a", None),
            ("https://127.0.0.1:8080/a", None),
            ("//evil.example/a", None),
            ("a", Some("/here/a")),
            ("../a?b=../c", Some("/a?b=../c")),
            ("./", Some("/here/")),
            ("..", Some("/")),
            ("../../../a/./b", Some("/a/b")),
            ("?page=2", Some("/here/it?page=2")),
            ("", Some("/here/it")),
            ("HTTP://127.0.0.1:8080/A", Some("/A")),
            ("mailto:a@b", None),
            ("/a b", None),
            ("http://127.0.0.1:8080@evil.example/", None),
        ];
        for (location, expected) in cases {
            assert_eq!(
                same_host(location, &target, "/here/it?q").as_deref(),
                expected,
                "{location}"
            );
        }
    }
}
