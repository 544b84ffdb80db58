//! A rule file with what can be said here and what cannot.

use std::time::Duration;

use proptest::prelude::*;

use super::{BadRuleFile, read};
use crate::labels::Labels;
use crate::rule::{First, NoData, Rule, Severity, Source, Test};

const FILE: &str = r#"
groups:
  - name: ports
    interval: 30s
    rules:
      - alert: Down
        expr: up{job="switch", site=~"a|b"} == 0
        for: 5m
        keep_firing_for: 1m
        labels:
          severity: critical
          team: core
        annotations:
          summary: "{{ $labels.instance }} is down"
          description: more of it
      - alert: Down
        expr: absent(up)
      - record: job:up:sum
        expr: sum(up)
      - alert: Restarts
        expr: |
          rate(restarts_total[5m]) > 0.5
        labels: { severity: page }
  - name: more
    rules:
      - alert: Errors
        expr: sum(rate(errors_total[5m])) by (job) > 1
      - alert: Share
        expr: errors / requests{site!="x"} >= 1e-2
        for: ten minutes
      - alert: Share
        expr: errors / requests{site!="x"} >= 1e-2
"#;

fn value(metric: &str) -> Source {
    Source::Value { metric: metric.into() }
}

fn imported(name: &str, source: Source, test: Test) -> Rule {
    Rule { no_data: NoData::Resolve, ..Rule::new(name, source, test) }
}

#[test]
fn what_can_be_said_is_taken_over_in_order() {
    let down = Rule {
        matchers: vec!["job=switch".parse().unwrap(), "site=~a|b".parse().unwrap()],
        severity: Severity::Critical,
        hold: Duration::from_secs(300),
        keep: Duration::from_secs(60),
        labels: Labels::new([("team", "core")]),
        summary: "{{ $labels.instance }} is down".to_owned(),
        ..imported("Down", value("up"), Test::Equals { value: 0.0, within: 0.0 })
    };
    let (metric, of) = ("errors".into(), "requests".into());
    let share = Rule {
        matchers: vec!["site!=x".parse().unwrap()],
        ..imported("Share", Source::Ratio { metric, of }, Test::Above(0.01_f64.next_down()))
    };
    let rules = vec![down, imported("Down-2", value("up"), Test::Absent), share];
    assert_eq!(read(FILE).unwrap().rules, rules);
}

#[test]
fn what_cannot_be_said_is_listed_with_its_line_and_group() {
    let listed: Vec<String> =
        read(FILE).unwrap().unsupported.iter().map(ToString::to_string).collect();
    let expected = [
        "line 18: `job:up:sum` of the group `ports`: recording rules compute new metrics",
        "line 20: `Restarts` of the group `ports`: the severity \"page\" is none of info, warning \
         and critical",
        "line 26: `Errors` of the group `more`: `sum` cannot be said here; what can be is ",
        "line 28: `Share` of the group `more`: `for` is no time like 5m",
    ];
    assert_eq!(listed.len(), expected.len(), "{listed:#?}");
    for (listed, expected) in listed.iter().zip(expected) {
        assert!(listed.starts_with(expected), "{listed}\n{expected}");
    }
}

/// A rule file with one expression.
fn of(expression: &str) -> String {
    let quoted = expression.replace('\'', "''");
    format!("groups: [{{name: g, rules: [{{alert: a, expr: '{quoted}'}}]}}]")
}

#[test]
fn a_group_gives_its_labels_to_its_rules_and_what_else_it_has_is_listed() {
    let group = |keys: &str, rule: &str| {
        let rule = format!("{{alert: a, expr: m > 1{rule}}}");
        read(&format!("groups: [{{name: g{keys}, rules: [{rule}]}}]")).unwrap()
    };
    let labels = ", interval: 1m, labels: {severity: info, team: core, site: a}";
    let rule = group(labels, ", labels: {site: b}").rules.remove(0);
    assert_eq!(rule.labels, Labels::new([("team", "core"), ("site", "b")]));
    assert_eq!(rule.severity, Severity::Info);
    for key in ["limit", "query_offset"] {
        let imported = group(&format!(", {key}: 5"), "");
        assert_eq!(imported.rules, []);
        let said = format!("its group has `{key}`, which cannot be said here");
        assert_eq!(imported.unsupported[0].what, said);
    }
}

#[test]
fn a_label_that_would_become_another_one_is_listed() {
    let table = [
        ("host: '{{ $labels.instance }}'", "the label `host` is a template"),
        ("version: 1.10", "the label `version` is no text: put it between quotes"),
        ("code: 007", "the label `code` is no text: put it between quotes"),
        ("code: [a]", "the label `code` is no text: put it between quotes"),
        ("rule: a", "the label `rule` is its name here"),
    ];
    for (label, said) in table {
        let rule = format!("{{alert: a, expr: m > 1, labels: {{{label}}}}}");
        let imported = read(&format!("groups: [{{name: g, rules: [{rule}]}}]")).unwrap();
        assert_eq!(imported.rules, [], "{label}");
        assert_eq!(imported.unsupported[0].what, said);
    }
}

#[test]
fn comparisons_are_exact_at_their_ends() {
    let test = |expression: &str| read(&of(expression)).unwrap().rules[0].test;
    assert_eq!(test("m > 5"), Test::Above(5.0));
    assert_eq!(test("m < -5"), Test::Below(-5.0));
    assert_eq!(test("m>=5").range(), (5.0, f64::INFINITY));
    assert_eq!(test("m <= 5").range(), (f64::NEG_INFINITY, 5.0));
    assert_eq!(test("m == 5").range(), (5.0, 5.0));
}

#[test]
fn counters_are_divided_by_their_like() {
    let rates = |over| Source::RateRatio {
        metric: "a".into(),
        of: "b".into(),
        over: Duration::from_secs(over),
        first: First::Ignore,
    };
    for (expression, over) in [
        ("rate(a[5m]) / rate(b[5m]) > 0.5", 300),
        ("increase(a{site=\"x\"}[1h])/increase(b[60m]) > 0.5", 3600),
    ] {
        let rule = read(&of(expression)).unwrap().rules.remove(0);
        assert_eq!((rule.source, rule.test), (rates(over), Test::Above(0.5)), "{expression}");
    }
}

#[test]
fn an_increase_is_a_rate_for_the_whole_time() {
    let rule = read(&of("increase(a[5m]) > 3")).unwrap().rules.remove(0);
    let (metric, over, first) = ("a".into(), Duration::from_secs(300), First::Ignore);
    assert_eq!(rule.source, Source::Rate { metric, over, first });
    assert_eq!(rule.test, Test::Above(0.01));
    // Exactly as many within the time are as many.
    for (most, minutes) in [(5_u32, 7_u32), (1, 5), (9, 60), (3, 11)] {
        let rule =
            read(&of(&format!("increase(a[{minutes}m]) >= {most}"))).unwrap().rules.remove(0);
        let rate = f64::from(most) * 1000.0 / f64::from(minutes * 60_000);
        assert_eq!(rule.test.range(), (rate, f64::INFINITY), "{most} in {minutes} min");
    }
}

#[test]
fn a_metric_may_be_called_as_a_function_is() {
    let rule = read(&of("absent > 3")).unwrap().rules.remove(0);
    assert_eq!(rule.source, value("absent"));
}

#[test]
fn texts_of_labels_have_quotes_of_three_kinds_and_escapes() {
    let matchers = |expression: &str| {
        let rule = read(&of(expression)).unwrap().rules.remove(0);
        rule.matchers.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(matchers(r#"rate(m{a='b',}[1m]) > 1"#), [r#"a="b""#]);
    assert_eq!(matchers(r#"m{a=~"x\\.y", b=`\d`} > 1"#), [r#"a=~"x\.y""#, r#"b="\d""#]);
}

#[test]
fn everything_else_is_refused() {
    let cases = [
        "",
        "m",
        "m > n",
        "5 < m",
        "m > 5 and n > 3",
        "m > bool 5",
        "m offset 5m > 1",
        "m[5m] > 1",
        "m != 5",
        "m > NaN",
        "irate(m[5m]) > 1",
        "rate(m) > 1",
        "rate(m[5x]) > 1",
        "rate(m[0s]) > 1",
        "rate(m[5m]) / n > 1",
        "m / rate(n[5m]) > 1",
        "rate(m[5m]) / rate(n[6m]) > 1",
        "rate(m[5m]) / increase(n[5m]) > 1",
        "increase(m[5m]) / 3 > 1",
        "m{a} > 1",
        "m{a=\"b} > 1",
        "m{a=~\"(\"} > 1",
        "{a=\"b\"} > 1",
        "m / on(a) n > 1",
        "absent(m) > 0",
        "absent(rate(m[5m]))",
        "m > 1 or",
        "é > 1",
    ];
    for expression in cases {
        let imported = read(&of(expression)).unwrap();
        assert_eq!((imported.rules.len(), imported.unsupported.len()), (0, 1), "{expression}");
    }
}

#[test]
fn a_text_that_is_no_rule_file_is_refused() {
    for text in ["", "groups: 5", "[]", "rules: []"] {
        assert_eq!(read(text), Err(BadRuleFile::NoGroups), "{text:?}");
    }
    let error = read("groups:\n  - [\n").unwrap_err().to_string();
    assert!(error.contains("could not read this as YAML"), "{error}");
}

proptest! {
    #[test]
    fn any_expression_is_taken_over_or_listed(
        expression in concat!(
            r"(m|rate|increase|absent|\(|\)|\{|\}|\[5m\]",
            r#"|a="b"|/|>|<=|5|é| |"|\\){0,12}"#,
        ),
    ) {
        let imported = read(&of(&expression)).unwrap();
        prop_assert_eq!(imported.rules.len() + imported.unsupported.len(), 1);
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}") {
        let _ = read(&text);
    }
}
