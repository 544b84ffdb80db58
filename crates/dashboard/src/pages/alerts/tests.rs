use std::collections::BTreeMap;

use super::*;
use crate::picture::Shown;

const NOW_MS: i64 = 1_795_227_360_000;

fn alert(rule: &str, state: &'static str) -> Shown {
    Shown {
        rule: rule.to_owned(),
        severity: "critical",
        state,
        since_ms: NOW_MS - 200 * 60_000,
        value: Some(2.0),
        labels: BTreeMap::from([("case".to_owned(), "<pay>".to_owned())]),
        summary: "a budget is exceeded".to_owned(),
        is_muted: false,
    }
}

fn picture() -> Picture {
    Picture {
        evaluated_ms: Some(NOW_MS),
        alerts: vec![alert("exceeded", "firing"), alert("slow", "pending")],
        rules: vec![Rule {
            name: "exceeded".to_owned(),
            severity: "critical",
            test: "exceeded above 0 for 5m".to_owned(),
            summary: "a budget is exceeded".to_owned(),
            is_enabled: true,
            is_in_trouble: true,
            firing: 1,
            pending: 0,
        }],
        silences: vec![Silence {
            matchers: "case=search".to_owned(),
            from_ms: NOW_MS - 1,
            until_ms: NOW_MS + 1,
            author: "ada".to_owned(),
            reason: "the cache is rewritten".to_owned(),
        }],
        changes: vec![Change {
            at_ms: NOW_MS,
            rule: "exceeded".to_owned(),
            labels: BTreeMap::new(),
            from: "pending",
            to: "firing",
            value: None,
        }],
        deliveries: Deliveries { done: 7, ..Deliveries::default() },
        elsewhere: None,
        unread: None,
        unsaved: None,
        refused: None,
    }
}

fn shows(picture: Picture) -> String {
    page(&Live::watched(picture)).into_string()
}

#[test]
fn everything_that_is_known_is_shown() {
    let markup = shows(picture());
    for text in [
        "firing",
        "pending",
        "3 h 20 min",
        "exceeded above 0 for 5m",
        "1 firing",
        "lacks a number",
        "case=search",
        "in force",
        "ada",
        "pending → firing",
        "Evaluated 2026-11-21 02:16 UTC",
    ] {
        assert!(markup.contains(text), "{text}: {markup}");
    }
    assert!(markup.contains("&lt;pay&gt;") && !markup.contains("<pay>"));
}

#[test]
fn a_refused_file_and_a_state_that_cannot_be_saved_come_before_all_else() {
    let markup = shows(Picture {
        refused: Some("rules.toml:3: unknown key".to_owned()),
        unsaved: Some("no space is left".to_owned()),
        unread: Some("the disk is gone".to_owned()),
        elsewhere: Some("process 7 on bench-1".to_owned()),
        ..picture()
    });
    let at = |text: &str| markup.find(text).unwrap_or_else(|| panic!("{text}: {markup}"));
    assert!(at("rules.toml:3: unknown key") < at("<table"));
    assert!(at("no space is left") < at("<table"));
    assert!(at("the disk is gone") < at("<table"));
    assert!(at("process 7 on bench-1") < at("<table"));
    assert!(now(&Live::watched(picture())).into_string().contains("1 alert fires"));
}

#[test]
fn the_overview_counts_what_is_muted_apart() {
    let mut picture = picture();
    picture.alerts[0].is_muted = true;
    let markup = now(&Live::watched(picture)).into_string();
    assert!(markup.contains("No alert fires; 1 pending, 1 firing but muted"), "{markup}");
    assert_eq!(now(&Live::still()).into_string(), "");
}

#[test]
fn where_nobody_watches_the_page_says_how_to() {
    assert!(page(&Live::still()).into_string().contains("tollgate serve --rules FILE"));
}

#[test]
fn who_evaluated_nothing_says_of_nothing_that_it_is_quiet() {
    let elsewhere = Some("process 7 watches".to_owned());
    let live = Live::watched(Picture { elsewhere, ..Picture::default() });
    for markup in [page(&live).into_string(), now(&live).into_string()] {
        assert!(markup.contains("What fires is not known here."), "{markup}");
        for text in ["No alert", "Nothing fires", "no rules", "Nobody is kept", "None since"] {
            assert!(!markup.contains(text), "{text}: {markup}");
        }
    }
}

#[test]
fn a_notice_names_what_follows_from_it() {
    let unsaved = Picture { unsaved: Some("no space is left".to_owned()), ..picture() };
    assert!(shows(unsaved).contains("Nobody is told anything until it can be."));
    let unread = Some("could not lock history.db-watch".to_owned());
    let markup = shows(Picture { unread: unread.clone(), ..picture() });
    assert!(markup.contains("The history cannot be watched."), "{markup}");
    assert!(markup.contains("What is shown is what was known before."), "{markup}");
    let markup = shows(Picture { unread, ..Picture::default() });
    assert!(!markup.contains("known before"), "{markup}");
}

#[test]
fn what_was_never_told_is_told_here() {
    let lost = Deliveries { dead: 1, ..Deliveries::default() };
    assert!(shows(Picture { deliveries: lost, ..picture() }).contains("never told"));
    assert!(!shows(picture()).contains("never told"));
}

#[test]
fn a_silence_is_over_in_force_or_to_come() {
    for (from_ms, until_ms, state) in
        [(1, 2, "over"), (NOW_MS, NOW_MS + 1, "in force"), (NOW_MS + 1, NOW_MS + 2, "to come")]
    {
        let silence = Silence { from_ms, until_ms, ..picture().silences.remove(0) };
        let markup = silences(&[silence], NOW_MS).into_string();
        assert!(markup.contains(&format!(">{state}<")), "{markup}");
    }
}
