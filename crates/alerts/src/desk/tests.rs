//! What is told, what other settings leave as it is, and what they end.

use super::*;
use crate::file::Known;

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
metric = "corruptions"
above = 0
actions = ["one"]

[[rule]]
name = "cold"
metric = "warm-percent"
below = 50
for = "5s"
actions = ["one"]
"#;

fn settings(text: &str) -> Settings {
    Settings::of(File::read(text, &Known::default()).unwrap_or_else(|error| panic!("{error}")))
}

fn moment(second: i64) -> Moment {
    Moment { steady_ms: second * 1000, wall_ms: 1_700_000_000_000 + second * 1000 }
}

fn write(desk: &mut Desk, metric: &str, device: &str, value: f64) {
    desk.board().write(metric, &Labels::new([("device", device)]), value);
}

/// With an alert that fires, of which somebody was told.
fn told(text: &str) -> Desk {
    let mut desk = Desk::new(settings(text));
    write(&mut desk, "corruptions", "a", 1.0);
    write(&mut desk, "warm-percent", "a", 100.0);
    let news = desk.evaluate(moment(0));
    assert_eq!((news.changes.len(), news.told.len()), (1, 1));
    desk
}

/// What is told in so many seconds after a second.
fn listen(desk: &mut Desk, after: i64, seconds: i64) -> Vec<Notification> {
    let looks = (after + 1..=after + seconds).map(|second| desk.evaluate(moment(second)));
    looks.flat_map(|news| news.told).map(|(_, told)| told).collect()
}

#[test]
fn what_fires_under_an_unchanged_rule_neither_ends_nor_is_told_again() {
    let table = [
        RULES.to_owned(),
        RULES.replace("below = 50", "below = 90"),
        RULES.split("[[rule]]\nname = \"cold\"").next().unwrap().to_owned(),
        RULES.replace("repeat = \"1h\"", "repeat = \"2h\""),
        RULES.replacen("[\"one\"]", "[\"one\"]\nfor = \"1m\"", 1),
    ];
    for text in table {
        let mut desk = told(RULES);
        assert!(desk.replace(settings(&text), moment(10)).is_empty(), "{text}");
        assert!(listen(&mut desk, 10, 60).is_empty(), "{text}");
        let repeated = if text.contains("2h") { 7200 } else { 3600 };
        assert!(listen(&mut desk, 3000, repeated - 3001).is_empty(), "{text}");
        assert_eq!(listen(&mut desk, repeated - 1, 1).len(), 1, "{text}");
    }
}

#[test]
fn the_end_of_a_rule_is_told_to_those_who_heard_of_its_alert() {
    let without = RULES.replace("\"corrupt\"", "\"corrupted\"").replace("above = 0", "above = 9");
    for text in [without.clone(), without.replace("one", "other")] {
        let mut desk = told(RULES);
        let changes = desk.replace(settings(&text), moment(10));
        assert_eq!(changes.iter().map(|change| change.to).collect::<Vec<_>>(), [State::Resolved]);
        // Whether or not another process goes on meanwhile.
        let next = Desk::restore(settings(&text), &desk.keep(moment(10)), moment(10));
        for mut desk in [desk, next] {
            let told = listen(&mut desk, 10, 5);
            assert_eq!(told.len(), 1, "{text}");
            assert!(!told[0].alerts[0].is_firing && told[0].alerts[0].rule == "corrupt");
        }
    }
}

#[test]
fn a_new_action_hears_of_what_fires_and_the_old_one_does_not_again() {
    let mut desk = told(RULES);
    let both = RULES.replacen("[\"one\"]", "[\"one\", \"two\"]", 1);
    let both = both.replace("[action.one]", "[action.two]\nlog = true\n[action.one]");
    assert!(desk.replace(settings(&both), moment(10)).is_empty());
    let told = desk.evaluate(moment(11)).told;
    assert_eq!(told.into_iter().map(|(name, _)| name).collect::<Vec<_>>(), ["two"]);
}

#[test]
fn another_process_tells_nothing_again_and_goes_on_with_what_was_pending() {
    let mut desk = told(RULES);
    write(&mut desk, "warm-percent", "a", 10.0);
    desk.evaluate(moment(1));
    let mut next = Desk::restore(settings(RULES), &desk.keep(moment(3)), moment(3));
    write(&mut next, "corruptions", "a", 1.0);
    write(&mut next, "warm-percent", "a", 10.0);
    assert!(listen(&mut next, 3, 2).is_empty());
    let told = listen(&mut next, 5, 1);
    let rules: Vec<&str> = told.iter().flat_map(|told| &told.alerts).map(|a| &*a.rule).collect();
    assert_eq!(rules, ["cold", "corrupt"], "five seconds after it began");
}

const MUTED: &str = r#"
[[inhibit]]
source = ["rule=corrupt"]
target = ["rule=cold"]
equal = ["device"]

[[silence]]
matchers = ["device=b"]
from = "2023-11-14T22:13:20Z"
until = "2023-11-14T22:13:30Z"
author = "ann"
reason = "maintenance"
"#;

#[test]
fn who_looks_sees_what_is_muted_for_as_long_as_it_is() {
    let mut desk = told(&format!("{RULES}{MUTED}"));
    for device in ["a", "b", "c"] {
        write(&mut desk, "warm-percent", device, 10.0);
    }
    desk.evaluate(moment(1));
    let muted = |desk: &Desk, second| {
        let device = |going: &Going<'_>| going.active.labels?.get("device").map(str::to_owned);
        let going = desk.going(moment(second)).into_iter();
        let of = |going: Going<'_>| (device(&going).unwrap_or_default(), going.is_muted);
        going.map(of).collect::<Vec<_>>()
    };
    let expected = |b| [("a", false), ("a", true), ("b", b), ("c", false)];
    let expected = |b| expected(b).map(|(device, is_muted)| (device.to_owned(), is_muted));
    assert_eq!(muted(&desk, 9), expected(true));
    assert_eq!(muted(&desk, 10), expected(false), "the silence is over");
    write(&mut desk, "corruptions", "a", 0.0);
    desk.evaluate(moment(2));
    assert_eq!(muted(&desk, 2)[1], ("a".to_owned(), false), "what muted it is over");
}

#[test]
fn each_rule_stands_with_its_alerts_and_whether_it_lacks_a_number() {
    let text = format!("{RULES}\n[[rule]]\nname = \"none\"\nmetric = \"missing\"\nabove = 0");
    let mut desk = told(&text);
    for device in ["a", "b"] {
        write(&mut desk, "warm-percent", device, 10.0);
    }
    let stand = |desk: &Desk| {
        let of = |one: Standing<'_>| (one.firing, one.pending, one.is_in_trouble);
        desk.standings().into_iter().map(of).collect::<Vec<_>>()
    };
    desk.evaluate(moment(1));
    assert_eq!(stand(&desk), [(1, 0, false), (0, 2, false), (0, 0, false)]);
    write(&mut desk, "warm-percent", "b", f64::NAN);
    desk.evaluate(moment(6));
    assert_eq!(stand(&desk), [(1, 0, false), (1, 1, true), (0, 0, false)]);
    assert_eq!(desk.in_trouble(), 1);
}
