//! Where the bus is: `embedded`, or a NATS server by its address.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// What people write behind `--bus`.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// Inside this process.
    Embedded,
    Nats(Server),
}

/// A server, or several of one cluster, with what the address says about the user.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    urls: Vec<String>,
    user: Option<User>,
}

/// `name:password` in an address; a name alone is a token.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    pub name: String,
    pub password: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadAddress {
    #[error("an address is missing: write `embedded` or, for example, nats://127.0.0.1:4222")]
    Empty,
    #[error("`{scheme}` is no way to reach a bus: write nats://, tls:// or `embedded`")]
    Scheme { scheme: String },
    #[error("`{text}` names no host: write, for example, nats://127.0.0.1:4222")]
    Host { text: String },
    #[error("`{text}` has a port that is no number from 1 to 65535")]
    Port { text: String },
}

impl Server {
    #[must_use]
    pub fn urls(&self) -> &[String] {
        &self.urls
    }

    /// Whom the first address that names one names.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }
}

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Address, BadAddress> {
        if text.trim() == "embedded" {
            return Ok(Address::Embedded);
        }
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let urls = parts.map(url).collect::<Result<Vec<_>, _>>()?;
        let user = text.split(',').find_map(user);
        match urls.is_empty() {
            true => Err(BadAddress::Empty),
            false => Ok(Address::Nats(Server { urls, user })),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Embedded => to.write_str("embedded"),
            Address::Nats(server) => server.fmt(to),
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.urls.join(","))
    }
}

// Debug output ends up in logs as well.
impl fmt::Debug for Address {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, to)
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, to)
    }
}

fn url(text: &str) -> Result<String, BadAddress> {
    let (scheme, rest) = text.split_once("://").unwrap_or(("nats", text));
    if !["nats", "tls"].contains(&scheme) {
        return Err(BadAddress::Scheme { scheme: scheme.to_owned() });
    }
    let shown = || without_user(text);
    let host = rest.rsplit('@').next().unwrap_or(rest).trim_end_matches('/');
    let is_v6 = host.starts_with('[');
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !is_v6 || name.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._[]:".contains(c);
    if name.is_empty() || !name.chars().all(plain) || (!is_v6 && name.contains(':')) {
        return Err(BadAddress::Host { text: shown() });
    }
    if port.is_some_and(|port| port.parse::<u16>().map_or(true, |port| port == 0)) {
        return Err(BadAddress::Port { text: shown() });
    }
    let port = if port.is_none() { ":4222" } else { "" };
    Ok(format!("{scheme}://{host}{port}"))
}

fn user(text: &str) -> Option<User> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let (user, _) = rest.rsplit_once('@')?;
    let (name, password) = match user.split_once(':') {
        Some((name, password)) => (name, Some(decoded(password))),
        None => (user, None),
    };
    Some(User { name: decoded(name.trim()), password })
}

/// Bytes behind a `%` as they are meant; what is no such byte stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let hex = rest.get(1..3).filter(|_| next == '%');
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &rest[3..];
            }
            None => {
                bytes.extend_from_slice(next.to_string().as_bytes());
                rest = &rest[next.len_utf8()..];
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An address that may be shown.
fn without_user(text: &str) -> String {
    let (scheme, rest) = text.split_once("://").unwrap_or(("nats", text));
    format!("{scheme}://{}", rest.rsplit('@').next().unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(text: &str) -> Vec<String> {
        match text.parse().unwrap() {
            Address::Nats(server) => server.urls().to_vec(),
            Address::Embedded => Vec::new(),
        }
    }

    #[test]
    fn an_address_may_leave_out_what_everybody_knows() {
        assert_eq!("embedded".parse(), Ok(Address::Embedded));
        assert_eq!(urls("localhost"), ["nats://localhost:4222"]);
        assert_eq!(urls("10.0.0.1:4333"), ["nats://10.0.0.1:4333"]);
        assert_eq!(urls("tls://a.example/"), ["tls://a.example:4222"]);
        assert_eq!(urls("nats://[::1]:4222"), ["nats://[::1]:4222"]);
        assert_eq!(urls("[::1]"), ["nats://[::1]:4222"]);
        assert_eq!(urls("nats://a:1, b:2"), ["nats://a:1", "nats://b:2"]);
    }

    #[test]
    fn a_password_is_used_and_never_shown() {
        let address: Address = "nats://user:s3cret@host:4222".parse().unwrap();
        assert_eq!(address.to_string(), "nats://host:4222");
        assert!(!format!("{address:?}").contains("s3cret"));
        let user = |text: &str| user(text).map(|user| (user.name, user.password));
        let stated = |name: &str, password: Option<&str>| {
            Some((name.to_owned(), password.map(str::to_owned)))
        };
        assert_eq!(user("nats://ann:s3cret@host"), stated("ann", Some("s3cret")));
        assert_eq!(user("ann:a%40b%3a%zz%@host"), stated("ann", Some("a@b:%zz%")));
        assert_eq!((user("t0ken@host"), user("host:1")), (stated("t0ken", None), None));
        let refused = "nats://user:s3cret@host:70000".parse::<Address>().unwrap_err();
        assert_eq!(refused, BadAddress::Port { text: "nats://host:70000".to_owned() });
    }

    #[test]
    fn what_is_no_address_is_refused_by_its_mistake() {
        let refused = |text: &str| text.parse::<Address>().unwrap_err();
        assert_eq!((refused(""), refused(" , ")), (BadAddress::Empty, BadAddress::Empty));
        assert!(matches!(refused("http://a:1"), BadAddress::Scheme { .. }));
        for text in ["nats://", "nats://:4222", "nats://a b:1", "nats://a:b:1", "nats://@"] {
            assert!(matches!(refused(text), BadAddress::Host { .. }), "{text:?}");
        }
        for text in ["a:0", "a:65536", "a:-1", "a:"] {
            assert!(matches!(refused(text), BadAddress::Port { .. }), "{text:?}");
        }
    }
}
