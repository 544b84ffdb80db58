//! The pages, one module each.

mod alerts;
mod case;
mod overview;

use axum::Router;
use axum::routing::get;

use crate::dashboard::Dashboard;

pub(crate) fn routes() -> Router<Dashboard> {
    Router::new()
        .route("/", get(overview::show))
        .route("/case", get(case::show))
        .route("/alerts", get(alerts::show))
}
