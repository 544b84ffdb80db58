//! Assertions of an authenticator, made by one of P-256 that is written here.

use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};

use super::fixture::*;
use crate::encoding::base64url;
use crate::signed::sha256;

const PATH: &str = "/api/verify-biometric-proof";
const ORIGIN: &str = "http://localhost:8000";

/// What an authenticator and its browser state.
struct Stated {
    kind: &'static str,
    origin: &'static str,
    party: &'static str,
    flags: u8,
    counter: u32,
}

const GOOD: Stated =
    Stated { kind: "webauthn.get", origin: ORIGIN, party: "localhost", flags: 5, counter: 1 };

fn authenticator() -> SigningKey {
    SigningKey::from_slice(&[9; 32]).unwrap()
}

fn public_key() -> String {
    base64url(authenticator().verifying_key().to_sec1_point(false).as_bytes())
}

fn assertion(challenge: &str, stated: &Stated) -> Value {
    let client = json!({ "type": stated.kind, "challenge": challenge, "origin": stated.origin });
    let client = client.to_string();
    let mut data = sha256(stated.party.as_bytes()).to_vec();
    data.push(stated.flags);
    data.extend(stated.counter.to_be_bytes());
    let signed = [&data[..], &sha256(client.as_bytes())].concat();
    let signature: Signature = authenticator().sign(&signed);
    json!({
        "credential_id": base64url(b"credential"),
        "authenticator_data": base64url(&data),
        "client_data_json": base64url(client.as_bytes()),
        "signature": base64url(signature.to_der().as_bytes()),
        "context_type": "login",
        "context": base64url(&context()),
    })
}

async fn registered() -> Fixture {
    let service = Fixture::managed(Plan::default());
    let body = json!({ "credential_id": base64url(b"credential"), "public_key": public_key() });
    assert_eq!(service.manage("/api/credentials", &body).await.status, 201);
    service
}

async fn challenge(service: &Fixture) -> String {
    let body = json!({ "context_sha256": base64url(&sha256(&context())) });
    let answer = service.post("/api/challenges", body.to_string()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json["challenge"].as_str().unwrap().to_owned()
}

async fn send(service: &Fixture, assertion: &Value) -> Answer {
    service.post(PATH, assertion.to_string()).await
}

#[tokio::test]
async fn a_good_assertion_is_verified_once() {
    let service = registered().await;
    let assertion = assertion(&challenge(&service).await, &GOOD);
    let answer = send(&service, &assertion).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json["proof_type"], "biometric");
    assert_eq!(answer.json["security_level"], "high");
    assert_eq!(answer.json["verification_id"], "bio-verify-000002");
    assert_eq!(send(&service, &assertion).await.refusal(), (401, "wrong_challenge"));
}

#[tokio::test]
async fn a_counter_that_stands_still_is_refused_even_after_a_restart() {
    let service = registered().await;
    let seventh = Stated { counter: 7, ..GOOD };
    let first = assertion(&challenge(&service).await, &seventh);
    assert_eq!(send(&service, &first).await.status, 200);
    let second = assertion(&challenge(&service).await, &seventh);
    assert_eq!(send(&service, &second).await.refusal(), (409, "counter_not_raised"));
    let service = service.again(Plan::default());
    let third = assertion(&challenge(&service).await, &seventh);
    assert_eq!(send(&service, &third).await.refusal(), (409, "counter_not_raised"));
    let eighth = Stated { counter: 8, ..GOOD };
    let fourth = assertion(&challenge(&service).await, &eighth);
    assert_eq!(send(&service, &fourth).await.status, 200);
}

#[tokio::test]
async fn what_is_stated_is_checked_and_each_refusal_has_its_code() {
    let service = registered().await;
    for (stated, code) in [
        (Stated { kind: "webauthn.create", ..GOOD }, "wrong_type"),
        (Stated { origin: "http://localhost:8001", ..GOOD }, "wrong_origin"),
        (Stated { party: "example.org", ..GOOD }, "wrong_relying_party"),
        (Stated { flags: 4, ..GOOD }, "user_not_present"),
        (Stated { flags: 1, ..GOOD }, "user_not_verified"),
    ] {
        let assertion = assertion(&challenge(&service).await, &stated);
        assert_eq!(send(&service, &assertion).await.refusal(), (401, code));
    }
}

#[tokio::test]
async fn a_challenge_is_for_one_context_and_for_a_while() {
    let service = registered().await;
    let mut other = assertion(&challenge(&service).await, &GOOD);
    let context = String::from_utf8(context()).unwrap().replace("u-1", "u-2");
    other["context"] = json!(base64url(context.as_bytes()));
    assert_eq!(send(&service, &other).await.refusal(), (401, "wrong_challenge"));
    let made_up = assertion(&base64url(&[3; 32]), &GOOD);
    assert_eq!(send(&service, &made_up).await.refusal(), (401, "wrong_challenge"));
    let late = assertion(&challenge(&service).await, &GOOD);
    service.wait(120_000);
    assert_eq!(send(&service, &late).await.refusal(), (401, "wrong_challenge"));
}

#[tokio::test]
async fn credentials_and_signatures_have_to_fit() {
    let service = registered().await;
    let mut unknown = assertion(&challenge(&service).await, &GOOD);
    unknown["credential_id"] = json!(base64url(b"another"));
    assert_eq!(send(&service, &unknown).await.refusal(), (401, "unknown_credential"));
    let mut forged = assertion(&challenge(&service).await, &GOOD);
    forged["signature"] = assertion(&base64url(&[3; 32]), &GOOD)["signature"].clone();
    assert_eq!(send(&service, &forged).await.refusal(), (401, "invalid_signature"));
    let mut torn = assertion(&challenge(&service).await, &GOOD);
    torn["authenticator_data"] = json!("AAAA");
    assert_eq!(send(&service, &torn).await.refusal(), (400, "malformed"));
    assert_eq!(service.post(PATH, proof(1)).await.refusal(), (400, "malformed"));
}
