//! The document says what the code does, and the code does what the document says.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::Value;

use super::fixture::*;
use crate::service::*;

fn document() -> Value {
    serde_json::from_str(status::OPENAPI).unwrap()
}

/// One of each failure. The match makes a new one fail to compile until it is here.
fn failures() -> Vec<Failure> {
    let text = String::new;
    let all = vec![
        Failure::Malformed(text()),
        Failure::BodyBroken,
        Failure::Gradients(text()),
        Failure::Shape(text()),
        Failure::Invalid(Vec::new()),
        Failure::Unauthenticated { given: true },
        Failure::NotFound,
        Failure::MethodNotAllowed,
        Failure::SlowBody,
        Failure::BodyTooLarge { limit: 1 },
        Failure::ContentType,
        Failure::Limited { seconds: 1 },
        Failure::NotComputed(text()),
        Failure::Internal,
        Failure::Busy,
        Failure::NoPlace,
        Failure::TimedOut,
        Failure::Other(StatusCode::BAD_REQUEST),
    ];
    for failure in &all {
        match failure {
            Failure::Malformed(_)
            | Failure::BodyBroken
            | Failure::Gradients(_)
            | Failure::Shape(_)
            | Failure::Invalid(_)
            | Failure::Unauthenticated { .. }
            | Failure::NotFound
            | Failure::MethodNotAllowed
            | Failure::SlowBody
            | Failure::BodyTooLarge { .. }
            | Failure::ContentType
            | Failure::Limited { .. }
            | Failure::NotComputed(_)
            | Failure::Internal
            | Failure::Busy
            | Failure::NoPlace
            | Failure::TimedOut
            | Failure::Other(_) => {}
        }
    }
    all
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
fn every_route_is_in_the_document_and_in_the_metrics() {
    let document = document();
    let stated: BTreeSet<&str> =
        document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(stated, routes().into_iter().map(|(path, _)| path).collect());
    assert!(stated.is_subset(&ENDPOINTS.into_iter().collect()));
}

#[tokio::test]
async fn pages_and_streams_are_known_to_the_metrics_and_public() {
    let keys = Keys::of(["key"]);
    let service = Fixture::of(Options { keys, keys_required: true, ..options() });
    for path in ["/", "/live/nothing", "/ws/stream_features", "/ws/simulation_live"] {
        assert_ne!(service.get(path).await.status, 401, "{path}");
    }
    let text = service.get("/metrics").await.text;
    for endpoint in ["/", "/live/{part}", "/ws/stream_features", "/ws/simulation_live"] {
        let label = format!(r#"endpoint="{endpoint}",method="GET""#);
        assert!(text.contains(&label), "{label} is not in\n{text}");
    }
    assert!(!text.contains("/other"), "{text}");
}

#[tokio::test]
async fn every_address_takes_the_methods_of_the_document_and_no_others() {
    let service = Fixture::new();
    for (path, operations) in document()["paths"].as_object().unwrap() {
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            let request = Request::builder().method(&method).uri(path);
            let status = service.send(request.body(Body::empty()).unwrap()).await.status.as_u16();
            let operation = operations.get(method.as_str().to_lowercase());
            assert_eq!(status == 405, operation.is_none(), "{method} {path} gives {status}");
            if let Some(operation) = operation {
                let stated = operation["responses"].get(status.to_string());
                assert!(stated.is_some(), "{path} {status}");
            }
        }
    }
}

#[tokio::test]
async fn every_example_is_answered_as_the_document_says() {
    let service = Fixture::new();
    let mut asked = 0;
    for (path, operations) in document()["paths"].as_object().unwrap() {
        let operation = &operations["post"];
        let examples = &operation["requestBody"]["content"]["application/json"]["examples"];
        for (name, example) in examples.as_object().into_iter().flatten() {
            let (status, expected) = stated(operation, name);
            let answer = service.post(path, example["value"].to_string()).await;
            assert_eq!(answer.status.as_str(), status, "{path} {name}: {}", answer.text);
            compare(&format!("{path} {name}"), &expected, &answer.json);
            conforms(&document(), operation, &answer);
            asked += 1;
        }
    }
    assert!(asked >= 18, "{asked}");
}

/// The answer of that name, and its status.
fn stated(operation: &Value, name: &str) -> (String, Value) {
    let found =
        operation["responses"].as_object().unwrap().iter().find_map(|(status, response)| {
            let example = &response["content"]["application/json"]["examples"][name];
            example.is_object().then(|| (status.clone(), example["value"].clone()))
        });
    found.unwrap_or_else(|| panic!("no answer is stated for `{name}`"))
}

/// What is stated is answered; numbers up to the digits they are stated with.
fn compare(place: &str, expected: &Value, found: &Value) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (name, value) in expected {
                let found = found.get(name).unwrap_or(&Value::Null);
                compare(&format!("{place} {name}"), value, found);
            }
        }
        (Value::Number(expected), Value::Number(found)) => {
            let text = expected.to_string();
            let allowed = match text.split_once('.') {
                Some((_, digits)) => 0.51 / 10_f64.powf(digits.len().min(9) as f64),
                None => 0.0,
            };
            let (expected, found) = (expected.as_f64().unwrap(), found.as_f64().unwrap());
            assert!((expected - found).abs() <= allowed, "{place}: {expected} is {found}");
        }
        _ => assert_eq!(expected, found, "{place}"),
    }
}

/// The answer has the fields of its schema, all of them and no others.
fn conforms(document: &Value, operation: &Value, answer: &Answer) {
    let response = &operation["responses"][answer.status.as_str()];
    let schema = &response["content"]["application/json"]["schema"];
    let schema = document.pointer(&schema["$ref"].as_str().unwrap()[1..]).unwrap();
    let required: BTreeSet<&str> =
        schema["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let found: BTreeSet<&str> =
        answer.json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(required, found, "{}", answer.text);
}

#[test]
fn every_status_of_an_operation_can_be_an_answer() {
    let statuses: BTreeSet<String> = failures()
        .iter()
        .map(|failure| failure.status().as_u16().to_string())
        .chain(["200".to_owned()])
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
async fn the_document_is_served_as_it_is_and_as_a_page() {
    let service = Fixture::new();
    let answer = service.get("/openapi.json").await;
    assert_eq!((answer.status.as_u16(), answer.json), (200, document()));
    let page = service.get("/docs").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    for path in document()["paths"].as_object().unwrap().keys() {
        assert!(page.text.contains(path.as_str()), "{path}");
    }
}
