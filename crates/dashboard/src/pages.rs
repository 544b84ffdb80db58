//! The pages, one module each.

mod alerts;
mod case;
pub(crate) mod compare;
mod overview;
pub(crate) mod report;
mod run;
pub(crate) mod runs;

use axum::routing::{MethodRouter, get};

use crate::dashboard::Dashboard;

pub(crate) fn table() -> Vec<(&'static str, MethodRouter<Dashboard>)> {
    let mut table = vec![
        ("/", get(overview::show)),
        ("/case", get(case::show)),
        ("/runs", get(runs::show)),
        ("/runs/{id}", get(run::show)),
        ("/compare", get(compare::show)),
        ("/alerts", get(alerts::show)),
    ];
    table.extend(report::table());
    table
}
