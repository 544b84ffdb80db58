//! Runs for programs: a list a page at a time, one of them, and what was found on it.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate::history::Listed;
use tollgate::report::phrase;

use super::{Answer, Refused, VERSION};
use crate::ask::Asked;
use crate::dashboard::Dashboard;
use crate::error::Failure;
use crate::pages::report::unjudged;
use crate::pages::runs;

/// Runs of an answer, unless fewer are asked for.
const USUAL: u32 = 100;
const MOST: u32 = 1_000;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Limit {
    limit: Option<u32>,
}

impl Limit {
    pub(super) fn rows(&self) -> Result<u32, Failure> {
        match self.limit {
            None => Ok(USUAL),
            Some(rows @ 1..=MOST) => Ok(rows),
            Some(rows) => Err(Failure::BadQuery(format!("limit {rows} is not within 1 to {MOST}"))),
        }
    }
}

pub(super) async fn list(
    State(dashboard): State<Dashboard>,
    limit: Result<Asked<Limit>, Failure>,
    asked: Result<Asked<runs::Query>, Failure>,
) -> Result<Response, Refused> {
    let (Asked(limit), Asked(query)) = (limit?, asked?);
    let rows = limit.rows()?;
    // One more tells whether there is another page.
    let filter = query.filter(rows + 1)?;
    let mut found = dashboard.read(move |history| Ok(history.list(&filter)?)).await?.found;
    let more = found.len() > rows as usize;
    found.truncate(rows as usize);
    let before = found.last().filter(|_| more).map(|last| last.head.id.clone());
    let runs: Vec<Value> = found.iter().map(glance).collect();
    Ok(Json(json!({ "version": VERSION, "runs": runs, "before": before })).into_response())
}

fn glance(run: &Listed) -> Value {
    let head = &run.head;
    let mut cases: Vec<&str> = head.planned.iter().map(|own| own.case.as_str()).collect();
    cases.sort_unstable();
    cases.dedup();
    json!({
        "id": head.id,
        "project": head.project,
        "environment": head.environment,
        "started_ms": head.started_ms,
        "ended_ms": head.ended_ms,
        "state": head.state,
        "outcome": run.outcome.map(phrase::outcome),
        "commit": head.commit,
        "host": head.machine.host,
        "machine": head.machine.fingerprint(),
        "cases": cases,
        "trials": run.trials,
    })
}

pub(super) async fn one(
    State(dashboard): State<Dashboard>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, Refused> {
    let reference = named(path)?;
    let read = dashboard.read(move |history| {
        let run = history.listed(&reference)?;
        let failed: Vec<Value> = history
            .failed_trials(&run.head.id)?
            .iter()
            .map(|trial| {
                json!({
                    "case": trial.case,
                    "operation": trial.operation,
                    "number": trial.number,
                    "outcome": trial.outcome,
                })
            })
            .collect();
        Ok(json!({
            "version": VERSION,
            "run": run.head,
            "outcome": run.outcome.map(phrase::outcome),
            "trials": run.trials,
            "notes": history.notes(&run.head.id)?,
            "failed": failed,
        }))
    });
    Ok(Json(read.await?.found).into_response())
}

pub(super) async fn judgement(
    State(dashboard): State<Dashboard>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, Refused> {
    let reference = named(path)?;
    let read = dashboard.read(move |history| {
        let id = history.head(&reference)?.id;
        history.judgement(&id)?.ok_or_else(|| unjudged(&id))
    });
    Ok(Answer("judgement", read.await?.found).into_response())
}

/// What runs are about.
pub(super) async fn cases(State(dashboard): State<Dashboard>) -> Result<Response, Refused> {
    let choices = dashboard.read(|history| Ok(history.choices()?)).await?.found;
    let body = json!({
        "version": VERSION,
        "cases": choices.cases,
        "environments": choices.environments,
        "branches": choices.branches,
        "projects": choices.projects,
    });
    Ok(Json(body).into_response())
}

fn named(path: Result<Path<String>, PathRejection>) -> Result<String, Failure> {
    let Path(reference) = path.map_err(|error| Failure::BadQuery(error.body_text()))?;
    Ok(reference)
}
