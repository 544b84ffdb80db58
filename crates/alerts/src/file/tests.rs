//! Files that are read, and files with mistakes in every line.

mod counters;

use std::time::Duration;

use proptest::prelude::*;

use super::{Action, Deed, File, Known};
use crate::labels::Labels;
use crate::mute::Inhibition;
use crate::notify::Routing;
use crate::rule::{First, NoData, Rule, Severity, Source, Test};

const METRICS: [&str; 4] = ["health", "restarts_total", "timeouts_total", "detected_total"];

fn known() -> Known<'static> {
    Known { file: "a.toml", metrics: Some(&METRICS), interval: Duration::from_secs(1) }
}

/// What is wrong with a file, without its name.
fn mistakes(text: &str) -> Vec<String> {
    let mistakes = File::read(text, &known()).unwrap_err().to_string();
    mistakes.lines().map(|line| line.strip_prefix("a.toml:").unwrap().to_owned()).collect()
}

#[test]
fn a_file_says_everything_that_a_rule_can_be() {
    let text = r#"
        [[rule]]
        name = "busy"
        rate = "restarts_total"
        over = "5m"
        first = "count"
        above = 0.5
        where = ["port=~1|2"]
        for = "1m30s"
        keep-firing = "250ms"
        severity = "critical"
        no-data = "fire"
        enabled = false
        labels = { team = "core" }
        summary = "restarts all the time"
        actions = ["page"]

        [action.page]
        url = "https://example.org/hook"
    "#;
    let over = Duration::from_secs(300);
    let source = Source::Rate { metric: "restarts_total".into(), over, first: First::Count };
    let rule = Rule {
        matchers: vec!["port=~1|2".parse().unwrap()],
        severity: Severity::Critical,
        hold: Duration::from_secs(90),
        keep: Duration::from_millis(250),
        no_data: NoData::Fire,
        is_enabled: false,
        labels: Labels::new([("team", "core")]),
        summary: "restarts all the time".to_owned(),
        actions: vec!["page".to_owned()],
        ..Rule::new("busy", source, Test::Above(0.5))
    };
    let deed = Deed::Post { url: "https://example.org/hook".to_owned() };
    let actions = vec![Action { name: "page".to_owned(), deed }];
    let file = File { rules: vec![rule], actions, ..File::default() };
    assert_eq!(File::read(text, &known()), Ok(file));
}

#[test]
fn sources_and_tests_are_told_by_their_keys_and_rules_keep_their_order() {
    let text = r#"
        [[rule]]
        name = "z"
        metric = "health"
        below = 50
        [[rule]]
        name = "y"
        ratio = ["timeouts_total", "detected_total"]
        between = [0.5, 1]
        [[rule]]
        name = "y2"
        ratio = ["timeouts_total", "detected_total"]
        over = "10m"
        above = 0.5
        [[rule]]
        name = "x"
        metric = "health"
        equals = 0x10
        [[rule]]
        name = "w"
        metric = "health"
        equals = 1e2
        within = 0.5
        [[rule]]
        name = "v"
        metric = "health"
        absent = true
    "#;
    let health = || Source::Value { metric: "health".into() };
    let (metric, of) = ("timeouts_total".into(), "detected_total".into());
    let rates = Source::RateRatio {
        metric: "timeouts_total".into(),
        of: "detected_total".into(),
        over: Duration::from_secs(600),
        first: First::Ignore,
    };
    let expected = vec![
        Rule::new("z", health(), Test::Below(50.0)),
        Rule::new("y", Source::Ratio { metric, of }, Test::Between(0.5, 1.0)),
        Rule::new("y2", rates, Test::Above(0.5)),
        Rule::new("x", health(), Test::Equals { value: 16.0, within: 0.001 }),
        Rule::new("w", health(), Test::Equals { value: 100.0, within: 0.5 }),
        Rule::new("v", health(), Test::Absent),
    ];
    assert_eq!(File::read(text, &known()).unwrap().rules, expected);
}

#[test]
fn actions_routes_inhibitions_and_silences_are_read() {
    let text = r#"
        [action.pager]
        run = ["page", "--now"]
        [action.bus]
        subject = "alerts.fired"
        [action.log]
        log = true

        [route]
        by = ["site"]
        repeat = "1h"

        [[inhibit]]
        source = ["rule=down"]
        target = ["severity!=critical", "port=~1|2"]
        equal = ["site"]

        [[silence]]
        matchers = ["site=a"]
        from = 2026-01-31T08:00:00Z
        until = "2026-01-31T10:00:00+01:00"
        author = "ann"
        reason = "works"
    "#;
    let file = File::read(text, &known()).unwrap();
    let deeds: Vec<Deed> = file.actions.into_iter().map(|action| action.deed).collect();
    let command = vec!["page".to_owned(), "--now".to_owned()];
    let subject = "alerts.fired".to_owned();
    assert_eq!(deeds, [Deed::Run { command }, Deed::Publish { subject }, Deed::Log]);
    let by = vec!["site".to_owned()];
    let repeat = Duration::from_secs(3600);
    assert_eq!(file.routing, Routing { by: by.clone(), repeat, ..Routing::default() });
    let source = vec!["rule=down".parse().unwrap()];
    let target = vec!["severity!=critical".parse().unwrap(), "port=~1|2".parse().unwrap()];
    assert_eq!(file.inhibitions, [Inhibition { source, target, equal: by }]);
    let silence = &file.silences[0];
    assert_eq!((silence.id.as_str(), silence.until_ms - silence.from_ms), ("file-1", 3_600_000));
}

#[test]
fn an_empty_file_has_no_rules_and_the_usual_routing() {
    assert_eq!(File::read("", &known()), Ok(File::default()));
    let routing = Routing::default();
    let times = [routing.wait, routing.interval, routing.repeat].map(|time| time.as_secs());
    assert_eq!(times, [30, 300, 14_400]);
}

#[test]
fn every_mistake_is_told_at_once_with_its_line() {
    let text = r#"[[rule]]
name = "slow"
metric = "helth"
abvoe = 5
for = "5 minutes"
severity = "critcal"
actions = ["pagr"]

[[rule]]
name = "slow"
rate = "restarts_total"
over = "1s"
above = nan

[[rule]]
name = ""
ratio = ["health"]
between = [5, 1]
within = -1

[action.page]
url = "example.org"
"#;
    let expected = [
        r#"1: rule "slow": one of `above`, `below`, `between`, `equals` and `absent` is missing"#,
        r#"3: rule "slow": `metric` names the unknown metric "helth"; is `health` meant?"#,
        r#"4: rule "slow": unknown key `abvoe`; is `above` meant?"#,
        r#"5: rule "slow": `for` has to be a time like "90s", "5m", "1h30m" or "250ms", not "#,
        r#"6: rule "slow": `severity` cannot be "critcal"; is `critical` meant?"#,
        r#"7: rule "slow": `actions` names the unknown action "pagr"; is `page` meant?"#,
        r#"10: rule "slow": `name` "slow" is that of an earlier rule"#,
        r#"12: rule "slow": `over` of 1s is shorter than two evaluations, which are 1s apart"#,
        r#"13: rule "slow": `above` has to be a finite number, not nan"#,
        "16: rule 3: `name` may not be empty",
        r#"17: rule 3: `ratio` has to be two metrics, `["part", "whole"]`, not 1"#,
        "18: rule 3: `between` has the least first, but 5 is more than 1",
        "19: rule 3: `within` belongs to `equals`",
        "19: rule 3: `within` may not be below zero",
        r#"22: action "page": `url` has to begin with `http://` or `https://` and a host, not "#,
    ];
    let found = mistakes(text);
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}\n{expected}");
    }
}

#[test]
fn an_address_that_could_never_be_told_is_refused_and_no_password_of_it_is_shown() {
    for url in ["http://:80", "https://?a", "http://a\tb/", "http://ann:hunter2@a/b", "https://@a"]
    {
        let found = mistakes(&format!("[action.page]\nurl = {url:?}"));
        assert_eq!(found.len(), 1, "{url}: {found:#?}");
        assert!(!found[0].contains("hunter2"), "{}", found[0]);
    }
    assert!(File::read("[action.page]\nurl = \"https://a/b@c\"", &known()).is_ok());
}

#[test]
fn what_has_to_be_there_is_missed() {
    let text = "[[silence]]\nmatchers = []\n[[inhibit]]\n[action.x]\n[[rule]]\nrate = 'health'\n";
    let expected = [
        "1: silence 1: `author` is missing",
        "1: silence 1: `from` is missing",
        "1: silence 1: `reason` is missing",
        "1: silence 1: `until` is missing",
        "2: silence 1: `matchers` may not be empty: nothing would match",
        "3: inhibit 1: `source` is missing",
        "3: inhibit 1: `target` is missing",
        "4: action \"x\": one of `log`, `url`, `run` and `subject` is missing",
        "5: rule 1: `name` is missing",
        "5: rule 1: `over` is missing",
        "5: rule 1: one of `above`, `below`, `between`, `equals` and `absent` is missing",
    ];
    assert_eq!(mistakes(text), expected);
}

#[test]
fn what_would_be_told_without_end_or_under_another_name_is_refused() {
    let text = "[route]\nrepeat = '0s'\n[[rule]]\nname = 'a'\nmetric = 'health'\nabove = 1\n";
    let expected = [
        "2: route: `repeat` has to be longer than nothing".to_owned(),
        "7: rule \"a\": `labels` has the label `rule`, which every alert has of its own".to_owned(),
    ];
    assert_eq!(mistakes(&format!("{text}labels = {{ rule = 'b' }}")), expected);
    let severity = mistakes(&format!("{text}labels = {{ severity = 'page' }}"));
    assert!(severity[1].contains("the label `severity`, which"), "{severity:?}");
}

#[test]
fn a_text_that_is_no_toml_or_of_another_shape_is_refused() {
    assert!(mistakes("[[rule]]\nname = \n")[0].starts_with("2: this is no TOML: "));
    assert_eq!(mistakes("rule = 1"), ["1: `rule` has to be written as `[[rule]]`, once for each"]);
    assert_eq!(mistakes("rule = [1]"), ["1: rule 1 is no table"]);
    assert_eq!(mistakes("[action]\nx = 1"), ["2: action \"x\" is no table"]);
    assert_eq!(mistakes("rules = []"), ["1: unknown key `rules`; is `rule` meant?"]);
}

#[test]
fn every_key_is_on_the_page() {
    let page = include_str!("../../../../docs/alerts.md");
    for key in super::rule::KEYS.iter().chain(&super::mute::SILENCE).chain(&super::mute::ROUTE) {
        let is_there = [format!("`{key}`"), format!("\n{key} = ")];
        assert!(is_there.iter().any(|text| page.contains(text)), "{key}");
    }
}

#[test]
fn any_metric_goes_where_none_are_known() {
    let text = "[[rule]]\nname = 'a'\nmetric = 'anything'\nabove = 1\n";
    assert_eq!(mistakes(text).len(), 1);
    assert!(File::read(text, &Known::default()).is_ok());
}

/// Lines that a file is made of, right and wrong ones.
const LINES: [&str; 25] = [
    "[[rule]]",
    "name = \"é\"",
    "metric = 'health'",
    "rate = 'health'",
    "over = '5m'",
    "over = 5",
    "first = 'count'",
    "ratio = ['health', '']",
    "above = 1",
    "below = -inf",
    "between = [1]",
    "equals = {}",
    "within = 1e999",
    "absent = false",
    "labels = { 'ü' = 1 }",
    "where = ['a=~(']",
    "actions = ['x', 1]",
    "[action.x]",
    "log = true",
    "[route]",
    "by = [[]]",
    "[[silence]]",
    "from = 1979-05-27",
    "until = '9999-99-99T99:99:99Z'",
    "[[inhibit]]",
];

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}") {
        if let Err(mistakes) = File::read(&text, &known()) {
            prop_assert!(!mistakes.list.is_empty());
        }
    }

    #[test]
    fn any_lines_are_read_or_refused_with_lines_of_their_own(
        lines in prop::collection::vec(prop::sample::select(&LINES[..]), 0..16),
    ) {
        match File::read(&lines.join("\n"), &known()) {
            Ok(file) => {
                let rules = lines.iter().filter(|line| **line == "[[rule]]").count();
                prop_assert_eq!(file.rules.len(), rules);
            }
            Err(mistakes) => {
                let count = lines.len();
                prop_assert!(mistakes.list.iter().all(|one| (1..=count).contains(&one.line)));
            }
        }
    }
}
