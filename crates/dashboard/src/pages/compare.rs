//! Two runs side by side, metric by metric: what differs first.

use axum::extract::State;
use maud::{Markup, html};
use serde::Deserialize;
use tollgate::history::{Filter, Listed};
use tollgate::judge::{Comparison, ComparisonRow, Difference, Estimate};
use tollgate::report::phrase;
use tollgate::run::RunHead;

use crate::ask::{Asked, given};
use crate::dashboard::Dashboard;
use crate::error::Failure;
use crate::layout::{Page, Tab};
use crate::reader::Read;
use crate::words::{name, shown};
use crate::{link, time};

/// That of the command.
pub(crate) const CONFIDENCE: f64 = 0.95;

/// Runs to choose from; others can be typed.
const OFFERED: u32 = 50;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Query {
    pub(crate) a: Option<String>,
    pub(crate) b: Option<String>,
}

impl Query {
    /// Both, where both were given.
    pub(crate) fn pair(&self) -> Option<(String, String)> {
        let (a, b) = (given(self.a.as_deref())?, given(self.b.as_deref())?);
        Some((a.to_owned(), b.to_owned()))
    }
}

pub(crate) async fn show(
    State(dashboard): State<Dashboard>,
    Asked(query): Asked<Query>,
) -> Result<Page, Failure> {
    let pair = query.pair();
    let Read { edition, found: (recent, comparison) } = dashboard
        .read(move |history| {
            let recent = history.list(&Filter { limit: Some(OFFERED), ..Filter::default() })?;
            let held = |(a, b): (String, String)| -> Result<Comparison, Failure> {
                let (left, right) = (history.load(&a)?, history.load(&b)?);
                Ok(tollgate::judge::compare(&left, &right, CONFIDENCE))
            };
            Ok((recent, pair.map(held).transpose()?))
        })
        .await?;
    let main = html! {
        h1 { "Compare" }
        (form(&query, &recent))
        @match &comparison {
            Some(comparison) => (shown_as_tables(comparison)),
            None => p { "Choose two runs: by id, its beginning, " code { "last" } " or " code { "last~1" } "." },
        }
    };
    Ok(Page { title: "Compare".into(), tab: Tab::Compare, edition, main })
}

fn form(query: &Query, recent: &[Listed]) -> Markup {
    let field = |key: &str, title: &str, value: Option<&str>| {
        html! {
            label {
                (title)
                input name=(key) value=(value.unwrap_or("")) list="runs" autocomplete="off"
                    spellcheck="false" required;
            }
        }
    };
    html! {
        form.filter method="get" action="/compare" aria-label="Which runs" {
            (field("a", "Earlier (A)", query.a.as_deref().or(Some("last~1"))))
            (field("b", "Later (B)", query.b.as_deref().or(Some("last"))))
            button type="submit" { "Compare" }
        }
        datalist #runs {
            @for run in recent {
                option value=(run.head.id) {
                    @if let Some(commit) = &run.head.commit { (shown(&phrase::commit(commit))) }
                }
            }
        }
    }
}

fn shown_as_tables(comparison: &Comparison) -> Markup {
    let mut rows: Vec<&ComparisonRow> = comparison.rows.iter().collect();
    rows.sort_by_key(|row| Difference::WORST_FIRST.iter().position(|own| *own == row.finding));
    let (same, differing): (Vec<&ComparisonRow>, Vec<&ComparisonRow>) =
        rows.into_iter().partition(|row| row.finding == Difference::Same);
    html! {
        dl.facts {
            dt { "Earlier (A)" } dd { (side(&comparison.left)) }
            dt { "Later (B)" } dd { (side(&comparison.right)) }
        }
        @if !comparison.notes.is_empty() {
            div.notice { @for note in &comparison.notes { p { (shown(note)) } } }
        }
        @if !differing.is_empty() { (table(&differing)) }
        @if !same.is_empty() {
            details open[differing.is_empty()] {
                summary { (phrase::count(same.len() as u64)) " the same" }
                (table(&same))
            }
        }
    }
}

fn side(run: &RunHead) -> Markup {
    html! {
        a href=(link::run(&run.id)) { (run.id) } ", " (time::moment(run.started_ms))
        @if let Some(commit) = &run.commit { ", " (shown(&phrase::commit(commit))) }
        @if let Some(own) = phrase::unfinished(run) { ", " (own) }
        br;
        small { (shown(&phrase::machine(&run.machine))) }
    }
}

fn table(rows: &[&ComparisonRow]) -> Markup {
    html! {
        div.wide {
            table {
                thead {
                    tr {
                        th scope="col" { "Metric" }
                        th scope="col" { "B is" }
                        th.number scope="col" { "A [interval]" }
                        th.number scope="col" { "B [interval]" }
                        th.number scope="col" { "Change" }
                        th.number scope="col" {
                            abbr title="the chance of such a difference between equals" { "p" }
                        }
                        th.number scope="col" { abbr title="observations of A and B" { "n" } }
                    }
                }
                tbody { @for row in rows { (line(row)) } }
            }
        }
    }
}

fn line(row: &ComparisonRow) -> Markup {
    let estimate = |own: &Estimate| phrase::estimate(own, row.dimension);
    html! {
        tr {
            th.name scope="row" {
                (name(&row.case))
                @if let Some(operation) = &row.operation { " / " (name(operation)) }
                " / " (name(&row.metric)) " " (row.statistic.to_string())
            }
            td { span.verdict.(class(row.finding)) { (row.finding.words()) } }
            td.number { (estimate(&row.left)) }
            td.number { (estimate(&row.right)) }
            td.number { @if let Some(change) = &row.change { (phrase::change(change)) } }
            td.number { @if let Some(p) = row.p { (phrase::probability(p)) } }
            td.number { (phrase::observations(&row.left)) ", " (phrase::observations(&row.right)) }
        }
    }
}

/// As verdicts look, so that a colour means one thing.
fn class(finding: Difference) -> &'static str {
    match finding {
        Difference::Worse => "exceeded",
        Difference::Better => "within",
        Difference::CannotTell => "cannot-tell",
        Difference::Same => "same",
    }
}
