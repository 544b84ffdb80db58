//! One case over its runs: a series for each budget, the latest run first.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use tollgate::judge::{Held, Judgement, Verdict};
use tollgate::quantity::Dimension;

use super::runs::Limit;
use super::{Refused, VERSION};
use crate::ask::Asked;
use crate::dashboard::Dashboard;
use crate::error::Failure;
use crate::pages::runs::Query;

/// A budget's own name: operation, metric and statistic.
type Key<'a> = (Option<&'a str>, &'a str, String);

pub(super) async fn of_case(
    State(dashboard): State<Dashboard>,
    limit: Result<Asked<Limit>, Failure>,
    asked: Result<Asked<Query>, Failure>,
) -> Result<Response, Refused> {
    let (Asked(limit), Asked(query)) = (limit?, asked?);
    let rows = limit.rows()?;
    let filter = query.filter(rows)?;
    let Some(case) = filter.case.clone() else {
        let text = "a series is of one case: `case` names it, `/api/cases` lists them";
        return Err(Failure::BadQuery(text.to_owned()).into());
    };
    let read = dashboard.read(move |history| {
        let judgements = history.judgements(&filter)?;
        let last = judgements.last().filter(|_| judgements.len() == rows as usize);
        Ok(json!({
            "version": VERSION,
            "case": case,
            "series": series(&judgements, &case),
            "before": last.map(|judgement| &judgement.run.id),
        }))
    });
    Ok(Json(read.await?.found).into_response())
}

/// In the order in which the latest run has them.
fn series(judgements: &[Judgement], case: &str) -> Vec<Value> {
    let mut found: Vec<(Key<'_>, Option<Dimension>, Vec<Value>)> = Vec::new();
    for judgement in judgements {
        for verdict in judgement.verdicts.iter().filter(|verdict| verdict.case == case) {
            let operation = verdict.operation.as_deref();
            let key = (operation, verdict.metric.as_str(), verdict.statistic.to_string());
            let point = point(judgement, verdict);
            match found.iter_mut().find(|(known, ..)| *known == key) {
                Some((.., points)) => points.push(point),
                None => found.push((key, verdict.dimension, vec![point])),
            }
        }
    }
    let written = |((operation, metric, statistic), dimension, points)| {
        json!({
            "operation": operation,
            "metric": metric,
            "statistic": statistic,
            "dimension": dimension,
            "points": points,
        })
    };
    found.into_iter().map(written).collect()
}

fn point(judgement: &Judgement, verdict: &Verdict) -> Value {
    let limit = |held: &Option<Held>| held.as_ref().and_then(|held| held.value);
    let estimate = verdict.estimate.as_ref();
    json!({
        "run": judgement.run.id,
        "started_ms": judgement.run.started_ms,
        "commit": judgement.run.commit.as_ref().map(|commit| &commit.hash),
        "finding": verdict.finding,
        "value": estimate.map(|estimate| estimate.value),
        "low": estimate.and_then(|estimate| estimate.low),
        "high": estimate.and_then(|estimate| estimate.high),
        "limit": limit(&verdict.hard),
        "soft": limit(&verdict.soft),
        "headroom": verdict.headroom,
    })
}
