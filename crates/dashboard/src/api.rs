//! The same as the pages show, for programs: JSON with a version, and mistakes as JSON too.

mod badge;
mod runs;
mod series;
mod service;

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use serde::Serialize;
use serde_json::json;

use crate::ask::Asked;
use crate::dashboard::Dashboard;
use crate::error::Failure;
use crate::pages::compare::{CONFIDENCE, Query};

pub(crate) use service::{Counts, counted};

/// The version of every JSON answer; raised when a field changes its meaning.
pub(crate) const VERSION: u32 = 1;

pub(crate) fn table() -> Vec<(&'static str, MethodRouter<Dashboard>)> {
    vec![
        ("/api/version", get(version)),
        ("/api/runs", get(runs::list)),
        ("/api/runs/{id}", get(runs::one)),
        ("/api/runs/{id}/judgement", get(runs::judgement)),
        ("/api/cases", get(runs::cases)),
        ("/api/series", get(series::of_case)),
        ("/api/compare", get(compare)),
        ("/api/alerts", get(alerts)),
        ("/badge.svg", get(badge::show)),
        ("/health", get(service::health)),
        ("/ready", get(service::ready)),
        ("/metrics", get(service::metrics)),
    ]
}

/// A failure as programs are told of it.
pub(crate) struct Refused(Failure);

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Refused {
        Refused(failure)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0.json()
    }
}

/// What was asked for, under its name and beside the version.
struct Answer<T>(&'static str, T);

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        let Answer(name, value) = self;
        Json(json!({ "version": VERSION, name: value })).into_response()
    }
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

async fn compare(
    State(dashboard): State<Dashboard>,
    asked: Result<Asked<Query>, Failure>,
) -> Result<Response, Refused> {
    let (a, b) = asked?.0.pair().ok_or_else(|| {
        Failure::BadQuery("two runs are compared: `a` is the earlier, `b` the later".to_owned())
    })?;
    let read = dashboard.read(move |history| {
        let (left, right) = (history.load(&a)?, history.load(&b)?);
        Ok(tollgate::judge::compare(&left, &right, CONFIDENCE))
    });
    Ok(Answer("comparison", read.await?.found).into_response())
}

async fn alerts(State(dashboard): State<Dashboard>) -> Response {
    let picture = dashboard.live.picture();
    let body = json!({
        "version": VERSION,
        "is_watched": dashboard.live.is_watched(),
        "is_known": picture.is_known(),
        "alerts": *picture,
    });
    Json(body).into_response()
}
