//! The document says what the code does, and the code does what the document says.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::Value;

use super::fixture::*;
use crate::audit::AuditError;
use crate::refusal::{Refusal, Revoked};
use crate::service::access::Scope;
use crate::service::*;

fn document() -> Value {
    serde_json::from_str(status::OPENAPI).unwrap()
}

/// One of each refusal. The match makes a new one fail to compile until it is here.
fn refusals() -> Vec<Refusal> {
    let text = String::new;
    let all = vec![
        Refusal::Malformed { field: "", reason: text() },
        Refusal::UnsupportedVersion { found: 2 },
        Refusal::UnsupportedAlgorithm { field: "", expected: "" },
        Refusal::TooLarge { field: "", bytes: 2, limit: 1 },
        Refusal::PolicyViolated { detail: text() },
        Refusal::Expired { ago_ms: 1 },
        Refusal::NotYetValid { ahead_ms: 1 },
        Refusal::LivesTooLong { lives_ms: 2, limit_ms: 1 },
        Refusal::UnknownKey,
        Refusal::WeakKey,
        Refusal::InvalidSignature,
        Refusal::WrongBody,
        Refusal::Revoked { what: Revoked::Proof },
        Refusal::Revoked { what: Revoked::Key },
        Refusal::Replayed,
        Refusal::Busy,
        Refusal::WrongType,
        Refusal::WrongChallenge,
        Refusal::WrongOrigin,
        Refusal::WrongRelyingParty,
        Refusal::UserNotPresent,
        Refusal::UserNotVerified,
        Refusal::CounterNotRaised,
        Refusal::UnknownCredential,
    ];
    for refusal in &all {
        match refusal {
            Refusal::Malformed { .. }
            | Refusal::UnsupportedVersion { .. }
            | Refusal::UnsupportedAlgorithm { .. }
            | Refusal::TooLarge { .. }
            | Refusal::PolicyViolated { .. }
            | Refusal::Expired { .. }
            | Refusal::NotYetValid { .. }
            | Refusal::LivesTooLong { .. }
            | Refusal::UnknownKey
            | Refusal::WeakKey
            | Refusal::InvalidSignature
            | Refusal::WrongBody
            | Refusal::Revoked { what: Revoked::Proof | Revoked::Key }
            | Refusal::Replayed
            | Refusal::Busy
            | Refusal::WrongType
            | Refusal::WrongChallenge
            | Refusal::WrongOrigin
            | Refusal::WrongRelyingParty
            | Refusal::UserNotPresent
            | Refusal::UserNotVerified
            | Refusal::CounterNotRaised
            | Refusal::UnknownCredential => {}
        }
    }
    all
}

/// One of each failure, likewise.
fn failures() -> Vec<Failure> {
    let own = vec![
        Failure::BeforeRestart,
        Failure::CredentialTaken,
        Failure::Unauthenticated { reason: "" },
        Failure::Forbidden { scope: Scope::Verify },
        Failure::NotFound,
        Failure::MethodNotAllowed,
        Failure::SlowBody,
        Failure::BodyTooLarge { limit: 1 },
        Failure::ContentType,
        Failure::BodyBroken,
        Failure::Limited { seconds: 1 },
        Failure::Internal,
        Failure::TimedOut,
        Failure::Audit(AuditError::Closed),
    ];
    for failure in &own {
        match failure {
            Failure::Refused(_)
            | Failure::BeforeRestart
            | Failure::CredentialTaken
            | Failure::Unauthenticated { .. }
            | Failure::Forbidden { .. }
            | Failure::NotFound
            | Failure::MethodNotAllowed
            | Failure::SlowBody
            | Failure::BodyTooLarge { .. }
            | Failure::ContentType
            | Failure::BodyBroken
            | Failure::Limited { .. }
            | Failure::Internal
            | Failure::TimedOut
            | Failure::Audit(_) => {}
        }
    }
    refusals().into_iter().map(Failure::Refused).chain(own).collect()
}

#[test]
fn every_code_is_in_the_document_with_its_status_and_no_other_is() {
    let document = document();
    let code = &document["components"]["schemas"]["Code"];
    let stated: BTreeMap<String, u16> = serde_json::from_value(code["x-status"].clone()).unwrap();
    let known: BTreeMap<String, u16> =
        failures().iter().map(|f| (f.code().to_owned(), f.status().as_u16())).collect();
    assert_eq!(known.len(), failures().len(), "two failures have one code");
    assert_eq!(stated, known);
    let listed: BTreeSet<String> = serde_json::from_value(code["enum"].clone()).unwrap();
    assert_eq!(listed, known.into_keys().collect());
}

#[test]
fn every_route_is_in_the_document_and_in_the_metrics_and_no_other_is() {
    let document = document();
    let stated: BTreeSet<&str> =
        document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    let routed = client_routes().into_iter().chain(status_routes()).map(|(path, _)| path);
    assert_eq!(stated, routed.collect());
    assert_eq!(stated, ENDPOINTS.into_iter().collect());
}

#[tokio::test]
async fn every_address_takes_the_methods_of_the_document_and_no_others() {
    let service = Fixture::managed(Plan::default());
    for (path, operations) in document()["paths"].as_object().unwrap() {
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            let request = Request::builder().method(&method).uri(path.replace("{id}", "x"));
            let request = request.header("x-api-key", "all").body(Body::empty()).unwrap();
            let status = service.send(request).await.status.as_u16();
            let is_stated = operations.get(method.as_str().to_lowercase()).is_some();
            assert_eq!(status == 405, !is_stated, "{method} {path} gives {status}");
            assert_ne!(status, 404, "{method} {path}");
            if is_stated {
                let operation = &operations[method.as_str().to_lowercase()];
                assert!(
                    operation["responses"].get(status.to_string()).is_some(),
                    "{path} {status}"
                );
            }
        }
    }
}

#[test]
fn every_status_of_a_document_s_operation_can_be_an_answer() {
    let statuses: BTreeSet<String> = failures()
        .iter()
        .map(|failure| failure.status().as_u16().to_string())
        .chain(["200".to_owned(), "201".to_owned()])
        .collect();
    for (path, operations) in document()["paths"].as_object().unwrap() {
        for operation in operations.as_object().unwrap().values() {
            for status in operation["responses"].as_object().unwrap().keys() {
                assert!(statuses.contains(status), "{path} {status}");
            }
        }
    }
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    fn check(value: &Value, document: &Value) {
        match value {
            Value::Object(fields) => {
                if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
                    let pointer = reference.strip_prefix('#').unwrap();
                    assert!(document.pointer(pointer).is_some(), "{reference}");
                }
                fields.values().for_each(|value| check(value, document));
            }
            Value::Array(items) => items.iter().for_each(|value| check(value, document)),
            _ => {}
        }
    }
    check(&document(), &document());
}

#[tokio::test]
async fn unknown_addresses_and_methods_have_the_shape_of_every_error() {
    let service = Fixture::new();
    assert_eq!(service.get("/").await.refusal(), (404, "not_found"));
    let answer = service.get("/api/verify-proof").await;
    assert_eq!(answer.refusal(), (405, "method_not_allowed"));
    assert_eq!(answer.header("allow"), "POST");
    let answer = service.get("/openapi.json").await;
    assert_eq!((answer.status.as_u16(), answer.json), (200, document()));
}
