//! What is kept for another process, and in which form.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::event::read;
use crate::rules;

const RULES: &str = r#"
[route]
wait = "0s"

[action.one]
log = true

[[rule]]
name = "corrupt"
metric = "warm_restart_unrecovered_corruptions"
above = 0
actions = ["one"]
"#;

fn settings() -> Settings {
    Settings::of(rules::read(RULES, "a.toml", Duration::from_secs(1)).unwrap())
}

fn moment(second: i64) -> Moment {
    Moment { steady_ms: second * 1000, wall_ms: 1_700_000_000_000 + second * 1000 }
}

/// With an alert that fires, of which somebody was told.
fn told() -> Core {
    let mut core = Core::new(settings());
    let lines = r#"{"event":"corruption","device":"a"}"#;
    core.record(&read(lines).unwrap(), moment(0)).unwrap();
    let news = core.tick(moment(0));
    assert_eq!((news.changes.len(), news.told.len()), (1, 1));
    core
}

#[test]
fn what_is_kept_has_the_form_in_which_earlier_releases_saved_it() {
    let kept = serde_json::to_value(told().keep(moment(0))).unwrap();
    let labels = json!([["device", "a"], ["rule", "corrupt"], ["severity", "warning"]]);
    let alert = json!({
        "rule": "corrupt",
        "labels": labels,
        "severity": "warning",
        "is_firing": true,
        "summary": "",
    });
    let group = json!({
        "group": [],
        "began_ms": 1_700_000_000_000_u64,
        "alerts": [alert],
        "told": { "at_ms": 1_700_000_000_000_u64, "firing": [labels] },
    });
    let instance = json!({
        "rule": "corrupt",
        "metric": "warm_restart_unrecovered_corruptions",
        "labels": [["device", "a"]],
        "state": "firing",
        "since_ms": 1_700_000_000_000_u64,
        "lasted_ms": 0,
        "idle_ms": 0,
    });
    let engine = json!({
        "version": 1,
        "wall_ms": 1_700_000_000_000_u64,
        "instances": [instance],
        "groups": [],
        "errands": [],
    });
    let Value::Object(mut fields) = kept else { panic!("{kept}") };
    assert!(fields.remove("members").is_some_and(|members| members[0].is_object()));
    let expected = json!({ "version": 2, "engine": engine, "told": { "one": [group] } });
    assert_eq!(Value::Object(fields), expected);
}

#[test]
fn another_process_counts_on_and_tells_nobody_again() {
    let kept = serde_json::to_string(&told().keep(moment(1))).unwrap();
    let kept = serde_json::from_str(&kept).unwrap();
    let mut core = Core::restore(settings(), kept, moment(2));
    assert_eq!(core.fleet().members().len(), 1);
    let news = core.tick(moment(2));
    assert_eq!((news.changes.len(), news.told.len()), (0, 0));
    assert_eq!(core.desk().active().count(), 1);
}
