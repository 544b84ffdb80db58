//! Revocations, credentials and challenges.

use axum::http::Request;
use serde_json::{Value, json};

use super::fixture::*;
use crate::encoding::base64url;

async fn is_revoked(service: &Fixture, id: &str) -> Value {
    let request = Request::get(format!("/api/revocations/{id}")).header("x-api-key", "all");
    let answer = service.send(request.body(String::new().into()).unwrap()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json["is_revoked"].clone()
}

#[tokio::test]
async fn a_revoked_proof_is_refused_however_its_signature_is_written() {
    let signature = envelope(1).signature;
    let lower = hex(&signature);
    for text in [base64url(&signature), lower.clone(), lower.to_uppercase()] {
        let service = Fixture::managed(Plan::default());
        assert_eq!(is_revoked(&service, &text).await, false);
        let body = json!({ "signature": text, "reason": "lost" });
        let answer = service.manage("/api/revocations", &body).await;
        assert_eq!((answer.status.as_u16(), &answer.json["revoked"]), (201, &json!("proof")));
        assert_eq!(service.verify(proof(1)).await.refusal(), (403, "revoked"));
        assert_eq!(service.verify(proof(2)).await.status, 200);
        for text in [base64url(&signature), lower.clone(), lower.to_uppercase()] {
            assert_eq!(is_revoked(&service, &text).await, true);
        }
        let again = json!({ "signature": lower.to_uppercase() });
        assert_eq!(service.manage("/api/revocations", &again).await.status, 200);
    }
}

#[tokio::test]
async fn a_legacy_proof_cannot_evade_its_revocation_by_the_case_of_a_letter() {
    let mut plan = Plan::default();
    plan.settings.legacy = true;
    let service = Fixture::managed(plan);
    let mut proof = legacy(1);
    let lower = proof["proof_bundle"]["signature"].as_str().unwrap().to_owned();
    service.manage("/api/revocations", &json!({ "signature": lower })).await;
    assert_eq!(service.verify(proof.to_string()).await.refusal(), (403, "revoked"));
    proof["proof_bundle"]["signature"] = json!(lower.to_uppercase());
    assert_eq!(service.verify(proof.to_string()).await.refusal(), (403, "revoked"));
}

#[tokio::test]
async fn a_revoked_key_is_refused_after_a_restart_too() {
    let service = Fixture::managed(Plan::default());
    assert_eq!(service.verify(proof(1)).await.status, 200);
    let text = hex(key().verifying_key().as_bytes());
    let body = json!({ "public_key": text });
    let answer = service.manage("/api/revocations", &body).await;
    assert_eq!((answer.status.as_u16(), &answer.json["revoked"]), (201, &json!("key")));
    assert_eq!(is_revoked(&service, &text).await, true);
    assert_eq!(service.verify(proof(2)).await.refusal(), (403, "key_revoked"));
    let service = service.again(Plan::default());
    assert_eq!(service.verify(proof(2)).await.refusal(), (403, "key_revoked"));
}

#[tokio::test]
async fn what_cannot_be_revoked_is_malformed() {
    let service = Fixture::managed(Plan::default());
    let key = base64url(&[1; 32]);
    for body in [
        json!({}),
        json!({ "reason": "x" }),
        json!({ "signature": "00" }),
        json!({ "signature": "g".repeat(128) }),
        json!({ "public_key": key, "signature": base64url(&[1; 64]) }),
        json!({ "public_key": key, "ttl_hours": 24 }),
        json!([]),
    ] {
        let answer = service.manage("/api/revocations", &body).await;
        assert_eq!(answer.refusal(), (400, "malformed"), "{body}");
    }
    let body = json!({ "public_key": key, "reason": "x".repeat(1025) });
    let answer = service.manage("/api/revocations", &body).await;
    assert_eq!(answer.refusal(), (413, "too_large"));
    for id in ["what", "%ff", "%00"] {
        let request = Request::get(format!("/api/revocations/{id}")).header("x-api-key", "all");
        let answer = service.send(request.body(String::new().into()).unwrap()).await;
        assert_eq!(answer.refusal(), (400, "malformed"));
    }
}

#[tokio::test]
async fn a_credential_cannot_be_taken_over() {
    let service = Fixture::managed(Plan::default());
    let key = |byte: u8| {
        let key = p256::ecdsa::SigningKey::from_slice(&[byte; 32]).unwrap();
        base64url(key.verifying_key().to_sec1_point(false).as_bytes())
    };
    let body = |key: &str| json!({ "credential_id": base64url(b"c"), "public_key": key });
    let path = "/api/credentials";
    assert_eq!(service.manage(path, &body(&key(1))).await.status, 201);
    assert_eq!(service.manage(path, &body(&key(1))).await.status, 200);
    let answer = service.manage(path, &body(&key(2))).await;
    assert_eq!(answer.refusal(), (409, "credential_taken"));
    let off_curve = base64url(&[&[4][..], &[1; 64]].concat());
    assert_eq!(service.manage(path, &body(&off_curve)).await.refusal(), (400, "malformed"));
    let nameless = json!({ "credential_id": "", "public_key": key(1) });
    assert_eq!(service.manage(path, &nameless).await.refusal(), (400, "malformed"));
}

#[tokio::test]
async fn a_challenge_can_be_checked_by_whoever_knows_its_nonce() {
    let service = Fixture::new();
    let context_sha256 = crate::signed::sha256(&context());
    let body = json!({ "context_sha256": base64url(&context_sha256) }).to_string();
    let answer = service.post("/api/challenges", body.clone()).await;
    let bytes = |key: &str| {
        crate::encoding::fixed::<32>("bytes", answer.json[key].as_str().unwrap()).unwrap()
    };
    let challenge = crate::webauthn::challenge(&bytes("nonce"), &context_sha256);
    assert_eq!(challenge, bytes("challenge"));
    assert_eq!(answer.json["expires_at"], NOW_MS + 120_000);
    let other = service.post("/api/challenges", body).await;
    assert_ne!(other.json["nonce"], answer.json["nonce"]);
    let answer = service.post("/api/challenges", r#"{"context_sha256":""}"#).await;
    assert_eq!(answer.refusal(), (400, "malformed"));
}
