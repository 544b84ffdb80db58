//! What can only be told of a rule by what is around it.

use std::collections::BTreeSet;

use super::Known;
use super::mistake::instead;
use super::section::Section;
use super::value::{duration, names, pair, text};

/// By its name a rule is known again.
pub(super) fn names_differ(rules: &[Section<'_>]) {
    let mut seen = BTreeSet::new();
    for rule in rules {
        let Some(name) = rule.peek("name", text) else { continue };
        if !seen.insert(name.clone()) {
            rule.wrong("name", format!("{name:?} is that of an earlier rule"));
        }
    }
}

pub(super) fn metrics(rule: &Section<'_>, known: &Known<'_>) {
    let Some(metrics) = known.metrics else { return };
    let unknown = |key: &str, metric: &str| {
        if !metrics.contains(&metric) {
            let instead = instead(metric, metrics.iter().copied());
            rule.wrong(key, format!("names the unknown metric {metric:?}{instead}"));
        }
    };
    for key in ["metric", "rate"] {
        if let Some(metric) = rule.peek(key, text) {
            unknown(key, &metric);
        }
    }
    if let Some((metric, of)) = rule.peek("ratio", pair) {
        unknown("ratio", &metric);
        unknown("ratio", &of);
    }
}

/// A rate is seen between two evaluations.
pub(super) fn window(rule: &Section<'_>, known: &Known<'_>) {
    let least = known.interval.saturating_mul(2);
    if let Some(over) = rule.peek("over", duration).filter(|over| *over < least) {
        let problem = format!(
            "of {over:?} is shorter than two evaluations, which are {:?} apart",
            known.interval
        );
        rule.wrong("over", problem);
    }
}

pub(super) fn actions(rule: &Section<'_>, known: &[&str]) {
    for action in rule.peek("actions", names).unwrap_or_default() {
        if !known.contains(&action.as_str()) {
            let instead = instead(&action, known.iter().copied());
            rule.wrong("actions", format!("names the unknown action {action:?}{instead}"));
        }
    }
}
