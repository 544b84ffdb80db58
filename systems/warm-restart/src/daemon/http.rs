//! What is answered over HTTP: reports are taken, numbers and alerts are shown.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::sync::oneshot;

use super::watch::{Refusal, Request, Shown};
use crate::event;
use crate::export::MEDIA_TYPE;

#[derive(Clone, Debug)]
pub struct Door {
    pub requests: SyncSender<Request>,
    /// It is ending, and takes nothing more.
    pub is_ending: Arc<AtomicBool>,
}

/// Some ten thousand lines.
const LONGEST_BODY: usize = 1 << 20;

pub fn router(door: Door) -> Router {
    Router::new()
        .route("/events", post(events))
        .route("/metrics", get(metrics))
        .route("/metrics.json", get(json))
        .route("/alerts", get(alerts))
        .route("/health", get(async || (StatusCode::OK, "alive\n")))
        .route("/ready", get(ready))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .with_state(door)
}

/// Lines of JSON, all of which are on the disk when this is answered with success.
async fn events(State(door): State<Door>, body: String) -> Response {
    let reports = match event::read(&body) {
        Ok(reports) => reports,
        Err(error) => return said(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    let (answer, answered) = oneshot::channel();
    let is_taken = door.ask(Request::Report { reports, answer });
    match (is_taken, answered.await) {
        (true, Ok(Ok(()))) => said(StatusCode::OK, "saved"),
        (true, Ok(Err(Refusal::Names(why)))) => said(StatusCode::UNPROCESSABLE_ENTITY, &why),
        (true, Ok(Err(Refusal::Unsaved(why)))) => said(StatusCode::SERVICE_UNAVAILABLE, &why),
        (false, _) | (_, Err(_)) => busy(),
    }
}

async fn metrics(State(door): State<Door>) -> Response {
    door.show(Shown::Metrics, MEDIA_TYPE).await
}

async fn json(State(door): State<Door>) -> Response {
    door.show(Shown::Json, "application/json").await
}

async fn alerts(State(door): State<Door>) -> Response {
    door.show(Shown::Alerts, "application/json").await
}

/// Whether the thread that does the work answers.
async fn ready(State(door): State<Door>) -> Response {
    let answer = door.show(Shown::Alerts, "application/json").await;
    if answer.status().is_success() { said(StatusCode::OK, "ready") } else { busy() }
}

impl Door {
    fn ask(&self, request: Request) -> bool {
        !self.is_ending.load(Ordering::Relaxed) && self.requests.try_send(request).is_ok()
    }

    async fn show(&self, what: Shown, media_type: &'static str) -> Response {
        let (answer, answered) = oneshot::channel();
        match (self.ask(Request::Show { what, answer }), answered.await) {
            (true, Ok(text)) => ([(CONTENT_TYPE, media_type)], text).into_response(),
            (false, _) | (_, Err(_)) => busy(),
        }
    }
}

fn busy() -> Response {
    said(StatusCode::SERVICE_UNAVAILABLE, "busy or ending: try again")
}

fn said(status: StatusCode, text: &str) -> Response {
    (status, format!("{text}\n")).into_response()
}
