//! How the service is, for those who watch it.

use axum::Json;
use axum::extract;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::State;
use super::failure::Failure;
use super::metrics::MEDIA_TYPE;

/// The description of the interface, for programs.
pub const OPENAPI: &str = include_str!("../../openapi.json");

/// The process is there and answers.
pub async fn health() -> Json<Value> {
    Json(json!({ "status": "healthy", "version": env!("CARGO_PKG_VERSION") }))
}

/// Whether requests should be sent here.
pub async fn ready(extract::State(state): extract::State<State>) -> (StatusCode, Json<Value>) {
    let load = state.pool().load();
    let draining = state.drain().has_begun();
    let is_ready = !draining && load.workers > 0;
    let code = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let told = json!({
        "status": if is_ready { "ready" } else { "not_ready" },
        "draining": draining,
        "workers": load.workers,
        "busy": load.busy,
        "waiting": load.waiting,
        "room": load.room,
    });
    (code, Json(told))
}

pub async fn metrics(extract::State(state): extract::State<State>) -> Response {
    if !state.options().metrics {
        return Failure::NotFound.into_response();
    }
    let text = state.metrics().text(state.pool().load());
    ([(CONTENT_TYPE, MEDIA_TYPE)], text).into_response()
}

pub async fn openapi() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], OPENAPI)
}
