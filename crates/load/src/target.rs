//! Where a load goes: `http://127.0.0.1:8080/base`, `nats://127.0.0.1:4222`.

use std::net::{SocketAddr, ToSocketAddrs};

/// A service's address, resolved once: looking names up is not part of any latency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub kind: Kind,
    pub secure: bool,
    pub host: String,
    pub port: u16,
    pub address: SocketAddr,
    /// Put before every path; without a slash at its end.
    pub base: String,
}

/// What speaks there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Http,
    /// A message bus that speaks the protocol of NATS.
    Nats,
}

impl Kind {
    fn scheme(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Kind::Http, false) => "http",
            (Kind::Http, true) => "https",
            (Kind::Nats, false) => "nats",
            (Kind::Nats, true) => "tls",
        }
    }

    fn usual_port(self, secure: bool) -> u16 {
        match (self, secure) {
            (Kind::Http, false) => 80,
            (Kind::Http, true) => 443,
            (Kind::Nats, _) => 4222,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    #[error("read the address `{url}`: {problem}")]
    Unreadable { url: String, problem: String },
    #[error("find the address of `{host}`")]
    Unknown { host: String, source: std::io::Error },
    #[error(
        "load `{host}`: it is at {address}, which is not this machine (allow it by name where that \
         is yours to do)"
    )]
    Elsewhere { host: String, address: SocketAddr },
}

impl Target {
    /// Reads and resolves a URL. Only this machine may be loaded, and the hosts named.
    pub fn parse(url: &str, allowed_hosts: &[String]) -> Result<Target, TargetError> {
        let unreadable = |problem: &str| TargetError::Unreadable {
            url: without_user(url),
            problem: problem.to_owned(),
        };
        let uri: http::Uri = url.trim().parse().map_err(|error: http::uri::InvalidUri| {
            TargetError::Unreadable { url: without_user(url), problem: error.to_string() }
        })?;
        let (kind, secure) = match uri.scheme_str() {
            Some("http") => (Kind::Http, false),
            Some("https") => (Kind::Http, true),
            Some("nats") => (Kind::Nats, false),
            Some("tls") => (Kind::Nats, true),
            Some(other) => {
                return Err(unreadable(&format!("`{other}` is none of http, https, nats and tls")));
            }
            None => return Err(unreadable("it does not begin with http://, https:// or nats://")),
        };
        let authority = uri.authority().ok_or_else(|| unreadable("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(unreadable(match kind {
                Kind::Http => "a user and a password belong into a header",
                Kind::Nats => "a user and a password belong into the login of the load",
            }));
        }
        if uri.query().is_some() {
            return Err(unreadable("a query belongs to the path of a request"));
        }
        let host = authority.host().to_owned();
        if host.is_empty() {
            return Err(unreadable("it names no host"));
        }
        let port = match authority.as_str().strip_prefix(host.as_str()) {
            Some("") | None => kind.usual_port(secure),
            Some(text) => text
                .strip_prefix(':')
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| unreadable(&format!("`{text}` is no port")))?,
        };
        let plain = host.trim_start_matches('[').trim_end_matches(']');
        let addresses: Vec<SocketAddr> = (plain, port)
            .to_socket_addrs()
            .map_err(|source| TargetError::Unknown { host: host.clone(), source })?
            .collect();
        // Names such as `localhost` have one of each kind; most services listen on the older.
        let address = addresses.iter().find(|address| address.is_ipv4()).or(addresses.first());
        let address = *address.ok_or_else(|| unreadable("the host has no address"))?;
        let named = allowed_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(&host));
        if !named && !address.ip().is_loopback() {
            return Err(TargetError::Elsewhere { host, address });
        }
        let base = uri.path().trim_end_matches('/').to_owned();
        if kind == Kind::Nats && !base.is_empty() {
            return Err(unreadable("a subject belongs to the message"));
        }
        Ok(Target { kind, secure, host, port, address, base })
    }

    /// The value of the `Host` header.
    #[must_use]
    pub fn authority(&self) -> String {
        let usual = self.kind.usual_port(self.secure);
        if self.port == usual { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }

    #[must_use]
    pub fn is_here(&self) -> bool {
        self.address.ip().is_loopback()
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = self.kind.scheme(self.secure);
        write!(f, "{scheme}://{}{}", self.authority(), self.base)
    }
}

/// The URL without what stands before an `@`.
fn without_user(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    match rest[..end].rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{host}{}", &rest[end..]),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_with_its_port_and_base() {
        let target = Target::parse("http://127.0.0.1:8080/api/", &[]).unwrap();
        assert_eq!((target.port, target.base.as_str(), target.secure), (8080, "/api", false));
        assert_eq!(target.authority(), "127.0.0.1:8080");
        assert_eq!(target.to_string(), "http://127.0.0.1:8080/api");
        assert_eq!(Target::parse("https://127.0.0.1", &[]).unwrap().port, 443);
        let bus = Target::parse("nats://127.0.0.1", &[]).unwrap();
        assert_eq!((bus.kind, bus.port, bus.secure), (Kind::Nats, 4222, false));
        assert_eq!(bus.to_string(), "nats://127.0.0.1");
        let secure = Target::parse("tls://127.0.0.1:4223", &[]).unwrap();
        assert_eq!((secure.secure, secure.to_string().as_str()), (true, "tls://127.0.0.1:4223"));
        let six = Target::parse("http://[::1]:81", &[]).unwrap();
        assert_eq!((six.authority(), six.port), ("[::1]:81".to_owned(), 81));
        assert!(Target::parse("http://localhost:1", &[]).unwrap().address.is_ipv4());
    }

    #[test]
    fn what_is_no_address_is_refused_without_telling_its_password() {
        for url in [
            "",
            "127.0.0.1:80",
            "ftp://127.0.0.1",
            "http://",
            "http://:80",
            "http://127.0.0.1:x",
            "http://127.0.0.1:99999",
            "http://127.0.0.1/?a=b",
            "nats://me:hunter2@127.0.0.1",
            "nats://127.0.0.1/subject",
            "http://a b/",
        ] {
            assert!(Target::parse(url, &[]).is_err(), "{url}");
        }
        let error = Target::parse("http://me:hunter2@127.0.0.1/", &[]).unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn another_machine_is_loaded_only_when_it_is_named() {
        let refused = Target::parse("http://192.0.2.1:80", &[]);
        assert!(matches!(refused, Err(TargetError::Elsewhere { .. })));
        assert!(Target::parse("http://192.0.2.1:80", &["192.0.2.1".to_owned()]).is_ok());
        assert!(Target::parse("http://192.0.2.1:80", &["192.0.2.2".to_owned()]).is_err());
    }
}
