//! What goes on under the rules: for people who were told of it, and for those who wonder why they
//! were not.

mod going_on;

use axum::extract::State;
use maud::{Markup, html};
use tollgate::calendar;
use tollgate::quantity::{Dimension, show as figure};

pub(crate) use self::going_on::now;
use self::going_on::{NOT_KNOWN, labels, table};
use crate::dashboard::Dashboard;
use crate::error::Failure;
use crate::layout::{Page, Tab};
use crate::live::Live;
use crate::picture::{Change, Deliveries, Picture, Rule, Silence};
use crate::time::moment;
use crate::words::{name, shown};

pub(crate) async fn show(State(dashboard): State<Dashboard>) -> Result<Page, Failure> {
    let edition = dashboard.edition().await;
    let main = page(&dashboard.live);
    Ok(Page { title: "Alerts".into(), tab: Tab::Alerts, edition, main })
}

fn page(live: &Live) -> Markup {
    let picture = live.picture();
    html! {
        h1 { "Alerts" }
        @if !live.is_watched() {
            p.lead { "Nobody watches: no rules were given." }
            p {
                code { "tollgate serve --rules FILE" }
                " evaluates rules over the runs as they come; docs/alerts.md says how they are written."
            }
        } @else {
            (trouble(&picture))
            @match picture.evaluated_ms {
                Some(now_ms) => (known(&picture, now_ms)),
                None => p { (NOT_KNOWN) },
            }
            (deliveries(picture.deliveries))
        }
    }
}

fn known(picture: &Picture, now_ms: i64) -> Markup {
    html! {
        p.quiet { "Evaluated " (calendar::minutes(now_ms)) "." }
        @if picture.alerts.is_empty() {
            p { "Nothing fires, is pending or was resolved lately." }
        } @else {
            (table(&picture.alerts.iter().collect::<Vec<_>>(), picture))
        }
        (rules(&picture.rules))
        (silences(&picture.silences, now_ms))
        (changes(&picture.changes))
    }
}

/// What keeps the rest of the page from being the whole truth.
pub(super) fn trouble(picture: &Picture) -> Markup {
    let meanwhile = match picture.is_known() {
        true => "What is shown is what was known before.",
        false => "It is tried again.",
    };
    let notices = [
        (
            &picture.refused,
            "The file of rules is refused as it is now.",
            "What held before still holds.",
        ),
        (&picture.unread, "The history cannot be watched.", meanwhile),
        (
            &picture.unsaved,
            "What is known of alerts cannot be saved.",
            "Nobody is told anything until it can be.",
        ),
        (
            &picture.elsewhere,
            "Another process watches this history.",
            "It tells people, not this one.",
        ),
    ];
    html! {
        @for (reason, what, therefore) in notices {
            @if let Some(reason) = reason {
                div.notice.bad role="alert" {
                    p { strong { (what) } " " (therefore) }
                    p { (shown(reason)) }
                }
            }
        }
    }
}

fn rules(rules: &[Rule]) -> Markup {
    let state = |rule: &Rule| match (rule.is_enabled, rule.firing, rule.pending) {
        (false, ..) => html! { span.quiet { "disabled" } },
        (true, 0, 0) => html! { span.quiet { "quiet" } },
        (true, firing, pending) => html! {
            @if firing > 0 { span.exceeded.strong { (firing) " firing" } }
            @if firing > 0 && pending > 0 { ", " }
            @if pending > 0 { span.warned.strong { (pending) " pending" } }
        },
    };
    html! {
        h2 { "Rules" }
        @if rules.is_empty() { p { "The file has no rules." } } @else {
            div.wide tabindex="0" role="group" aria-label="Rules" {
                table.stacked {
                    thead {
                        tr {
                            th scope="col" { "Rule" }
                            th scope="col" { "Severity" }
                            th scope="col" { "State" }
                            th scope="col" { "Test" }
                            th scope="col" { "Summary" }
                        }
                    }
                    tbody {
                        @for rule in rules {
                            tr {
                                th.name scope="row" { (name(&rule.name)) }
                                td { (rule.severity) }
                                td.nowrap {
                                    (state(rule))
                                    @if rule.is_in_trouble {
                                        br; span.warned { "lacks a number" }
                                    }
                                }
                                td.name { (name(&rule.test)) }
                                td.name { (name(&rule.summary)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn silences(silences: &[Silence], now_ms: i64) -> Markup {
    let state = |silence: &Silence| match now_ms {
        now if now < silence.from_ms => "to come",
        now if now >= silence.until_ms => "over",
        _ => "in force",
    };
    html! {
        h2 { "Silences" }
        @if silences.is_empty() { p { "Nobody is kept from being told." } } @else {
            div.wide tabindex="0" role="group" aria-label="Silences" {
                table.stacked {
                    thead {
                        tr {
                            th scope="col" { "Mutes" }
                            th scope="col" { "State" }
                            th scope="col" { "From" }
                            th scope="col" { "Until" }
                            th scope="col" { "By" }
                            th scope="col" { "Reason" }
                        }
                    }
                    tbody {
                        @for silence in silences {
                            tr {
                                th.name scope="row" { (name(&silence.matchers)) }
                                td.nowrap { (state(silence)) }
                                td data-label="from" { (moment(silence.from_ms)) }
                                td data-label="until" { (moment(silence.until_ms)) }
                                td.name data-label="by" { (name(&silence.author)) }
                                td.name { (name(&silence.reason)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn changes(changes: &[Change]) -> Markup {
    html! {
        h2 { "Changes lately" }
        @if changes.is_empty() { p { "None since the start." } } @else {
            div.wide tabindex="0" role="group" aria-label="Changes lately" {
                table.stacked {
                    thead {
                        tr {
                            th scope="col" { "At" }
                            th scope="col" { "Rule" }
                            th scope="col" { "Of" }
                            th scope="col" { "Change" }
                            th.number scope="col" { "Value" }
                        }
                    }
                    tbody {
                        @for change in changes {
                            tr {
                                td { (moment(change.at_ms)) }
                                th.name scope="row" { (name(&change.rule)) }
                                td.name { (labels(&change.labels)) }
                                td.nowrap { (change.from) " → " (change.to) }
                                td.number data-label="value" { (number(change.value)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn deliveries(deliveries: Deliveries) -> Markup {
    let Deliveries { waiting, done, retried, dead, refused } = deliveries;
    html! {
        h2 { "Deliveries" }
        @if dead > 0 || refused > 0 {
            div.notice.bad {
                p { strong { "Some were never told: " } "what waits too long is given up." }
            }
        }
        dl.facts {
            dt { "Waiting" } dd { (waiting) }
            dt { "Done" } dd { (done) }
            dt { "Tried again" } dd { (retried) }
            dt { "Given up" } dd { (dead) }
            dt { "No room" } dd { (refused) }
        }
    }
}

/// Rules know no units.
fn number(value: Option<f64>) -> String {
    value.map(|value| figure(value, Dimension::COUNT)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
