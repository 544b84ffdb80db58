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

/// Follows redirects on the same host, as often as the load allows. Whatever the first request
/// said beside its path is not said again: not its body, and no secret to another page.
pub(crate) async fn follow(
    session: &mut Session,
    lane: &Rc<Lane>,
    step: &Step,
    _now_ms: i64,
) -> Result<(), Fault> {
    let mut method = step.method.clone();
    for _ in 0..lane.protocol.redirects {
        let received = session.received();
        let status = received.status;
        if !matches!(status, 301 | 302 | 303 | 307 | 308) {
            return Ok(());
        }
        let location = received.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case("location"));
        let Some((_, location)) = location else { return Ok(()) };
        let location = String::from_utf8_lossy(location).into_owned();
        let path = same_host(&location, &lane.route.target).ok_or_else(|| {
            Fault::Malformed("a redirect to another host, which is not followed".to_owned())
        })?;
        if matches!(status, 307 | 308) && method != "GET" && method != "HEAD" {
            return Ok(());
        }
        if method != "HEAD" {
            "GET".clone_into(&mut method);
        }
        session.hop(lane, &method, &path).await?;
    }
    let status = session.received().status;
    if matches!(status, 301 | 302 | 303 | 307 | 308) {
        let most = lane.protocol.redirects;
        return Err(Fault::Malformed(format!("more than {most} redirects in a row")));
    }
    Ok(())
}

/// The path of a location on the target itself.
fn same_host(location: &str, target: &Target) -> Option<String> {
    let sound = |path: &str| !path.bytes().any(|b| b.is_ascii_control() || b == b' ');
    let path = match location.strip_prefix('/') {
        Some(rest) if !rest.starts_with('/') => location,
        _ => {
            let scheme = if target.secure { "https://" } else { "http://" };
            let rest = location.strip_prefix(scheme)?.strip_prefix(&target.authority())?;
            if rest.is_empty() { "/" } else { rest }
        }
    };
    let path = path.split('#').next().unwrap_or(path);
    (path.starts_with('/') && sound(path)).then(|| path.to_owned())
}

pub(crate) fn wants(is_head: bool) -> Wants {
    Wants { headers: true, cookies: true, body: true, is_head }
}

/// One request on the way.
pub(crate) struct Hop<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub cookies: &'a [u8],
}

impl Hop<'_> {
    pub fn text(&self, target: &Target) -> Vec<u8> {
        let agent = concat!("tollgate/", env!("CARGO_PKG_VERSION"));
        let (method, path, host) = (self.method, self.path, target.authority());
        let mut text =
            format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\n")
                .into_bytes();
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
            ("a", None),
            ("/a b", None),
            ("http://127.0.0.1:8080@evil.example/", None),
        ];
        for (location, expected) in cases {
            assert_eq!(same_host(location, &target).as_deref(), expected, "{location}");
        }
    }
}
