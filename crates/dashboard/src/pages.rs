//! The pages, one module each.

mod alerts;
mod case;
pub(crate) mod compare;
mod overview;
pub(crate) mod report;
mod run;
pub(crate) mod runs;

use axum::Router;
use axum::routing::get;

use crate::dashboard::Dashboard;

pub(crate) fn routes() -> Router<Dashboard> {
    Router::new()
        .route("/", get(overview::show))
        .route("/case", get(case::show))
        .route("/alerts", get(alerts::show))
        .route("/runs", get(runs::show))
        .route("/runs/{id}", get(run::show))
        .route("/compare", get(compare::show))
        .merge(report::routes())
}
