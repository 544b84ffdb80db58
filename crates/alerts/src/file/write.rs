//! Writes rules as a file from which they are read again.

use std::collections::BTreeMap;
use std::fmt::Write;

use toml::Value;

use super::duration;
use crate::rule::{First, NoData, Rule, Severity, Source, Test};

/// One `[[rule]]` after the other. What is as it is without its key is left out.
#[must_use]
pub fn written(rules: &[Rule]) -> String {
    let texts: Vec<String> = rules.iter().map(rule).collect();
    texts.join("\n")
}

/// The lines of a rule.
struct Lines(String);

fn rule(rule: &Rule) -> String {
    let mut lines = Lines("[[rule]]\n".to_owned());
    lines.add("name", rule.name.as_str());
    source(&rule.source, &mut lines);
    if !rule.matchers.is_empty() {
        lines.add("where", rule.matchers.iter().map(ToString::to_string).collect::<Vec<_>>());
    }
    test(rule.test, &mut lines);
    for (key, time) in [("for", rule.hold), ("keep-firing", rule.keep)] {
        if !time.is_zero() {
            lines.add(key, duration::written(time));
        }
    }
    if rule.severity != Severity::default() {
        lines.add("severity", rule.severity.name());
    }
    match rule.no_data {
        NoData::Keep => {}
        NoData::Resolve => lines.add("no-data", "resolve"),
        NoData::Fire => lines.add("no-data", "fire"),
    }
    if !rule.is_enabled {
        lines.add("enabled", false);
    }
    if !rule.labels.is_empty() {
        lines.add("labels", rule.labels.iter().collect::<BTreeMap<_, _>>());
    }
    if !rule.summary.is_empty() {
        lines.add("summary", rule.summary.as_str());
    }
    if !rule.actions.is_empty() {
        lines.add("actions", rule.actions.clone());
    }
    lines.0
}

fn source(source: &Source, lines: &mut Lines) {
    match source {
        Source::Value { metric } => lines.add("metric", &**metric),
        Source::Rate { metric, .. } => lines.add("rate", &**metric),
        Source::Ratio { metric, of } | Source::RateRatio { metric, of, .. } => {
            lines.add("ratio", vec![&**metric, &**of]);
        }
    }
    if let Source::Rate { over, first, .. } | Source::RateRatio { over, first, .. } = source {
        lines.add("over", duration::written(*over));
        if *first == First::Count {
            lines.add("first", "count");
        }
    }
}

fn test(test: Test, lines: &mut Lines) {
    match test {
        Test::Above(than) => lines.add("above", than),
        Test::Below(than) => lines.add("below", than),
        Test::Between(low, high) => lines.add("between", vec![low, high]),
        Test::Equals { value, within } => {
            lines.add("equals", value);
            lines.add("within", within);
        }
        Test::Absent => lines.add("absent", true),
    }
}

impl Lines {
    fn add(&mut self, key: &str, value: impl Into<Value>) {
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "{key} = {}", value.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{File, Known};
    use crate::prometheus;

    #[test]
    fn rules_are_read_again_as_they_were_written() {
        let text = r#"
            [[rule]]
            name = "é \"quoted\" \\ \n two"
            ratio = ["a", "b"]
            over = "1h30m"
            first = "count"
            between = [-0.5, 1e300]
            where = ["port=~1|2", "site!=\"a b\""]
            for = "90s"
            keep-firing = "250ms"
            severity = "critical"
            no-data = "fire"
            enabled = false
            labels = { team = "it's \"core\"" }
            summary = "all of\nit"
            actions = ["log"]
            [[rule]]
            name = "plain"
            metric = "a"
            equals = 3
            [[rule]]
            name = "none"
            rate = "a"
            over = "5m"
            absent = true
            [action.log]
            log = true
        "#;
        let rules = File::read(text, &Known::default()).unwrap().rules;
        let again = format!("{}\n[action.log]\nlog = true\n", written(&rules));
        assert_eq!(File::read(&again, &Known::default()).unwrap().rules, rules, "{again}");
        let plain = "[[rule]]\nname = \"plain\"\nmetric = \"a\"\nequals = 3.0\nwithin = 0.001\n";
        assert!(again.contains(plain), "{again}");
    }

    #[test]
    fn rules_of_prometheus_become_a_file() {
        let text = "groups: [{name: g, rules: [{alert: a, expr: 'increase(m{x=\"y\"}[7m]) >= 5', \
                    for: 5m}, {alert: a, expr: absent(m), labels: {severity: critical}}]}]";
        let rules = prometheus::read(text).unwrap().rules;
        assert_eq!(rules.len(), 2);
        let file = written(&rules);
        assert_eq!(File::read(&file, &Known::default()).unwrap().rules, rules, "{file}");
    }
}
