//! Which pages may open a stream. Browsers let every page open one to everywhere, and send along
//! whose page it is; what is no browser sends nothing.

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

use crate::service::Origins;

/// The service's own page, a page of the listed origins, or no page at all.
pub fn may_ask(headers: &HeaderMap, origins: &Origins) -> bool {
    let mut sent = headers.get_all(ORIGIN).into_iter();
    let Some(origin) = sent.next() else { return true };
    if sent.next().is_some() {
        return false;
    }
    let Ok(origin) = origin.to_str() else { return false };
    let is_listed = match origins {
        Origins::Any => true,
        Origins::These(origins) => origins.iter().any(|known| known == origin),
        Origins::None => false,
    };
    is_listed || is_own(origin, headers)
}

/// Whether the page came from where the stream is asked for.
fn is_own(origin: &str, headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let from = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    from.zip(host).is_some_and(|(from, host)| from.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(origin: &[&str], origins: &Origins) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, "mycelium.example:8000".parse().unwrap());
        for origin in origin {
            headers.append(ORIGIN, origin.parse().unwrap());
        }
        may_ask(&headers, origins)
    }

    #[test]
    fn what_is_no_browser_and_the_services_own_page_may_always_ask() {
        assert!(may(&[], &Origins::None));
        assert!(may(&["http://mycelium.example:8000"], &Origins::None));
        assert!(may(&["https://Mycelium.example:8000"], &Origins::None));
    }

    #[test]
    fn a_foreign_page_may_ask_if_it_is_listed() {
        let listed = Origins::These(vec!["https://lab.example".to_owned()]);
        assert!(may(&["https://lab.example"], &listed));
        assert!(!may(&["https://lab.example"], &Origins::None));
        assert!(may(&["https://lab.example"], &Origins::Any));
    }

    #[test]
    fn what_only_resembles_an_allowed_origin_may_not_ask() {
        let listed = Origins::These(vec!["https://lab.example".to_owned()]);
        for other in [
            "null",
            "http://mycelium.example",
            "http://mycelium.example:8000.evil.example",
            "ftp://mycelium.example:8000",
            "http://lab.example",
            "https://lab.example.evil.example",
        ] {
            assert!(!may(&[other], &listed), "{other}");
        }
        assert!(!may(&["https://lab.example", "https://lab.example"], &listed));
    }
}
