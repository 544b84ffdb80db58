//! One proof a request.

use axum::http::Request;
use serde_json::json;

use super::fixture::*;
use crate::encoding::base64url;
use crate::signed::{Claims, sign};

#[tokio::test]
async fn a_good_proof_is_verified_and_names_its_row() {
    let service = Fixture::new();
    let answer = service.verify(proof(1)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json["verified"], true);
    assert_eq!(answer.json["proof_type"], "login");
    assert_eq!(answer.json["timestamp"], "2023-11-14T22:13:20.000Z");
    assert_eq!(answer.json["verification_id"], "verify-000001");
    assert!(answer.json["processing_time_ms"].is_number());
    assert!(answer.json.get("security_level").is_none());
    let answer = service.verify(proof(2)).await;
    assert_eq!(answer.json["verification_id"], "verify-000002");
}

#[tokio::test]
async fn a_key_may_be_named_by_its_digest() {
    let answer = Fixture::new().verify(envelope(1).naming_its_key().to_json()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn a_proof_is_accepted_once() {
    let service = Fixture::new();
    assert_eq!(service.verify(proof(1)).await.status, 200);
    let answer = service.verify(proof(1)).await;
    assert_eq!(answer.refusal(), (409, "replayed"));
    assert_eq!(answer.json["verified"], false);
    // By its key's digest it is the same proof.
    let answer = service.verify(envelope(1).naming_its_key().to_json()).await;
    assert_eq!(answer.refusal(), (409, "replayed"));
}

#[tokio::test]
async fn of_many_requests_with_one_proof_one_is_accepted() {
    let service = Fixture::new();
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let router = crate::service::app(&service.service);
        let request = post("/api/verify-proof", proof(1));
        requests.spawn(tower::ServiceExt::oneshot(router, request));
    }
    let mut statuses: Vec<u16> =
        requests.join_all().await.into_iter().map(|a| a.unwrap().status().as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [&[200][..], &[409; 49]].concat());
}

#[tokio::test]
async fn what_was_accepted_is_refused_after_a_restart() {
    let service = Fixture::new();
    assert_eq!(service.verify(proof(1)).await.status, 200);
    let service = service.again(Plan::default());
    assert_eq!(service.verify(proof(1)).await.refusal(), (409, "replayed"));
    assert_eq!(service.verify(proof(2)).await.json["verification_id"], "verify-000002");
}

#[tokio::test]
async fn after_a_restart_of_the_machine_what_was_issued_before_is_refused() {
    let service = Fixture::new();
    assert_eq!(service.verify(proof(1)).await.status, 200);
    let service = service.again(Plan { boot: "second", ..Plan::default() });
    assert_eq!(service.verify(proof(1)).await.refusal(), (410, "before_restart"));
    // Nor is one of which it cannot be known, because its signer's clock may have been ahead.
    let issued = |issued_at_ms, nonce| {
        let claims = Claims { issued_at_ms, expires_at_ms: NOW_MS + 90_000, nonce, ..claims(0) };
        sign(&key(), &claims).to_json()
    };
    let answer = service.verify(issued(NOW_MS + 29_999, [1; 16])).await;
    assert_eq!(answer.refusal(), (410, "before_restart"));
    assert_eq!(service.verify(issued(NOW_MS + 30_000, [2; 16])).await.status, 200);
}

#[tokio::test]
async fn what_has_not_the_form_of_a_proof_is_malformed() {
    let service = Fixture::new();
    let whole = proof(1);
    let torn = &whole[..whole.len() / 2];
    let doubled = format!("{whole}{whole}");
    let twice = whole.replacen('{', r#"{"v":1,"#, 1);
    for body in ["", "null", "[]", "{}", "\u{0}", torn, &doubled, &twice, "{\"v\":1e999}"] {
        assert_eq!(service.verify(body.to_owned()).await.refusal(), (400, "malformed"), "{body}");
    }
    assert_eq!(service.verify(vec![0xff, 0xfe]).await.refusal(), (400, "malformed"));
    for field in ["nonce", "issued_at", "context", "signature", "body_sha256", "public_key"] {
        for value in [json!(null), json!([]), json!("!"), json!(-1)] {
            let answer = service.verify(changed(1, field, value)).await;
            assert_eq!(answer.refusal(), (400, "malformed"), "{field}");
        }
    }
    assert_eq!(service.verify(changed(1, "more", json!(1))).await.refusal(), (400, "malformed"));
}

#[tokio::test]
async fn other_versions_and_algorithms_are_told_apart() {
    let service = Fixture::new();
    let answer = service.verify(changed(1, "v", json!(2))).await;
    assert_eq!(answer.refusal(), (400, "unsupported_version"));
    let answer = service.verify(changed(1, "alg", json!("none"))).await;
    assert_eq!(answer.refusal(), (400, "unsupported_algorithm"));
}

#[tokio::test]
async fn a_signature_that_does_not_fit_is_refused() {
    let service = Fixture::new();
    let signature = base64url(&envelope(2).signature);
    let answer = service.verify(changed(1, "signature", json!(signature))).await;
    assert_eq!(answer.refusal(), (401, "invalid_signature"));
    // The proof itself was not used up by that.
    assert_eq!(service.verify(proof(1)).await.status, 200);
}

#[tokio::test]
async fn keys_that_nobody_registered_are_refused_unless_any_is_taken() {
    let stranger = ed25519_dalek::SigningKey::from_bytes(&[8; 32]);
    let proof = || sign(&stranger, &claims(1)).to_json();
    assert_eq!(Fixture::new().verify(proof()).await.refusal(), (401, "unknown_key"));
    let mut plan = Plan::default();
    plan.verifier.unregistered_keys = true;
    let service = Fixture::of(plan);
    assert_eq!(service.verify(proof()).await.status, 200);
    let weak = base64url(&[&[1][..], &[0; 31]].concat());
    let answer = service.verify(changed(2, "public_key", json!(weak))).await;
    assert_eq!(answer.refusal(), (401, "weak_key"));
}

#[tokio::test]
async fn proofs_are_refused_outside_their_time() {
    let service = Fixture::new();
    let made = |issued_at_ms, expires_at_ms| {
        sign(&key(), &Claims { issued_at_ms, expires_at_ms, ..claims(1) }).to_json()
    };
    let answer = service.verify(made(NOW_MS - 100_000, NOW_MS - 30_000)).await;
    assert_eq!(answer.refusal(), (410, "expired"));
    let answer = service.verify(made(NOW_MS + 30_001, NOW_MS + 40_000)).await;
    assert_eq!(answer.refusal(), (422, "not_yet_valid"));
    let answer = service.verify(made(NOW_MS, NOW_MS + 300_001)).await;
    assert_eq!(answer.refusal(), (422, "lives_too_long"));
    service.wait(90_000);
    assert_eq!(service.verify(proof(1)).await.refusal(), (410, "expired"));
}

#[tokio::test]
async fn a_context_that_breaks_its_policy_is_refused() {
    let service = Fixture::new();
    let context = br#"{"action":"login","session_id":"s"}"#.to_vec();
    let answer = service.verify(sign(&key(), &Claims { context, ..claims(1) }).to_json()).await;
    assert_eq!(answer.refusal(), (422, "policy_violated"));
}

#[tokio::test]
async fn a_body_beside_the_proof_has_to_be_the_signed_one() {
    let service = Fixture::new();
    let with = |body: &[u8]| format!(r#"{{"proof":{},"body":"{}"}}"#, proof(1), base64url(body));
    assert_eq!(service.verify(with(b"another body")).await.refusal(), (401, "wrong_body"));
    assert_eq!(service.verify(with(&[0; 33 << 10])).await.refusal(), (413, "too_large"));
    assert_eq!(service.verify(with(b"the body")).await.status, 200);
    assert_eq!(service.verify(with(b"the body")).await.refusal(), (409, "replayed"));
}

#[tokio::test]
async fn bodies_are_limited_in_size() {
    let service = Fixture::new();
    let limit = 64 << 10;
    assert_eq!(service.verify(vec![b' '; limit + 1]).await.refusal(), (413, "body_too_large"));
    // One that is just not too long is read; it is no envelope of a lawful size.
    assert_eq!(service.verify(vec![b' '; limit]).await.refusal(), (413, "too_large"));
    let large = sign(&key(), &Claims { context: vec![b'x'; 16 * 1024 + 1], ..claims(1) });
    assert_eq!(service.verify(large.to_json()).await.refusal(), (413, "too_large"));
}

#[tokio::test]
async fn bodies_have_to_be_json_by_their_type() {
    let service = Fixture::new();
    for kind in ["text/plain", "application/jsonp", "application/x-www-form-urlencoded", ""] {
        let request = Request::post("/api/verify-proof").header("content-type", kind);
        let answer = service.send(request.body(proof(1).into()).unwrap()).await;
        assert_eq!(answer.refusal(), (415, "content_type"), "{kind}");
    }
    let request = Request::post("/api/verify-proof").body(proof(1).into()).unwrap();
    assert_eq!(service.send(request).await.refusal(), (415, "content_type"));
    let request = Request::post("/api/verify-proof")
        .header("content-type", "Application/JSON; charset=utf-8");
    assert_eq!(service.send(request.body(proof(1).into()).unwrap()).await.status, 200);
}

#[tokio::test]
async fn a_service_that_cannot_remember_more_accepts_no_more() {
    let mut plan = Plan::default();
    plan.settings.remembered = 1;
    let service = Fixture::of(plan);
    assert_eq!(service.verify(proof(1)).await.status, 200);
    let answer = service.verify(proof(2)).await;
    assert_eq!(answer.refusal(), (503, "busy"));
    assert_eq!(answer.header("retry-after"), "1");
    // Once the first has expired there is room again.
    service.wait(95_000);
    let (issued_at_ms, expires_at_ms) = (NOW_MS + 95_000, NOW_MS + 96_000);
    let later = sign(&key(), &Claims { issued_at_ms, expires_at_ms, ..claims(3) });
    assert_eq!(service.verify(later.to_json()).await.status, 200);
}

#[tokio::test]
async fn legacy_shapes_are_taken_only_where_they_are_asked_for() {
    let answer = Fixture::new().verify(legacy(1).to_string()).await;
    assert_eq!(answer.refusal(), (400, "malformed"));

    let mut plan = Plan::default();
    plan.settings.legacy = true;
    let service = Fixture::of(plan);
    let answer = service.verify(legacy(1).to_string()).await;
    assert_eq!((answer.status.as_u16(), &answer.json["proof_type"]), (200, &json!("legacy")));
    assert_eq!(service.verify(legacy(1).to_string()).await.refusal(), (409, "replayed"));
    let answer = service.post("/api/verify-biometric-proof", legacy(2).to_string()).await;
    assert_eq!(answer.json["proof_type"], "biometric");
    assert!(answer.json.get("security_level").is_none());
    assert_eq!(service.verify(proof(1)).await.status, 200);
    let mut forged = legacy(3);
    forged["proof_bundle"]["context"] = json!(r#"{"timestamp":1700000000}"#);
    assert_eq!(service.verify(forged.to_string()).await.refusal(), (401, "invalid_signature"));
    // The label that the load test of that time had cannot be kept: nothing verifies under it.
    let mut labelled = legacy(4);
    labelled["proof_bundle"]["algorithm"] = json!("ECDSA-SHA256");
    let answer = service.verify(labelled.to_string()).await;
    assert_eq!(answer.refusal(), (400, "unsupported_algorithm"));
}
