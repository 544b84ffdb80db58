//! Every budget of a run in one table: by case, what is worst first.

use std::collections::BTreeMap;

use maud::{Markup, html};
use tollgate::judge::{Judgement, Verdict};
use tollgate::report::phrase;

use crate::words::{name, shown};
use crate::{link, verdict};

const COLUMNS: u32 = 7;

const WORTH: &str = "observations, and what they are worth where they depend on each other";

pub(super) fn table(judgement: &Judgement) -> Markup {
    let (project, environment) = (&judgement.run.project, judgement.run.environment.as_deref());
    html! {
        @if !judgement.verdicts.is_empty() {
            div.wide {
                table {
                    thead {
                        tr {
                            th scope="col" { "Budget" }
                            th scope="col" { "Verdict" }
                            th.number scope="col" { "Estimate [interval]" }
                            th.number scope="col" { "Limit" }
                            th.number scope="col" { "Headroom" }
                            th.number scope="col" { "Change" }
                            th.number scope="col" { abbr title=(WORTH) { "n" } }
                        }
                    }
                    @for (case, verdicts) in by_case(judgement) {
                        tbody {
                            tr.group {
                                th scope="rowgroup" colspan=(COLUMNS) {
                                    a href=(link::case(case, project, environment)) { (name(case)) }
                                }
                            }
                            @for verdict in verdicts { (rows(verdict)) }
                        }
                    }
                }
            }
        }
    }
}

/// The cases in the order of their worst verdict, each with its verdicts in that order.
fn by_case(judgement: &Judgement) -> Vec<(&str, Vec<&Verdict>)> {
    let mut cases: Vec<(&str, Vec<&Verdict>)> = Vec::new();
    let mut places = BTreeMap::new();
    for verdict in phrase::worst_first(judgement) {
        let place = *places.entry(verdict.case.as_str()).or_insert_with(|| {
            cases.push((&verdict.case, Vec::new()));
            cases.len() - 1
        });
        cases[place].1.push(verdict);
    }
    cases
}

fn rows(verdict: &Verdict) -> Markup {
    let remarks = [&verdict.reason, &verdict.accepted, &verdict.hint];
    let has_remarks = remarks.iter().any(|remark| remark.is_some());
    let place = format!("{}:{}", verdict.place.file, verdict.place.line);
    html! {
        tr.noted[has_remarks] {
            th.name scope="row" title=(shown(&place)) {
                @if let Some(operation) = &verdict.operation { (name(operation)) " / " }
                (name(&phrase::subject(verdict)))
            }
            td { (verdict::finding(verdict.finding)) }
            td.number {
                @if let Some(own) = &verdict.estimate { (phrase::estimate(own, verdict.dimension)) }
            }
            td.number { (shown(&phrase::limits(verdict, true, phrase::limit))) }
            td.number { @if let Some(share) = verdict.headroom { (phrase::percent(share)) } }
            td.number { @if let Some(change) = &verdict.change { (phrase::change(change)) } }
            td.number { @if let Some(own) = &verdict.estimate { (phrase::observations(own)) } }
        }
        @if has_remarks {
            tr.note {
                td colspan=(COLUMNS) {
                    @if let Some(reason) = &verdict.reason { div { (shown(reason)) } }
                    @if let Some(own) = &verdict.accepted { div { "accepted: " (shown(own)) } }
                    @if let Some(hint) = &verdict.hint { div { (shown(hint)) } }
                }
            }
        }
    }
}
