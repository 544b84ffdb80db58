//! The pages, one module each.

mod overview;

use axum::Router;
use axum::routing::get;

use crate::dashboard::Dashboard;

pub(crate) fn routes() -> Router<Dashboard> {
    Router::new().route("/", get(overview::show))
}
