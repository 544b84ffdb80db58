//! What a URL says of where to go.

/// The parts of `http://host:port/path` or `https://host/path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address<'u> {
    pub is_safe: bool,
    /// With the port, if one is named.
    pub host: &'u str,
    pub path: String,
}

impl Address<'_> {
    pub fn read(url: &str) -> Option<Address<'_>> {
        let (is_safe, rest) = match url.strip_prefix("https://") {
            Some(rest) => (true, rest),
            None => (false, url.strip_prefix("http://")?),
        };
        let (host, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let is_clean = !url.chars().any(|c| c.is_whitespace() || c.is_control());
        if host.is_empty() || host.starts_with(':') || host.contains('@') || !is_clean {
            return None;
        }
        // What follows a `#` is for whoever asks.
        let path = rest.split('#').next().unwrap_or(rest);
        let slash = if path.starts_with('/') { "" } else { "/" };
        Some(Address { is_safe, host, path: format!("{slash}{path}") })
    }

    /// What the system looks up.
    pub fn with_port(&self) -> String {
        match self.port() {
            Some(_) => self.host.to_owned(),
            None => format!("{}:{}", self.host, if self.is_safe { 443 } else { 80 }),
        }
    }

    /// What a certificate is to vouch for.
    pub fn name(&self) -> &str {
        let name = match self.port() {
            Some(port) => &self.host[..self.host.len() - port.len() - 1],
            None => self.host,
        };
        name.trim_start_matches('[').trim_end_matches(']')
    }

    /// A number of IPv6 has colons of its own, between brackets.
    fn port(&self) -> Option<&str> {
        let end = self.host.rsplit(']').next()?;
        end.rsplit_once(':').map(|(_, port)| port)
    }
}

/// As much of a URL as anybody may read.
pub(in crate::deliver) fn server(url: &str) -> String {
    let (scheme, rest) = url.split_at(url.find("://").map_or(0, |at| at + 3));
    let rest = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    // A name and a password may stand before it.
    format!("{scheme}{}", rest.rsplit('@').next().unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_to_go_and_what_to_ask_for_is_read_from_a_url() {
        let table = [
            ("http://a", false, "a:80", "a", "/"),
            ("http://a:8080/b?c=d#e", false, "a:8080", "a", "/b?c=d"),
            ("https://a.example/b", true, "a.example:443", "a.example", "/b"),
            ("https://a?b", true, "a:443", "a", "/?b"),
            ("https://[::1]:9/b", true, "[::1]:9", "::1", "/b"),
            ("http://[::1]", false, "[::1]:80", "::1", "/"),
        ];
        for (url, is_safe, place, name, path) in table {
            let read = Address::read(url).unwrap();
            let found = (read.is_safe, &*read.with_port(), read.name(), &*read.path);
            assert_eq!(found, (is_safe, place, name, path), "{url}");
        }
    }

    #[test]
    fn what_is_no_url_is_none() {
        for url in ["", "a", "ftp://a/b", "http:///b", "https://", "http://a:b@c/", "http://:80"] {
            assert_eq!(Address::read(url), None, "{url}");
        }
        for url in ["http://a/b c", "http://a/b\r\nhost: c", "https://a\u{7f}"] {
            assert_eq!(Address::read(url), None, "{url:?}");
        }
    }

    #[test]
    fn what_is_shown_of_a_url_is_the_server() {
        assert_eq!(server("https://hooks.example/services/secret"), "https://hooks.example");
        assert_eq!(server("http://a:1?secret"), "http://a:1");
        assert_eq!(server("nothing/secret"), "nothing");
    }
}
