//! Who is let in, how often, and what pages of others may read.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};

use super::fixture::*;
use crate::service::*;

const ION: &str = r#"{"concentration_out_molar": 0.1, "concentration_in_molar": 0.1}"#;

fn keyed() -> Fixture {
    let keys = Keys::of(["first", "second"]);
    Fixture::of(Options { keys, keys_required: true, ..options() })
}

fn limited(requests: u32) -> Options {
    let rates = Some(Rates { requests, window: Duration::from_secs(3600) });
    Options { rates, ..options() }
}

#[tokio::test]
async fn each_of_the_keys_opens_and_nothing_else_does() {
    let service = keyed();
    for key in ["first", "second"] {
        let answer = service.send(with("x-api-key", key, posting("/nernst", ION))).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    for key in ["", "third", "First", "first,second"] {
        let answer = service.send(with("x-api-key", key, posting("/nernst", ION))).await;
        assert_eq!(answer.refusal(), (401, "authentication_required"), "{key}");
    }
    let answer = service.post("/nernst", ION).await;
    assert_eq!(answer.refusal(), (401, "authentication_required"));
    assert_eq!(answer.header("www-authenticate"), r#"API-Key header="X-API-Key""#);
}

#[tokio::test]
async fn public_addresses_need_no_key_and_what_begins_like_them_does() {
    let service = keyed();
    for path in ["/health", "/ready", "/metrics", "/openapi.json", "/docs"] {
        assert_eq!(service.get(path).await.status, 200, "{path}");
    }
    for path in ["/healthzzz", "/health/", "/metrics/x", "/docs.html", "/live", "/ws/other"] {
        assert_eq!(service.get(path).await.refusal().0, 401, "{path}");
    }
}

#[tokio::test]
async fn metrics_need_a_key_where_that_is_chosen() {
    let keys = Keys::of(["key"]);
    let options = Options { keys, keys_required: true, metrics_need_key: true, ..options() };
    let service = Fixture::of(options);
    assert_eq!(service.get("/metrics").await.refusal().0, 401);
    assert_eq!(service.send(with("x-api-key", "key", getting("/metrics"))).await.status, 200);
    assert_eq!(service.get("/health").await.status, 200);
}

#[tokio::test]
async fn dev_takes_its_own_key_where_none_was_given() {
    let service = Fixture::of(Options { keys_required: true, ..options() });
    let ask = |key: &'static str| service.send(with("x-api-key", key, posting("/nernst", ION)));
    assert_eq!(ask("dev-key-for-testing").await.status, 200);
    assert_eq!(ask("another").await.status, 401);
    let prod = Options::for_environment(Environment::Prod);
    assert!(State::new(prod).is_err());
}

#[tokio::test]
async fn a_refusal_has_a_name_and_is_counted_and_readable_by_pages() {
    let rates = Some(Rates { requests: 1, ..Rates::default() });
    let keys = Keys::of(["key"]);
    let service = Fixture::of(Options { keys, keys_required: true, rates, ..options() });
    let ask = async || {
        let request = with("origin", "http://page.example", getting("/nowhere"));
        service.send(with("x-request-id", "mine", request)).await
    };
    for code in [(401, "authentication_required"), (429, "rate_limit_exceeded")] {
        let answer = ask().await;
        assert_eq!(answer.refusal(), code);
        assert_eq!(answer.header("x-request-id"), "mine");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("x-ratelimit-limit"), "1");
    }
    let text = service.get("/metrics").await.text;
    for status in [401, 429] {
        let labels = format!(r#"endpoint="/other",method="GET",status="{status}""#);
        let line = format!("mfn_http_requests_total{{{labels}}} 1");
        assert!(text.contains(&line), "{line} is not in\n{text}");
    }
}

#[tokio::test]
async fn each_address_has_its_own_limit_and_says_what_is_left() {
    let service = Fixture::of(limited(2));
    for (path, limit) in [("/health", 1000), ("/metrics", 1000), ("/docs", 2)] {
        let answer = service.get(path).await;
        assert_eq!(answer.header("x-ratelimit-limit"), limit.to_string(), "{path}");
        assert_eq!(answer.header("x-ratelimit-remaining"), (limit - 1).to_string(), "{path}");
    }
    for (path, limit) in [("/nernst", "200"), ("/simulate", "50"), ("/validate", "50")] {
        assert_eq!(service.post(path, "{").await.header("x-ratelimit-limit"), limit, "{path}");
    }
    assert_eq!(service.get("/docs").await.status, 200);
    let refused = service.get("/docs").await;
    assert_eq!(refused.refusal(), (429, "rate_limit_exceeded"));
    assert_eq!(refused.header("x-ratelimit-remaining"), "0");
    let seconds: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=1801).contains(&seconds), "{seconds}");
    assert_eq!(service.get("/openapi.json").await.status, 200);
}

#[tokio::test]
async fn without_a_limit_no_limit_is_told() {
    let answer = Fixture::new().get("/health").await;
    assert!(!answer.headers.contains_key("x-ratelimit-limit"));
}

#[tokio::test]
async fn unknown_addresses_share_one_limit() {
    let service = Fixture::of(limited(2));
    assert_eq!(service.get("/a").await.status, 404);
    assert_eq!(service.get("/b").await.status, 404);
    assert_eq!(service.get("/c").await.status, 429);
}

#[tokio::test]
async fn only_a_trusted_proxy_is_believed_where_a_request_came_from() {
    let proxy = "10.0.0.1".parse().unwrap();
    let service = Fixture::of(Options { trusted_proxies: vec![proxy], ..limited(1) });
    let ask = async |peer: &str, noted: &'static str| {
        let request = with("x-forwarded-for", noted, from(peer, getting("/docs")));
        service.send(request).await.status.as_u16()
    };
    assert_eq!(ask("192.0.2.1:1", "1.1.1.1").await, 200);
    assert_eq!(ask("192.0.2.1:2", "2.2.2.2").await, 429);
    assert_eq!(ask("10.0.0.1:1", "3.3.3.3").await, 200);
    assert_eq!(ask("10.0.0.1:1", "4.4.4.4").await, 200);
    assert_eq!(ask("10.0.0.1:1", "5.5.5.5, 4.4.4.4").await, 429);
}

#[tokio::test]
async fn pages_ask_before_they_send_and_need_no_key_for_that() {
    let origins = Origins::These(vec!["http://page.example".to_owned()]);
    let keys = Keys::of(["key"]);
    let service = Fixture::of(Options { origins, keys, keys_required: true, ..options() });
    let ask = async |origin: &'static str| {
        let request = Request::builder().method(Method::OPTIONS).uri("/simulate");
        let request = request
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "x-api-key")
            .body(Body::empty());
        service.send(request.unwrap()).await
    };
    let answer = ask("http://page.example").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), "http://page.example");
    assert!(answer.header("access-control-allow-headers").contains("x-api-key"));
    assert!(answer.header("access-control-allow-methods").contains("POST"));
    let other = ask("http://other.example").await;
    assert!(!other.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn pages_may_read_the_name_and_the_limits_of_an_answer() {
    let service = Fixture::new();
    let answer = service.send(with("origin", "http://page.example", getting("/health"))).await;
    let exposed = answer.header("access-control-expose-headers");
    for name in ["x-request-id", "x-ratelimit-limit", "x-ratelimit-remaining"] {
        assert!(exposed.contains(name), "{exposed}");
    }
    assert!(!answer.headers.contains_key("access-control-allow-credentials"));
    let closed = Fixture::of(Options { origins: Origins::None, ..options() });
    let answer = closed.send(with("origin", "http://page.example", getting("/health"))).await;
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
}
