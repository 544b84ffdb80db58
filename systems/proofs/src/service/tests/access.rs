//! Who may do what, and how often.

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use serde_json::json;

use super::fixture::*;
use crate::encoding::base64url;
use crate::service::access::{Access, TokenRules, Tokens};

const SECRET: &[u8] = b"a secret of at least 32 bytes, for the tests alone";

fn guarded() -> Fixture {
    let rules = TokenRules { issuer: "us".to_owned(), audience: "proofs".to_owned(), leeway_s: 0 };
    let keys = json!({ "keys": [{ "kty": "oct", "k": base64url(SECRET) }] });
    let tokens = Some(Tokens::new(&keys.to_string(), rules).unwrap());
    let access = Access { api_keys: api_keys(), tokens, is_open: false };
    Fixture::of(Plan { access, ..Plan::default() })
}

fn token(scope: &str) -> String {
    let claims = json!({
        "sub": "load", "iss": "us", "aud": "proofs", "exp": NOW_MS / 1000 + 60, "scope": scope,
    });
    let key = jsonwebtoken::EncodingKey::from_secret(SECRET);
    let token = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap();
    format!("Bearer {token}")
}

fn with(header: &'static str, value: &str, mut request: Request<Body>) -> Request<Body> {
    request.headers_mut().insert(header, value.parse().unwrap());
    request
}

fn revocation() -> Request<Body> {
    let body = json!({ "public_key": base64url(&[1; 32]) });
    post("/api/revocations", body.to_string())
}

fn verification() -> Request<Body> {
    post("/api/verify-proof", proof(1))
}

#[tokio::test]
async fn management_needs_a_key_even_where_nobody_has_one() {
    let service = Fixture::new();
    for path in ["/api/revocations", "/api/credentials"] {
        assert_eq!(service.post(path, "{}").await.refusal(), (401, "unauthenticated"));
    }
    let answer = service.get("/api/revocations/x").await;
    assert_eq!(answer.refusal(), (401, "unauthenticated"));
    let answer = service.send(with("x-api-key", "all", revocation())).await;
    assert_eq!(answer.refusal(), (401, "unauthenticated"));
}

#[tokio::test]
async fn a_missing_scope_is_told_apart_from_a_missing_key() {
    let service = guarded();
    let answer = service.send(revocation()).await;
    assert_eq!(answer.refusal(), (401, "unauthenticated"));
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    let answer = service.send(with("x-api-key", "verify", revocation())).await;
    assert_eq!(answer.refusal(), (403, "forbidden"));
    let answer = service.send(with("x-api-key", "wrong", revocation())).await;
    assert_eq!(answer.refusal(), (401, "unauthenticated"));
    let answer = service.send(with("authorization", &token("proofs:verify"), revocation())).await;
    assert_eq!(answer.refusal(), (403, "forbidden"));
    let answer = service.send(with("authorization", &token("proofs:revoke"), revocation())).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
}

#[tokio::test]
async fn verifying_needs_a_key_where_clients_have_them() {
    for path in ["/api/verify-proof", "/api/verify-biometric-proof", "/api/batch-verify-proofs"] {
        let answer = guarded().post(path, proof(1)).await;
        assert_eq!(answer.refusal(), (401, "unauthenticated"));
    }
    let service = guarded();
    let answer = service.send(with("x-api-key", "nothing", verification())).await;
    assert_eq!(answer.refusal(), (403, "forbidden"));
    let answer = service.send(with("x-api-key", "verify", verification())).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn authorizations_of_other_kinds_are_refused() {
    let service = guarded();
    for value in ["Basic YTpi", "Bearer", "Bearer ", "Bearer a.b.c", "x"] {
        let answer = service.send(with("authorization", value, verification())).await;
        assert_eq!(answer.refusal(), (401, "unauthenticated"), "{value}");
    }
    let lower = token("proofs:verify").replacen("Bearer", "bearer", 1);
    assert_eq!(service.send(with("authorization", &lower, verification())).await.status, 200);
}

#[tokio::test]
async fn headers_mean_nothing_where_nobody_can_authenticate() {
    let request = with("authorization", "Bearer 0123456789abcdef", verification());
    let request = with("x-api-key", "whatever", request);
    assert_eq!(Fixture::new().send(request).await.status, 200);
}

#[tokio::test]
async fn where_anybody_may_verify_a_wrong_key_is_no_worse_than_none() {
    let service = Fixture::managed(Plan::default());
    let request = with("authorization", "Bearer 0123456789abcdef", verification());
    assert_eq!(service.send(request).await.status, 200);
    let answer = service.send(with("x-api-key", "wrong", revocation())).await;
    assert_eq!(answer.refusal(), (401, "unauthenticated"));
}

#[tokio::test]
async fn the_audit_log_names_the_client() {
    let service = guarded();
    let answer = service.send(with("authorization", &token("proofs:revoke"), revocation())).await;
    assert_eq!(answer.status, 201);
    service.service.close();
    let db = rusqlite::Connection::open(service.database()).unwrap();
    let client: String = db.query_row("SELECT client FROM audit", [], |row| row.get(0)).unwrap();
    assert_eq!(client, "load");
}

/// Sends until the limit is met; the limit of one a second may let some pass meanwhile.
async fn exhaust(service: &Fixture, request: impl Fn() -> Request<Body>) -> Answer {
    for _ in 0..1000 {
        let answer = service.send(request()).await;
        if answer.status == 429 {
            return answer;
        }
    }
    panic!("a thousand requests passed a limit of one a second");
}

#[tokio::test]
async fn clients_are_limited_by_their_address_and_not_by_what_they_claim() {
    let mut plan = Plan::default();
    plan.settings.rate_limit = 1;
    let service = Fixture::of(plan);
    let claimed = std::cell::Cell::new(0);
    let request = |peer: &str| {
        claimed.set(claimed.get() + 1);
        let noted = format!("198.51.100.{}", claimed.get() % 250);
        from(peer, with("x-forwarded-for", &noted, verification()))
    };
    let answer = exhaust(&service, || request("192.0.2.1:1000")).await;
    assert_eq!(answer.refusal(), (429, "rate_limited"));
    assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_ne!(service.send(request("192.0.2.2:1000")).await.status, 429);
    // Those who watch the service are not limited.
    for _ in 0..20 {
        assert_eq!(service.get("/health").await.status, 200);
    }
}

#[tokio::test]
async fn a_known_client_is_limited_by_its_name() {
    let mut plan = Plan::default();
    plan.settings.rate_limit = 1;
    let service = Fixture::managed(plan);
    let port = std::cell::Cell::new(1);
    let request = |key: &str| {
        port.set(port.get() + 1);
        from(&format!("192.0.2.{}:1", port.get() % 250), with("x-api-key", key, verification()))
    };
    exhaust(&service, || request("verify")).await;
    assert_ne!(service.send(request("all")).await.status, 429);
}

#[test]
fn no_header_is_no_caller() {
    let access = Access { api_keys: api_keys(), ..Access::default() };
    assert!(access.caller(&HeaderMap::new(), NOW_MS).unwrap().is_none());
}
