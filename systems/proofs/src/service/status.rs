//! How the service is, for those who watch it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::Service;
use super::clock::{Stopwatch, timestamp};
use super::metrics::MEDIA_TYPE;

/// The description of the interface, for programs.
pub const OPENAPI: &str = include_str!("../../openapi.json");

/// The process is there and answers.
pub async fn health(State(service): State<Arc<Service>>) -> Json<Value> {
    let stopwatch = Stopwatch::start();
    let now_ms = service.clock.now_ms();
    Json(json!({
        "status": "healthy",
        "timestamp": timestamp(now_ms),
        "uptime_seconds": now_ms.saturating_sub(service.started_ms) / 1000,
        "requests_processed": service.metrics.total(),
        "processing_time_ms": stopwatch.elapsed_ms(),
    }))
}

/// Whether requests should be sent here: proofs can be accepted only if they can be written down.
pub async fn ready(State(service): State<Arc<Service>>) -> (StatusCode, Json<Value>) {
    let mut writes = service.audit.is_healthy();
    if !writes {
        // Without requests nobody else would notice that writing works again.
        writes = service.audit.record(Vec::new()).await.is_ok();
    }
    let drains = service.is_draining.load(Ordering::Relaxed);
    let is_ready = writes && !drains;
    let code = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let word = if is_ready { "ready" } else { "not_ready" };
    let audit = if writes { "ok" } else { "down" };
    (code, Json(json!({ "status": word, "checks": { "audit": audit, "draining": drains } })))
}

pub async fn metrics(State(service): State<Arc<Service>>) -> impl IntoResponse {
    let remembered = service.memory.used().len();
    let text = service.metrics.text(service.audit.depth(), remembered);
    ([(CONTENT_TYPE, MEDIA_TYPE)], text)
}

pub async fn openapi() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], OPENAPI)
}
