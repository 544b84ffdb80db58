//! The watcher's knowledge as pages and the API show it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use tollgate_alerts::desk::{Desk, Going, Standing};
use tollgate_alerts::engine::{State, Transition};
use tollgate_alerts::moment::Moment;
use tollgate_alerts::mute;
use tollgate_alerts::outbox::Counts;
use tollgate_alerts::rule::Severity;

use crate::picture::{Change, Deliveries, Rule, Shown, Silence};

/// What goes on, the most severe that fires first, and of those the latest.
pub(super) fn alerts(desk: &Desk, now: Moment) -> Vec<Shown> {
    let mut going = desk.going(now);
    going.sort_by_key(|Going { active, .. }| {
        let severity: Severity = active.rule.severity();
        (Reverse(order(active.state)), Reverse(severity), Reverse(active.since.wall_ms))
    });
    let shown = |Going { active, is_muted }| Shown {
        rule: active.rule.name().to_owned(),
        severity: active.rule.severity().name(),
        state: word(active.state),
        since_ms: active.since.wall_ms,
        value: number(active.value),
        labels: owned(active.all_labels()),
        summary: active.rule.summary().to_owned(),
        is_muted,
    };
    going.into_iter().map(shown).collect()
}

pub(super) fn rules(desk: &Desk) -> Vec<Rule> {
    let shown = |Standing { rule, is_in_trouble, firing, pending }| Rule {
        name: rule.name.clone(),
        severity: rule.severity.name(),
        test: rule.in_words().to_string(),
        summary: rule.summary.clone(),
        is_enabled: rule.is_enabled,
        is_in_trouble,
        firing,
        pending,
    };
    desk.standings().into_iter().map(shown).collect()
}

/// Those that are not over.
pub(super) fn silences(desk: &Desk, now: Moment) -> Vec<Silence> {
    let lasting = desk.settings().silences.iter().filter(|one| !one.is_over(now.wall_ms));
    let shown = |silence: &mute::Silence| Silence {
        matchers: silence.matchers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        from_ms: silence.from_ms,
        until_ms: silence.until_ms,
        author: silence.author.clone(),
        reason: silence.reason.clone(),
    };
    lasting.map(shown).collect()
}

pub(super) fn change(change: &Transition) -> Change {
    Change {
        at_ms: change.at.wall_ms,
        rule: change.rule.clone(),
        labels: owned(change.labels.iter()),
        from: word(change.from),
        to: word(change.to),
        value: number(change.value),
    }
}

/// What is under way is not done yet: it waits.
pub(super) fn deliveries(counts: Counts, under_way: u64) -> Deliveries {
    // Nobody misses what was replaced: something newer tells it.
    let Counts { waiting, done, retried, dead, refused, replaced: _ } = counts;
    Deliveries { waiting: waiting + under_way, done, retried, dead, refused }
}

fn order(state: State) -> u8 {
    match state {
        State::Inactive => 0,
        State::Resolved => 1,
        State::Pending => 2,
        State::Firing => 3,
    }
}

fn word(state: State) -> &'static str {
    match state {
        State::Inactive => "inactive",
        State::Pending => "pending",
        State::Firing => "firing",
        State::Resolved => "resolved",
    }
}

fn owned<'l>(labels: impl Iterator<Item = (&'l str, &'l str)>) -> BTreeMap<String, String> {
    labels.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn number(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
