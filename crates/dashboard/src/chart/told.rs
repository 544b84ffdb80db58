//! What a chart shows, in words: for those who do not see it, and for the mark pointed at.

use tollgate::calendar;
use tollgate::judge::Finding;
use tollgate::quantity::{Dimension, show};

use super::{Bar, Course, Stop};

/// `12.02 ms to 12.77 ms`; nothing where the interval says no more than the value.
pub(super) fn interval(stop: &Stop, dimension: Dimension) -> Option<String> {
    let value = stop.number()?;
    let bounds = stop.bounds();
    if bounds == (Some(value), Some(value)) {
        return None;
    }
    let bound = |bound: Option<f64>| bound.map_or("?".to_owned(), |bound| show(bound, dimension));
    Some(format!("{} to {}", bound(bounds.0), bound(bounds.1)))
}

/// `at most 15 ms`.
pub(super) fn limit(bar: Bar, dimension: Dimension) -> String {
    let side = if bar.is_upper { "at most" } else { "at least" };
    format!("{side} {}", show(bar.value, dimension))
}

pub(super) fn finding(finding: Option<Finding>) -> &'static str {
    finding.map_or("not judged", Finding::words)
}

/// The first digits of a hash, as many as tell commits apart.
pub(super) fn commit(stop: &Stop) -> String {
    stop.commit.as_deref().map_or("no commit".to_owned(), |hash| hash.chars().take(12).collect())
}

/// All that is known of one mark.
pub(super) fn stop(stop: &Stop, dimension: Dimension) -> String {
    let mut lines = vec![
        format!("{}, {}", stop.run, calendar::minutes(stop.started_ms)),
        format!("{}, {}", commit(stop), finding(stop.finding)),
    ];
    if let Some(value) = stop.number() {
        let interval = interval(stop, dimension).map(|text| format!(", {text}"));
        lines.push(format!("{}{}", show(value, dimension), interval.unwrap_or_default()));
    }
    if let Some(bar) = Bar::number(stop.hard) {
        lines.push(format!("limit {}", limit(bar, dimension)));
    }
    if let Some(bar) = Bar::number(stop.soft) {
        lines.push(format!("soft limit {}", limit(bar, dimension)));
    }
    if stop.is_elsewhere {
        lines.push("another machine".to_owned());
    }
    lines.join("\n")
}

/// A chart as one sentence.
pub(super) fn course(course: &Course) -> String {
    let Course { subject, dimension, stops, .. } = course;
    let numbers: Vec<f64> = stops.iter().filter_map(Stop::number).collect();
    let Some(last) = stops.iter().rev().find(|stop| stop.number().is_some()) else {
        return format!("{subject}: no value in {}", runs(stops.len()));
    };
    let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let most = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let exceeded = stops.iter().filter(|stop| stop.finding == Some(Finding::Exceeded)).count();
    let mut text = format!(
        "{subject} over {}: between {} and {}, lately {}",
        runs(stops.len()),
        show(least, *dimension),
        show(most, *dimension),
        show(last.value.unwrap_or(f64::NAN), *dimension),
    );
    if let Some(bar) = Bar::number(last.hard) {
        text += &format!(", limit {}", limit(bar, *dimension));
    }
    text += &match exceeded {
        0 => ", exceeded by none".to_owned(),
        count => format!(", exceeded by {}", runs(count)),
    };
    text
}

fn runs(count: usize) -> String {
    if count == 1 { "1 run".to_owned() } else { format!("{count} runs") }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_mark_tells_all_that_is_known_of_its_run() {
        let told = stop(&sample::course().stops[2], Dimension::TIME);
        assert_eq!(
            told,
            "20261123-021600-7f3a, 2026-11-23 02:16 UTC\n3f2a91c0b1d2, exceeded\n\
             15.4 ms, 15.1 ms to 15.8 ms\nlimit at most 15 ms\nsoft limit at most 13 ms"
        );
    }

    #[test]
    fn a_chart_is_one_sentence() {
        assert_eq!(
            course(&sample::course()),
            "latency p95 over 6 runs: between 11.8 ms and 15.4 ms, lately 12.1 ms, \
             limit at most 15 ms, exceeded by 1 run"
        );
        assert_eq!(course(&sample::empty()), "latency p95: no value in 0 runs");
    }
}
