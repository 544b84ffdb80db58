//! Alerts that are pending, fire or were resolved lately.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::{number, trouble};
use crate::live::Live;
use crate::picture::{Picture, Shown};
use crate::time::moment;
use crate::words::name;

/// Nothing was evaluated yet, or somebody else does it.
pub(super) const NOT_KNOWN: &str = "What fires is not known here.";

/// What fires, for the overview: nothing at all where nobody watches.
pub(crate) fn now(live: &Live) -> Markup {
    if !live.is_watched() {
        return html! {};
    }
    let picture = live.picture();
    let firing: Vec<&Shown> =
        picture.alerts.iter().filter(|alert| alert.state == "firing" && !alert.is_muted).collect();
    let muted = picture.alerts.iter().filter(|alert| alert.state == "firing" && alert.is_muted);
    let pending = picture.alerts.iter().filter(|alert| alert.state == "pending").count();
    let besides = besides(pending, muted.count());
    html! {
        (trouble(&picture))
        @if !picture.is_known() {
            p { (NOT_KNOWN) " " a href="/alerts" { "Alerts" } }
        } @else if firing.is_empty() {
            p {
                "No alert fires"
                @if !besides.is_empty() { "; " (besides) }
                ". " a href="/alerts" { "Alerts" }
            }
        } @else {
            section aria-label="What fires" {
                h2 { (firing.len()) @if firing.len() == 1 { " alert fires" } @else { " alerts fire" } }
                (table(&firing, &picture))
                @if !besides.is_empty() { p.quiet { "Besides: " (besides) "." } }
            }
        }
    }
}

/// `2 pending, 1 firing but muted`.
fn besides(pending: usize, muted: usize) -> String {
    let mut parts = Vec::new();
    if pending > 0 {
        parts.push(format!("{pending} pending"));
    }
    if muted > 0 {
        parts.push(format!("{muted} firing but muted"));
    }
    parts.join(", ")
}

pub(super) fn table(alerts: &[&Shown], picture: &Picture) -> Markup {
    html! {
        div.wide tabindex="0" role="group" aria-label="Alerts" {
            table.stacked {
                thead {
                    tr {
                        th scope="col" { "State" }
                        th scope="col" { "Severity" }
                        th scope="col" { "Alert" }
                        th scope="col" { "Since" }
                        th.number scope="col" { "Value" }
                        th scope="col" { "Of" }
                    }
                }
                tbody { @for alert in alerts { (row(alert, picture.evaluated_ms)) } }
            }
        }
    }
}

fn row(alert: &Shown, now_ms: Option<i64>) -> Markup {
    let class = match alert.state {
        "firing" => "verdict exceeded",
        "pending" => "verdict warned",
        _ => "verdict within",
    };
    html! {
        tr {
            td {
                span class=(class) { (alert.state) }
                @if alert.is_muted { " " small.nowrap { "muted" } }
            }
            td { (alert.severity) }
            th.name scope="row" {
                (name(&alert.rule))
                @if !alert.summary.is_empty() { br; small { (name(&alert.summary)) } }
            }
            td.nowrap data-label="since" {
                (moment(alert.since_ms))
                @if let Some(now) = now_ms {
                    br; " " small { "for " (lasting(now.saturating_sub(alert.since_ms))) }
                }
            }
            td.number data-label="value" { (number(alert.value)) }
            td.name { (labels(&alert.labels)) }
        }
    }
}

/// `case=checkout environment=staging`, one below the other where there is no room.
pub(super) fn labels(labels: &BTreeMap<String, String>) -> Markup {
    html! {
        @for (key, value) in labels {
            span.label { span.quiet { (name(key)) "=" } (name(value)) } " "
        }
    }
}

/// `3 h 20 min`: the two largest units.
fn lasting(ms: i64) -> String {
    let minutes = ms.max(0) / 60_000;
    match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
        (0, 0, 0) => "less than a minute".to_owned(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_something_lasts_is_told_in_its_two_largest_units() {
        const MINUTE: i64 = 60_000;
        for (ms, told) in [
            (i64::MIN, "less than a minute"),
            (59_999, "less than a minute"),
            (5 * MINUTE, "5 min"),
            (200 * MINUTE, "3 h 20 min"),
            (180 * MINUTE, "3 h"),
            (1440 * 3 * MINUTE + 7 * MINUTE, "3 d"),
            (1440 * 3 * MINUTE + 61 * MINUTE, "3 d 1 h"),
        ] {
            assert_eq!(lasting(ms), told);
        }
    }
}
