//! The same as the pages show, for programs.

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use crate::dashboard::Dashboard;

/// The version of every JSON answer; raised when a field changes its meaning.
pub(crate) const VERSION: u32 = 1;

pub(crate) fn routes() -> Router<Dashboard> {
    Router::new().route("/api/version", get(version))
}

/// What pages ask again and again to know whether they are still true.
async fn version(State(dashboard): State<Dashboard>) -> Response {
    let edition = dashboard.edition().await;
    let body = json!({
        "version": VERSION,
        "edition": edition,
        "tollgate": env!("CARGO_PKG_VERSION"),
    });
    ([(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
