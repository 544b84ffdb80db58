//! Bad input, and the one shape of its answers.

use axum::body::Body;
use axum::http::Request;
use proptest::prelude::*;
use serde_json::json;

use super::fixture::*;
use crate::service::*;

const POSTS: [&str; 5] = ["/nernst", "/simulate", "/features", "/validate", "/federated/aggregate"];

#[tokio::test]
async fn what_is_no_object_is_refused_everywhere() {
    let service = Fixture::new();
    for path in POSTS {
        for body in ["", "[]", "{", "null", "{\"seed\": NaN}", "{\"seed\": 1, \"seed\": 1}"] {
            let answer = service.post(path, body).await;
            assert_eq!(answer.refusal(), (400, "malformed_json"), "{path} {body}");
        }
        let answer = service.post(path, vec![0xff, 0xfe]).await;
        assert_eq!(answer.refusal(), (400, "malformed_json"));
    }
}

#[tokio::test]
async fn a_field_that_does_not_exist_is_refused_by_its_name() {
    let service = Fixture::new();
    for path in POSTS {
        let answer = service.post(path, r#"{"gridsize": 32}"#).await;
        assert!(answer.fields().contains(&"gridsize"), "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn all_mistakes_of_a_simulation_are_told_with_their_bounds() {
    let body = json!({
        "seed": -1, "grid_size": 7, "steps": 1001, "alpha": 0.26, "spike_probability": 1.5,
        "turing_enabled": "yes", "boundary": "open", "streams": "slow", "compat": "v3",
    });
    let answer = Fixture::new().post("/simulate", body.to_string()).await;
    let fields = [
        "seed",
        "grid_size",
        "steps",
        "alpha",
        "spike_probability",
        "turing_enabled",
        "boundary",
        "streams",
        "compat",
    ];
    assert_eq!(answer.fields(), fields);
    let alpha = &answer.json["detail"][3];
    assert_eq!(
        *alpha,
        json!({
            "field": "alpha", "value": "0.26", "expected": "a number from 0.001 to 0.25"
        })
    );
    assert!(answer.json["message"].as_str().unwrap().contains("`grid_size` is 7"));
}

#[tokio::test]
async fn the_bounds_themselves_are_taken() {
    let service = Fixture::new();
    for body in [
        json!({ "grid_size": 8, "steps": 1, "alpha": 0.25, "spike_probability": 0, "seed": 0 }),
        json!({ "grid_size": 256, "steps": 1, "spike_probability": 1, "seed": u64::MAX }),
    ] {
        let answer = service.post("/simulate", body.to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    for (field, value) in [
        ("grid_size", json!(7)),
        ("grid_size", json!(257)),
        ("grid_size", json!(8.5)),
        ("steps", json!(0)),
        ("alpha", json!(0)),
        ("alpha", json!(0.250_001)),
        ("spike_probability", json!(-0.001)),
        ("turing_enabled", json!(1)),
        ("seed", json!(null)),
    ] {
        let body = json!({ field: value }).to_string();
        assert_eq!(service.post("/simulate", body).await.fields(), [field]);
    }
}

#[tokio::test]
async fn ions_out_of_bounds_are_refused() {
    let service = Fixture::new();
    let ask = |field: &'static str, value: serde_json::Value| {
        let mut body = json!({ "concentration_out_molar": 0.1, "concentration_in_molar": 0.1 });
        body[field] = value;
        service.post("/nernst", body.to_string())
    };
    for (field, value) in [
        ("z_valence", json!(0)),
        ("z_valence", json!(4)),
        ("z_valence", json!(-4)),
        ("z_valence", json!(1.5)),
        ("concentration_out_molar", json!(0)),
        ("concentration_in_molar", json!(-1)),
        ("temperature_k", json!(272.9)),
        ("temperature_k", json!(373.1)),
    ] {
        assert_eq!(ask(field, value).await.fields(), [field]);
    }
    for (field, value) in [
        ("z_valence", json!(-3)),
        ("z_valence", json!(3)),
        ("temperature_k", json!(273)),
        ("temperature_k", json!(373)),
        ("concentration_in_molar", json!(1e-12)),
    ] {
        assert_eq!(ask(field, value).await.status, 200, "{field}");
    }
}

#[tokio::test]
async fn gradients_that_cannot_be_aggregated_have_a_code_of_their_own() {
    let service = Fixture::new();
    for gradients in [
        "[]",
        "[[]]",
        "[[1], [1, 2]]",
        "[[1], []]",
        "[1, 2]",
        "[[null]]",
        "[[\"1\"]]",
        "{}",
        "null",
        "[[1e999]]",
        "[[1], [-1e400]]",
        "true",
    ] {
        let body = format!(r#"{{"gradients": {gradients}}}"#);
        let answer = service.post("/federated/aggregate", body).await;
        assert_eq!(answer.refusal(), (400, "invalid_gradients"), "{gradients}");
    }
    let nan = service.post("/federated/aggregate", r#"{"gradients": [[NaN]]}"#).await;
    assert_eq!(nan.refusal(), (400, "malformed_json"));
    let none = service.post("/federated/aggregate", "{}").await;
    assert_eq!(none.fields(), ["gradients"]);
    for (field, value) in [
        ("byzantine_fraction", json!(0.5)),
        ("byzantine_fraction", json!(-0.1)),
        ("num_clusters", json!(0)),
        ("num_clusters", json!(1001)),
    ] {
        let body = json!({ "gradients": [[1.0]], field: value }).to_string();
        assert_eq!(service.post("/federated/aggregate", body).await.fields(), [field]);
    }
}

#[tokio::test]
async fn a_body_has_to_be_json_and_not_too_long() {
    let service = Fixture::of(Options { body_limit: 100, ..options() });
    for kind in ["text/plain", "application/x-www-form-urlencoded", ""] {
        let answer = service.send(with("content-type", kind, posting("/nernst", "{}"))).await;
        assert_eq!(answer.refusal(), (415, "unsupported_media_type"), "{kind}");
    }
    let kind = "Application/JSON; charset=utf-8";
    let answer = service.send(with("content-type", kind, posting("/nernst", "{}"))).await;
    assert_eq!(answer.status, 422);
    let answer = service.post("/nernst", " ".repeat(101)).await;
    assert_eq!(answer.refusal(), (413, "body_too_large"));
    assert!(answer.json["message"].as_str().unwrap().contains("100 bytes"));
}

#[tokio::test]
async fn more_gradients_than_are_taken_are_refused() {
    let service = Fixture::new();
    let body = format!(r#"{{"gradients": [{}[]]}}"#, "[],".repeat(10_000));
    let answer = service.post("/federated/aggregate", body).await;
    assert_eq!(answer.refusal(), (400, "invalid_gradients"));
    assert!(answer.text.contains("more than 10000"), "{}", answer.text);
}

#[tokio::test]
async fn only_so_many_large_bodies_are_read_at_a_time() {
    let service = Fixture::new();
    let places = service.state.large_bodies();
    let taken = places.try_acquire_many(u32::try_from(body::LARGE_AT_A_TIME).unwrap()).unwrap();
    let large = " ".repeat(40_000);
    let stated = |body: &str| {
        let length = body.len().to_string();
        with("content-length", &length, posting("/nernst", body.to_owned()))
    };
    assert_eq!(service.send(stated(&large)).await.refusal(), (503, "service_unavailable"));
    assert_eq!(service.send(posting("/nernst", large.clone())).await.refusal().0, 503);
    assert_eq!(service.send(stated("{}")).await.refusal().0, 422);
    drop(taken);
    assert_eq!(service.send(stated(&large)).await.refusal(), (400, "malformed_json"));
}

#[tokio::test]
async fn unknown_addresses_and_methods_have_the_shape_of_every_error() {
    let service = Fixture::new();
    for path in ["/live/", "/redoc", "/simulate/", "/SIMULATE", "/api/simulate", "/health/x"] {
        assert_eq!(service.get(path).await.refusal(), (404, "not_found"), "{path}");
    }
    for path in POSTS {
        let answer = service.get(path).await;
        assert_eq!(answer.refusal(), (405, "method_not_allowed"), "{path}");
        assert_eq!(answer.header("allow"), "POST");
    }
    assert_eq!(service.post("/health", "{}").await.refusal().0, 405);
}

#[tokio::test]
async fn a_head_has_the_headers_of_the_answer_and_no_body() {
    let request = Request::head("/health").body(Body::empty()).unwrap();
    let answer = Fixture::new().send(request).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, ""));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_is_sent_is_answered_and_never_with_an_error_of_the_service(
        path in prop::sample::select(POSTS.to_vec()),
        name in prop::sample::select(vec![
            "seed", "grid_size", "steps", "alpha", "gradients", "field_mV", "epochs", "z_valence",
            "num_clusters", "byzantine_fraction", "concentration_in_molar", "x",
        ]),
        value in prop::sample::select(vec![
            "0", "-1", "1e308", "[]", "[[]]", "[[1]]", "{}", "\"\"", "true", "null", "1e-320",
            "[[1,2],[3,4]]", "\"\\u0000\"", "[[[1]]]", "99999999999999999999",
        ]),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        // Where the value is good, the rest is as small as can be.
        let small = match path {
            "/simulate" | "/features" | "/validate" if !["grid_size", "steps"].contains(&name) => {
                r#","grid_size":8,"steps":1"#
            }
            _ => "",
        };
        let body = format!(r#"{{"{name}":{value}{small}}}"#);
        let answer = runtime.block_on(async { Fixture::new().post(path, body).await });
        prop_assert!(answer.status.as_u16() < 500, "{}", answer.text);
        if answer.status != 200 {
            answer.refusal();
        }
    }
}
