//! The numbers of a chart, for those who read rather than look.

use maud::{Markup, html};
use tollgate::quantity::show;

use super::{Bar, Course, Stop, told};
use crate::time::moment;
use crate::verdict;

/// The latest run first.
pub(crate) fn table(course: &Course) -> Markup {
    let dimension = course.dimension;
    let value = |value: Option<f64>| value.map(|value| show(value, dimension)).unwrap_or_default();
    let bar = |bar: Option<Bar>| {
        Bar::number(bar).map(|bar| show(bar.value, dimension)).unwrap_or_default()
    };
    // A column that says nothing only takes room.
    let has_soft = course.stops.iter().any(|stop| Bar::number(stop.soft).is_some());
    let has_baseline = course.stops.iter().any(|stop| stop.baseline.is_some());
    let row = |stop: &Stop| {
        html! {
            tr {
                th.nowrap scope="row" { a.mono href=(stop.address) { (stop.run) } }
                td { (moment(stop.started_ms)) }
                td.mono { (told::commit(stop)) }
                td {
                    @match stop.finding {
                        Some(finding) => (verdict::finding(finding)),
                        None => span.quiet { (told::finding(None)) },
                    }
                    @if stop.is_elsewhere { " " small.nowrap { "another machine" } }
                }
                td.number { (value(stop.number())) }
                td.number { (told::interval(stop, dimension).unwrap_or_default()) }
                td.number { (bar(stop.hard)) }
                @if has_soft { td.number { (bar(stop.soft)) } }
                @if has_baseline {
                    td.number { (value(stop.baseline.filter(|value| value.is_finite()))) }
                }
            }
        }
    };
    html! {
        div.wide tabindex="0" role="group" aria-label={ "Numbers of " (course.subject) } {
            table {
                thead {
                    tr {
                        th scope="col" { "Run" }
                        th scope="col" { "Started" }
                        th scope="col" { "Commit" }
                        th scope="col" { "Verdict" }
                        th.number scope="col" { "Estimate" }
                        th.number scope="col" { "Interval" }
                        th.number scope="col" { "Limit" }
                        @if has_soft { th.number scope="col" { "Soft limit" } }
                        @if has_baseline { th.number scope="col" { "Baseline" } }
                    }
                }
                tbody { @for stop in course.stops.iter().rev() { (row(stop)) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn every_run_is_a_row_with_the_latest_first() {
        let course = sample::course();
        let markup = table(&course).into_string();
        let at = |run: &str| markup.find(&format!("href=\"/runs/{run}\"")).unwrap();
        assert!(at("20261126-021600-7f3a") < at("20261121-021600-7f3a"));
        assert_eq!(markup.matches("<tr>").count(), 1 + course.stops.len());
        assert!(markup.contains("13.8 ms to ?") && markup.contains("another machine"));
    }
}
