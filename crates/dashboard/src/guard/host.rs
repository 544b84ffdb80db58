//! Names by which the dashboard may be asked for.
//!
//! A page of another site can make its own name lead to 127.0.0.1 and then read what is served here
//! as if it were its own (DNS rebinding). Its requests still carry its name.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// Which names are answered to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hosts {
    /// Any: what stands in front decides.
    Any,
    /// `localhost`, loopback addresses, and these.
    Local(Vec<String>),
}

impl Hosts {
    /// Whether a request for that `Host` is answered.
    #[must_use]
    pub fn admit(&self, host: &str) -> bool {
        let Hosts::Local(named) = self else { return true };
        let name = without_port(host);
        let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
        let is_loopback = |text: &str| text.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        name.eq_ignore_ascii_case("localhost")
            || is_loopback(address.unwrap_or(name))
            || named.iter().any(|own| own.eq_ignore_ascii_case(name))
    }
}

/// The name in `name:port`, which for an address of IPv6 stands in brackets.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

pub(crate) async fn expected(
    State(hosts): State<Arc<Hosts>>,
    request: Request,
    next: Next,
) -> Response {
    let named = request.headers().get(HOST).map(|host| host.to_str().unwrap_or(""));
    let named = named.or(request.uri().authority().map(Authority::as_str));
    if hosts.admit(named.unwrap_or("")) {
        return next.run(request).await;
    }
    let text = "this dashboard listens on a loopback address and does not answer to that name;\n\
                `tollgate serve --host NAME` makes it\n";
    (StatusCode::MISDIRECTED_REQUEST, text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_and_what_was_named_is_answered() {
        let hosts = Hosts::Local(vec!["perf.example".to_owned()]);
        for host in [
            "localhost",
            "LOCALHOST:7400",
            "127.0.0.1:7400",
            "127.8.9.1",
            "[::1]:7400",
            "[::1]",
            "perf.example:443",
            "Perf.Example",
        ] {
            assert!(hosts.admit(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "evil.example:7400",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "10.0.0.1",
            "[::2]:7400",
            "localhost:7400:7400",
            "localhost@evil.example",
        ] {
            assert!(!hosts.admit(host), "{host}");
            assert!(Hosts::Any.admit(host), "{host}");
        }
    }
}
