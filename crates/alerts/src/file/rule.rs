//! One `[[rule]]`.

use super::section::Section;
use super::value::{
    boolean, choice, duration, labels, matchers, names, number, pair, range, text, words, yes,
};
use crate::rule::{First, NoData, Rule, Severity, Source, Test};

pub(super) const KEYS: [&str; 21] = [
    "name",
    "metric",
    "rate",
    "ratio",
    "over",
    "first",
    "where",
    "above",
    "below",
    "between",
    "equals",
    "within",
    "absent",
    "for",
    "keep-firing",
    "severity",
    "no-data",
    "enabled",
    "labels",
    "summary",
    "actions",
];

const SEVERITIES: [(&str, Severity); 3] =
    [("info", Severity::Info), ("warning", Severity::Warning), ("critical", Severity::Critical)];

const NO_DATA: [(&str, NoData); 3] =
    [("keep", NoData::Keep), ("resolve", NoData::Resolve), ("fire", NoData::Fire)];

const FIRSTS: [(&str, First); 2] = [("ignore", First::Ignore), ("count", First::Count)];

/// How far a number may be from what it shall equal.
const WITHIN: f64 = 0.001;

pub(super) fn read(section: &Section<'_>) -> Option<Rule> {
    let name = section.need("name", words);
    let (source, test) = (source(section), test(section));
    let hold = section.get("for", duration).unwrap_or_default();
    let keep = section.get("keep-firing", duration).unwrap_or_default();
    let severity = section.get("severity", choice(&SEVERITIES)).unwrap_or_default();
    let no_data = section.get("no-data", choice(&NO_DATA)).unwrap_or_default();
    let is_enabled = section.get("enabled", boolean).unwrap_or(true);
    let matchers = section.get("where", matchers).unwrap_or_default();
    let labels = section.get("labels", labels).unwrap_or_default();
    let summary = section.get("summary", text).unwrap_or_default();
    let actions = section.get("actions", names).unwrap_or_default();
    let rule = Rule::new(name?, source?, test?);
    Some(Rule {
        matchers,
        severity,
        hold,
        keep,
        no_data,
        is_enabled,
        labels,
        summary,
        actions,
        ..rule
    })
}

fn source(section: &Section<'_>) -> Option<Source> {
    let kind = section.one_of(&["metric", "rate", "ratio"]);
    let over = section.get("over", duration);
    let first = section.get("first", choice(&FIRSTS));
    if section.has("over") && kind == Some("metric") {
        section.wrong("over", "belongs to `rate` and `ratio`");
    }
    if section.has("first") && !section.has("over") {
        section.wrong("first", "belongs to counters, which are looked at `over` a time");
    }
    let first = first.unwrap_or_default();
    Some(match kind? {
        "metric" => Source::Value { metric: section.get("metric", words)?.into() },
        "rate" => {
            let (metric, over) = (section.get("rate", words), section.need("over", duration));
            Source::Rate { metric: metric?.into(), over: over?, first }
        }
        _ => {
            let (metric, of) = section.get("ratio", pair)?;
            let (metric, of) = (metric.into(), of.into());
            match over {
                None => Source::Ratio { metric, of },
                Some(over) => Source::RateRatio { metric, of, over, first },
            }
        }
    })
}

fn test(section: &Section<'_>) -> Option<Test> {
    let kind = section.one_of(&["above", "below", "between", "equals", "absent"]);
    let within = section.get("within", number);
    if section.has("within") && kind.is_some_and(|kind| kind != "equals") {
        section.wrong("within", "belongs to `equals`");
    }
    if within.is_some_and(|within| within < 0.0) {
        section.wrong("within", "may not be below zero");
    }
    Some(match kind? {
        "above" => Test::Above(section.get("above", number)?),
        "below" => Test::Below(section.get("below", number)?),
        "between" => {
            let (low, high) = section.get("between", range)?;
            Test::Between(low, high)
        }
        "equals" => {
            let value = section.get("equals", number)?;
            Test::Equals { value, within: within.unwrap_or(WITHIN) }
        }
        _ => {
            section.get("absent", yes)?;
            Test::Absent
        }
    })
}
