//! What other settings leave as it is, and what they end.

use super::*;
use crate::event::read;
use crate::rules;

const RULES: &str = r#"
[route]
by = ["device"]
wait = "0s"
interval = "1s"
repeat = "1h"

[action.one]
log = true

[[rule]]
name = "corrupt"
metric = "warm_restart_unrecovered_corruptions"
above = 0
actions = ["one"]

[[rule]]
name = "cold"
metric = "warm_restart_warm_percent"
below = 50
actions = ["one"]
"#;

fn settings(text: &str) -> Settings {
    Settings::of(rules::read(text, "a.toml", Duration::from_secs(1)).unwrap())
}

fn moment(second: i64) -> Moment {
    Moment { steady_ms: second * 1000, wall_ms: 1_700_000_000_000 + second * 1000 }
}

/// With an alert that fires, of which somebody was told.
fn told() -> Core {
    let mut core = Core::new(settings(RULES));
    let lines = r#"{"event":"corruption","device":"a"}"#;
    core.record(&read(lines).unwrap(), moment(0)).unwrap();
    let news = core.tick(moment(0));
    assert_eq!((news.changes.len(), news.told.len()), (1, 1));
    core
}

/// What is told in so many seconds after a second.
fn listen(core: &mut Core, after: i64, seconds: i64) -> Vec<Notification> {
    let ticks = (after + 1..=after + seconds).map(|second| core.tick(moment(second)));
    ticks.flat_map(|news| news.told).map(|(_, told)| told).collect()
}

#[test]
fn what_fires_under_an_unchanged_rule_neither_ends_nor_is_told_again() {
    let table = [
        RULES.to_owned(),
        RULES.replace("below = 50", "below = 90"),
        RULES.split("[[rule]]\nname = \"cold\"").next().unwrap().to_owned(),
        RULES.replace("repeat = \"1h\"", "repeat = \"2h\""),
        RULES.replace("[\"one\"]", "[\"one\"]\nfor = \"1m\""),
    ];
    for text in table {
        let mut core = told();
        assert!(core.replace(settings(&text), moment(10)).is_empty(), "{text}");
        assert!(listen(&mut core, 10, 60).is_empty(), "{text}");
        let repeated = if text.contains("2h") { 7200 } else { 3600 };
        assert!(listen(&mut core, 3000, repeated - 3001).is_empty(), "{text}");
        assert_eq!(listen(&mut core, repeated - 1, 1).len(), 1, "{text}");
    }
}

#[test]
fn the_end_of_a_rule_is_told_to_those_who_heard_of_its_alert() {
    let without = RULES.replace("\"corrupt\"", "\"corrupted\"").replace("above = 0", "above = 9");
    for text in [without.clone(), without.replace("one", "other")] {
        let mut core = told();
        let changes = core.replace(settings(&text), moment(10));
        assert_eq!(changes.iter().map(|change| change.to).collect::<Vec<_>>(), [State::Resolved]);
        // Whether or not another process goes on meanwhile.
        let kept = core.keep(moment(10));
        let next = Core::restore(settings(&text), kept, moment(10));
        for mut core in [core, next] {
            let told = listen(&mut core, 10, 5);
            assert_eq!(told.len(), 1, "{text}");
            assert!(!told[0].alerts[0].is_firing && told[0].alerts[0].rule == "corrupt");
        }
    }
}

#[test]
fn a_new_action_hears_of_what_fires_and_the_old_one_does_not_again() {
    let mut core = told();
    let both = RULES.replacen("[\"one\"]", "[\"one\", \"two\"]", 1);
    let both = both.replace("[action.one]", "[action.two]\nlog = true\n[action.one]");
    assert!(core.replace(settings(&both), moment(10)).is_empty());
    let names: Vec<String> = core.tick(moment(11)).told.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["two"]);
}
