//! The words and numbers every report shares, before any escaping.

use crate::budget::Bound;
use crate::judge::{Estimate, Finding, Held, Judgement, Outcome, Verdict};
use crate::quantity::{self, Dimension, Kind, show, significant};
use crate::run::{Commit, Machine, RunHead, RunState};

/// What every report says when there is nothing to say.
pub(super) const NOTHING_JUDGED: &str = "no budgets were judged";

/// `12.31 ms [12.02, 12.77]`; the number alone when the interval is a point.
#[must_use]
pub fn estimate(estimate: &Estimate, dimension: Option<Dimension>) -> String {
    let dimension = dimension.unwrap_or(Dimension::COUNT);
    let value = show(estimate.value, dimension);
    if is_point(estimate) {
        return value;
    }
    // A value of zero has no size to choose a unit by; its bounds do.
    let sized = [Some(estimate.value), estimate.high, estimate.low];
    let reference = sized.into_iter().flatten().find(|v| *v != 0.0 && v.is_finite());
    let (_, factor) = unit_of(reference.unwrap_or(0.0), dimension);
    let bound = |bound: Option<f64>| match bound {
        None => "?".to_owned(),
        Some(bound) if !bound.is_finite() || dimension.kind == Kind::Count => {
            show(bound / factor, Dimension::COUNT)
        }
        Some(bound) => significant(bound / factor),
    };
    let (low, high) = (bound(estimate.low), bound(estimate.high));
    let value = if estimate.value == 0.0 {
        show_in(0.0, reference.unwrap_or(0.0), dimension)
    } else {
        value
    };
    format!("{value} [{low}, {high}]")
}

/// Whether the interval says no more than the value.
fn is_point(estimate: &Estimate) -> bool {
    let same = |bound: Option<f64>| bound.is_some_and(|b| b.total_cmp(&estimate.value).is_eq());
    same(estimate.low) && same(estimate.high)
}

fn show_in(value: f64, reference: f64, dimension: Dimension) -> String {
    let (unit, factor) = unit_of(reference, dimension);
    format!("{}{unit}", significant(value / factor))
}

/// The unit a value is shown in, and what one of it is in base units.
fn unit_of(value: f64, dimension: Dimension) -> (String, f64) {
    let text = show(value, dimension);
    let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | 'e');
    let unit = text.trim_start_matches(number);
    let factor = quantity::unit(unit.trim()).map_or(1.0, |(factor, _)| factor);
    (unit.to_owned(), factor)
}

/// `<= 15 ms`, or `<= baseline + 20% = 14.77 ms`.
#[must_use]
pub fn limit(held: &Held, dimension: Option<Dimension>) -> String {
    let written = written_limit(held);
    match (&held.limit.bound, held.value) {
        (Bound::Absolute(_), _) => written,
        (_, Some(value)) => {
            format!("{written} = {}", show(value, dimension.unwrap_or(Dimension::COUNT)))
        }
        (_, None) => format!("{written} = ?"),
    }
}

/// `<= 15 ms`, or `<= baseline + 20%`: the same in every run.
pub(super) fn written_limit(held: &Held) -> String {
    let symbol = held.limit.op.symbol();
    let text = held.limit.text.trim();
    match &held.limit.bound {
        Bound::Absolute(quantity) => {
            format!("{symbol} {}", decimal_bytes(text).unwrap_or_else(|| quantity.to_string()))
        }
        _ if text.starts_with(['<', '>']) => text.to_owned(),
        _ => format!("{symbol} {text}"),
    }
}

/// `100 MB` of `<= 100MB`: as 95.37 MiB nobody would know the limit again.
fn decimal_bytes(text: &str) -> Option<String> {
    let words = text.trim_start_matches(['<', '>', '=']).trim();
    let at = words.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = words.split_at(at);
    let decimal = ["kB", "MB", "GB", "TB"].iter().any(|own| unit.starts_with(own));
    decimal.then(|| format!("{} {unit}", number.trim()))
}

/// `<= 14.77 ms`: what the limit came to, without how it was written.
#[must_use]
pub fn short_limit(held: &Held, dimension: Option<Dimension>) -> String {
    let symbol = held.limit.op.symbol();
    match (held.value, &held.limit.bound) {
        (_, Bound::Absolute(_)) => limit(held, dimension),
        (Some(value), _) => {
            format!("{symbol} {}", show(value, dimension.unwrap_or(Dimension::COUNT)))
        }
        (None, _) => format!("{symbol} ?"),
    }
}

/// The one limit that decides the finding: the soft one for a warning.
#[must_use]
pub fn deciding_limit(verdict: &Verdict) -> String {
    match (&verdict.soft, verdict.finding) {
        (Some(soft), Finding::Warned) => format!("soft {}", short_limit(soft, verdict.dimension)),
        _ => limits(verdict, false, short_limit),
    }
}

/// The limits of a verdict, written by `one`; a soft limit is named as such.
pub fn limits(
    verdict: &Verdict,
    soft_too: bool,
    one: impl Fn(&Held, Option<Dimension>) -> String,
) -> String {
    let hard = verdict.hard.as_ref().map(|held| one(held, verdict.dimension));
    let soft = verdict.soft.as_ref().map(|held| format!("soft {}", one(held, verdict.dimension)));
    match (hard, soft) {
        (Some(hard), Some(soft)) if soft_too => format!("{hard}, {soft}"),
        (Some(text), _) | (None, Some(text)) => text,
        (None, None) => String::new(),
    }
}

/// `+18 %`, `-0.4 %`.
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{} %", signed(share * 100.0))
}

/// `+3.2 % [+1.1, +5.4]`.
#[must_use]
pub fn change(change: &Estimate) -> String {
    if is_point(change) {
        return percent(change.value);
    }
    let bound = |bound: Option<f64>| bound.map_or("?".to_owned(), |b| signed(b * 100.0));
    format!("{} [{}, {}]", percent(change.value), bound(change.low), bound(change.high))
}

fn signed(value: f64) -> String {
    let size = value.abs();
    if value.is_nan() {
        "?".into()
    } else if !value.is_finite() {
        if value > 0.0 { "+∞".into() } else { "-∞".into() }
    } else if size == 0.0 {
        "0".into()
    } else if size >= 1e6 {
        format!("{value:+.1e}")
    } else if size >= 9.95 {
        format!("{value:+.0}")
    } else if size >= 0.0995 {
        format!("{value:+.1}")
    } else {
        format!("{value:+.2}")
    }
}

/// `200`, or `20,000 ~ 3,150` when the observations are worth fewer.
#[must_use]
pub fn observations(estimate: &Estimate) -> String {
    let n = count(estimate.n);
    let worth = estimate.n_effective.round();
    if worth.is_finite() && worth >= 0.0 && worth < estimate.n as f64 {
        format!("{n} ~ {}", show(worth, Dimension::COUNT))
    } else {
        n
    }
}

/// `20,000`.
#[must_use]
pub fn count(n: u64) -> String {
    show(n as f64, Dimension::COUNT)
}

/// `latency p99`.
#[must_use]
pub fn subject(verdict: &Verdict) -> String {
    format!("{} {}", verdict.metric, verdict.statistic)
}

/// `proofs / POST /verify / latency p99`.
pub(super) fn full_name(verdict: &Verdict) -> String {
    match &verdict.operation {
        Some(operation) => format!("{} / {operation} / {}", verdict.case, subject(verdict)),
        None => format!("{} / {}", verdict.case, subject(verdict)),
    }
}

/// One sentence a machine's log can carry: finding, value, limit and reason.
pub(super) fn sentence(verdict: &Verdict) -> String {
    let mut parts = vec![verdict.finding.words().to_owned()];
    if let Some(value) = &verdict.estimate {
        parts.push(estimate(value, verdict.dimension));
    }
    let limits = limits(verdict, true, limit);
    if !limits.is_empty() {
        parts.push(format!("limit {limits}"));
    }
    if let Some(headroom) = verdict.headroom {
        parts.push(format!("headroom {}", percent(headroom)));
    }
    parts.join("; ")
}

#[must_use]
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Within => "within",
        Outcome::CannotTell => "cannot tell",
        Outcome::NotMeasured => "not measured",
        Outcome::Exceeded => "exceeded",
    }
}

/// Whether a verdict may be shown as kept without remark.
pub(super) fn is_plainly_within(verdict: &Verdict) -> bool {
    verdict.finding == Finding::Within
        && verdict.outcome == Outcome::Within
        && verdict.accepted.is_none()
}

/// Worst first.
#[must_use]
pub fn severity(finding: Finding) -> u8 {
    match finding {
        Finding::Exceeded => 0,
        Finding::NotMeasured => 1,
        Finding::CannotTell => 2,
        Finding::Warned => 3,
        Finding::Within => 4,
    }
}

/// Worst first, then the least headroom, then the order of the file.
#[must_use]
pub fn worst_first(judgement: &Judgement) -> Vec<&Verdict> {
    let mut verdicts: Vec<&Verdict> = judgement.verdicts.iter().collect();
    verdicts.sort_by(|a, b| {
        let headroom = |v: &Verdict| v.headroom.unwrap_or(f64::NEG_INFINITY);
        severity(a.finding).cmp(&severity(b.finding)).then(headroom(a).total_cmp(&headroom(b)))
    });
    verdicts
}

/// `3 within, 1 warned, 1 exceeded`.
#[must_use]
pub fn counts(judgement: &Judgement) -> String {
    let words: Vec<String> = [
        Finding::Within,
        Finding::Warned,
        Finding::CannotTell,
        Finding::NotMeasured,
        Finding::Exceeded,
    ]
    .into_iter()
    .filter_map(|finding| {
        let n = judgement.verdicts.iter().filter(|v| v.finding == finding).count();
        (n > 0).then(|| format!("{} {}", count(n as u64), finding.words()))
    })
    .collect();
    if words.is_empty() { NOTHING_JUDGED.to_owned() } else { words.join(", ") }
}

/// `0.013`, `< 0.001`.
#[must_use]
pub fn probability(p: f64) -> String {
    if p.is_nan() {
        "?".into()
    } else if p < 0.001 {
        "< 0.001".into()
    } else {
        format!("{p:.3}")
    }
}

/// The outcome in words; a judgement of nothing is never `within`.
#[must_use]
pub fn status(judgement: &Judgement) -> &'static str {
    if judgement.verdicts.is_empty() && judgement.outcome == Outcome::Within {
        NOTHING_JUDGED
    } else {
        outcome(judgement.outcome)
    }
}

/// A run that did not end as planned, in words.
#[must_use]
pub fn unfinished(run: &RunHead) -> Option<&'static str> {
    match run.state {
        RunState::Complete => None,
        RunState::Interrupted => Some("interrupted"),
        RunState::Open => Some("not finished"),
    }
}

/// `3f2a91c0b1d2 (main, modified)`.
#[must_use]
pub fn commit(commit: &Commit) -> String {
    let hash: String = commit.hash.chars().take(12).collect();
    let modified = commit.dirty.then_some("modified");
    let about: Vec<&str> = commit.branch.as_deref().into_iter().chain(modified).collect();
    if about.is_empty() { hash } else { format!("{hash} ({})", about.join(", ")) }
}

/// `bench-1, AMD EPYC 7763, 2 cores`.
#[must_use]
pub fn machine(machine: &Machine) -> String {
    let cores = if machine.cores == 1 { "core" } else { "cores" };
    let parts = [
        machine.host.clone(),
        machine.cpu_model.clone(),
        if machine.cores == 0 { String::new() } else { format!("{} {cores}", machine.cores) },
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "unknown machine".to_owned() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: f64, low: Option<f64>, high: Option<f64>) -> Estimate {
        Estimate {
            value,
            low,
            high,
            confidence: 0.99,
            method: String::new(),
            n: 20_000,
            n_effective: 3150.4,
        }
    }

    #[test]
    fn an_estimate_and_its_bounds_share_one_unit() {
        for (value, low, high, dimension, expected) in [
            (12.31e6, Some(12.02e6), Some(12.77e6), Dimension::TIME, "12.31 ms [12.02, 12.77]"),
            (1.1e6, Some(0.9e6), Some(2.0e9), Dimension::TIME, "1.1 ms [0.9, 2000]"),
            (5e6, Some(5e6), Some(5e6), Dimension::TIME, "5 ms"),
            (12.31e6, Some(12.02e6), None, Dimension::TIME, "12.31 ms [12.02, ?]"),
            (12.31e6, None, None, Dimension::TIME, "12.31 ms [?, ?]"),
            (0.0, Some(0.0), Some(2e6), Dimension::TIME, "0 ms [0, 2]"),
            (0.0, Some(0.0), Some(0.0), Dimension::SHARE, "0 %"),
            (0.001, Some(0.0), Some(0.002), Dimension::SHARE, "0.1 % [0, 0.2]"),
            (12345.0, Some(12000.0), Some(13000.0), Dimension::COUNT, "12,345 [12,000, 13,000]"),
            (1e3, Some(9e2), Some(f64::INFINITY), Dimension::TIME, "1 µs [0.9, ∞]"),
            (250.0, Some(240.0), Some(260.0), Dimension::RATE, "250/s [240, 260]"),
        ] {
            assert_eq!(estimate(&of(value, low, high), Some(dimension)), expected);
        }
    }

    #[test]
    fn an_estimate_that_is_no_number_is_a_question_mark() {
        assert_eq!(estimate(&of(f64::NAN, None, None), None), "? [?, ?]");
    }

    #[test]
    fn shares_carry_their_sign() {
        for (share, expected) in [
            (0.18, "+18 %"),
            (-2.0, "-200 %"),
            (0.032, "+3.2 %"),
            (-0.0004, "-0.04 %"),
            (0.0, "0 %"),
            (f64::INFINITY, "+∞ %"),
            (f64::NAN, "? %"),
            (0.0999, "+10 %"),
        ] {
            assert_eq!(percent(share), expected);
        }
    }

    #[test]
    fn observations_say_what_they_are_worth() {
        assert_eq!(observations(&of(1.0, None, None)), "20,000 ~ 3,150");
        assert_eq!(
            observations(&Estimate { n_effective: 20_000.0, ..of(1.0, None, None) }),
            "20,000"
        );
    }
}
