//! What those see who watch the service: health, metrics, ids, and how it fails and ends.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request};
use http_body_util::{BodyExt, Empty};
use rusqlite::Connection;
use serde_json::json;

use super::fixture::*;
use crate::audit;

#[tokio::test]
async fn health_tells_how_long_and_how_much() {
    let service = Fixture::new();
    service.wait(5000);
    for (path, processed) in [("/api/health", 0), ("/health", 1)] {
        let answer = service.get(path).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json["status"], "healthy");
        assert_eq!(answer.json["uptime_seconds"], 5);
        assert_eq!(answer.json["requests_processed"], processed);
    }
}

#[tokio::test]
async fn metrics_tell_endpoint_status_and_code() {
    let service = Fixture::new();
    service.verify(proof(1)).await;
    service.verify(proof(1)).await;
    service.post("/api/batch-verify-proofs", format!(r#"{{"proofs":[{}]}}"#, proof(2))).await;
    service.get("/no/such/place").await;
    let answer = service.get("/metrics").await;
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
    let verify = r#"endpoint="/api/verify-proof""#;
    for line in [
        &format!(r#"proofs_requests_total{{{verify},status="200",code="ok"}} 1"#),
        &format!(r#"proofs_requests_total{{{verify},status="409",code="replayed"}} 1"#),
        r#"proofs_requests_total{endpoint="unknown",status="404",code="not_found"} 1"#,
        &format!(r#"proofs_request_duration_milliseconds_count{{{verify}}} 2"#),
        "proofs_batch_size_sum 1.0",
        "proofs_verify_microseconds_count 3",
        "proofs_audit_queue 0",
        "proofs_replay_set 2",
        r#"proofs_build_info{version="0.1.0","#,
        "# EOF",
    ] {
        assert!(answer.text.contains(line), "{line} is not in\n{}", answer.text);
    }
    for edge in ["1.0", "2.0", "5.0", "75.0", "150.0", "300.0", "500.0", "1000.0", "+Inf"] {
        let bucket =
            format!(r#"proofs_request_duration_milliseconds_bucket{{le="{edge}",{verify}}}"#);
        assert!(answer.text.contains(&bucket), "{bucket} is not in\n{}", answer.text);
    }
}

#[tokio::test]
async fn each_answer_has_an_id_and_a_plain_one_is_kept() {
    let service = Fixture::new();
    let ask = |id: &'static str| {
        service
            .send(Request::get("/health").header("x-request-id", id).body(Body::empty()).unwrap())
    };
    assert_eq!(ask("abc-123_.").await.header("x-request-id"), "abc-123_.");
    for bad in ["", "a b", "a\"b", "x".repeat(65).leak()] {
        assert_ne!(ask(bad).await.header("x-request-id"), bad);
    }
    let first = service.get("/health").await;
    let second = service.get("/health").await;
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
}

#[tokio::test]
async fn a_service_that_cannot_write_accepts_nothing_and_says_so() {
    let service = Fixture::new();
    assert_eq!(service.get("/ready").await.status, 200);
    let db = Connection::open(service.database()).unwrap();
    db.execute_batch(
        "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no space'); END;
         CREATE TRIGGER fuller BEFORE INSERT ON head BEGIN SELECT RAISE(ABORT, 'no space'); END",
    )
    .unwrap();
    let answer = service.verify(proof(1)).await;
    assert_eq!(answer.refusal(), (503, "audit_unavailable"));
    assert!(!answer.text.contains("no space"), "{}", answer.text);
    let answer = service.get("/ready").await;
    assert_eq!((answer.status.as_u16(), &answer.json["checks"]["audit"]), (503, &json!("down")));
    assert_eq!(service.get("/health").await.status, 200);
    db.execute_batch("DROP TRIGGER full; DROP TRIGGER fuller").unwrap();
    assert_eq!(service.get("/ready").await.status, 200);
    // The use was given back, so that the client may try again.
    assert_eq!(service.verify(proof(1)).await.status, 200);
}

#[tokio::test]
async fn a_draining_service_is_not_ready_and_still_answers() {
    let service = Fixture::new();
    service.service.drain();
    let answer = service.get("/ready").await;
    assert_eq!((answer.status.as_u16(), &answer.json["checks"]["draining"]), (503, &json!(true)));
    assert_eq!(service.verify(proof(1)).await.status, 200);
    service.service.close();
    assert_eq!(service.verify(proof(2)).await.refusal(), (503, "audit_unavailable"));
    assert_eq!(audit::verify(&service.database()).unwrap().sequence, 1);
}

#[tokio::test]
async fn a_changed_row_is_named() {
    let service = Fixture::new();
    for number in 1..=5 {
        assert_eq!(service.verify(proof(number)).await.status, 200);
    }
    service.service.close();
    assert_eq!(audit::verify(&service.database()).unwrap().sequence, 5);
    let db = Connection::open(service.database()).unwrap();
    db.execute_batch("UPDATE audit SET client = 'somebody' WHERE sequence = 4").unwrap();
    let broken = audit::verify(&service.database()).unwrap_err().to_string();
    assert_eq!(broken, "row 4 of the audit log was changed, or a row before it");
}

/// A body of which nothing comes before the future ends.
fn body_after(
    trailers: impl Future<Output = Option<Result<HeaderMap, io::Error>>> + Send + 'static,
) -> Body {
    let nothing = Empty::<Bytes>::new().map_err(|never| match never {});
    Body::new(nothing.with_trailers(trailers).boxed_unsync())
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let mut plan = Plan::default();
    plan.settings.body_time = Duration::from_millis(1);
    let answer = Fixture::of(plan).verify(body_after(std::future::pending())).await;
    assert_eq!(answer.refusal(), (408, "slow_body"));
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() {
    let mut plan = Plan::default();
    plan.settings.request_time = Duration::from_millis(1);
    let answer = Fixture::of(plan).verify(body_after(std::future::pending())).await;
    assert_eq!(answer.refusal(), (503, "timed_out"));
    assert_eq!(answer.header("retry-after"), "1");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_told() {
    let broken = body_after(async { Some(Err(io::Error::other("reset"))) });
    let answer = Fixture::new().verify(broken).await;
    assert_eq!(answer.refusal(), (400, "body_broken"));
}

#[tokio::test]
async fn a_panic_is_an_answer_and_not_the_end() {
    let panicking = body_after(async { panic!("a bug in a handler") });
    let service = Fixture::new();
    let answer = service.verify(panicking).await;
    assert_eq!(answer.refusal(), (500, "internal"));
    assert!(!answer.text.contains("a bug"));
    assert_eq!(service.verify(proof(1)).await.status, 200);
}
