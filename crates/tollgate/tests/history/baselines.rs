//! Which runs a run is held against.

use tollgate::history::{Dirty, History, HistoryError, Wanted};
use tollgate::run::{RunHead, RunState};

use crate::example::{file, head, machine, open, store};

const USUAL: Wanted<'_> = Wanted {
    name: None,
    project: "shop",
    branch: None,
    default_branches: &["main", "master"],
    cases: &[],
    fingerprint: None,
    last: 2,
    before: None,
    dirty: Dirty::Leave,
};

fn on(second: i64, branch: &str) -> RunHead {
    let mut head = head(second);
    head.commit.as_mut().unwrap().branch = Some(branch.to_owned());
    head
}

/// The seconds in which the chosen runs began.
fn seconds(history: &History, wanted: &Wanted<'_>) -> Vec<i64> {
    let chosen = history.baseline(wanted).unwrap();
    let runs = chosen.map(|chosen| chosen.baseline.runs).unwrap_or_default();
    runs.iter().map(|run| (run.head.started_ms - 1_790_000_000_000) / 1000).collect()
}

#[test]
fn without_a_name_it_is_the_latest_complete_clean_runs_of_the_default_branch() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    assert_eq!(history.baseline(&USUAL).unwrap(), None);
    for second in 1..=3 {
        store(&mut history, &head(second), 1);
    }
    store(&mut history, &on(4, "fix"), 1);
    let mut dirty = head(5);
    dirty.commit.as_mut().unwrap().dirty = true;
    store(&mut history, &dirty, 1);
    let mut elsewhere = head(6);
    elsewhere.project = "till".to_owned();
    store(&mut history, &elsewhere, 1);
    history.begin(&head(7)).unwrap();
    let interrupted = history.begin(&head(8)).unwrap();
    history.finish(&interrupted, 9, RunState::Interrupted).unwrap();
    let mut loose = head(9);
    loose.commit = None;
    store(&mut history, &loose, 1);

    assert_eq!(seconds(&history, &USUAL), [3, 2]);
    assert_eq!(history.baseline(&USUAL).unwrap().unwrap().baseline.name, "the last 2 runs of main");
    assert_eq!(seconds(&history, &Wanted { last: 9, ..USUAL }), [3, 2, 1]);
    assert_eq!(seconds(&history, &Wanted { last: 0, ..USUAL }), Vec::<i64>::new());
    assert_eq!(seconds(&history, &Wanted { dirty: Dirty::Take, ..USUAL }), [5, 3]);
    assert_eq!(seconds(&history, &Wanted { branch: Some("fix"), ..USUAL }), [4]);
    assert_eq!(seconds(&history, &Wanted { branch: Some("none"), ..USUAL }), Vec::<i64>::new());
    assert_eq!(seconds(&history, &Wanted { default_branches: &["trunk", "fix"], ..USUAL }), [4]);
}

#[test]
fn the_current_run_and_later_ones_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let ids: Vec<String> =
        [1, 2, 2, 3].map(|second| store(&mut history, &head(second), 1).head.id).into();
    for (before, expected) in [(0, vec![]), (1, vec![1]), (2, vec![2, 1]), (3, vec![2, 2])] {
        let wanted = Wanted { before: Some(&ids[before]), ..USUAL };
        assert_eq!(seconds(&history, &wanted), expected, "{before}");
    }
    // A run that is not in this history is placed by its id.
    assert_eq!(seconds(&history, &Wanted { before: Some("20260921-141322-0000"), ..USUAL }), [1]);
}

#[test]
fn runs_without_the_wanted_cases_are_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    store(&mut history, &head(1), 1);
    let mut other = head(2);
    other.planned[0].case = "refund".to_owned();
    store(&mut history, &other, 1);
    assert_eq!(seconds(&history, &Wanted { cases: &["pay"], ..USUAL }), [1]);
    assert_eq!(seconds(&history, &Wanted { cases: &["pay", "refund"], ..USUAL }), [2, 1]);
    assert_eq!(seconds(&history, &Wanted { cases: &["none"], ..USUAL }), Vec::<i64>::new());
}

#[test]
fn runs_of_another_machine_are_taken_only_for_want_of_others_and_always_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let with = |second, cpu| RunHead { machine: machine(cpu), ..head(second) };
    let here = machine("a").fingerprint();
    let wanted = Wanted { fingerprint: Some(&here), ..USUAL };
    let far: Vec<String> =
        [1, 2].map(|second| store(&mut history, &with(second, "b"), 1).head.id).into();

    let chosen = history.baseline(&wanted).unwrap().unwrap();
    assert_eq!(seconds(&history, &wanted), [2, 1]);
    assert_eq!(chosen.other_machines, [&*far[1], &far[0]]);

    store(&mut history, &with(3, "a"), 1);
    let later = store(&mut history, &with(4, "b"), 1).head.id;
    let chosen = history.baseline(&wanted).unwrap().unwrap();
    assert_eq!(seconds(&history, &wanted), [3]);
    assert_eq!(chosen.baseline.name, "the last run of main");
    assert_eq!(chosen.other_machines, [&*later, &far[1]]);
}

#[test]
fn a_named_baseline_holds_the_runs_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let ids: Vec<String> =
        [1, 2, 3].map(|second| store(&mut history, &on(second, "fix"), 1).head.id).into();
    let named = history.baseline_set("release", &[&ids[0], "last", &ids[0]]).unwrap();
    assert_eq!(named.runs, [&*ids[0], &ids[2]]);
    let wanted = Wanted { name: Some("release"), ..USUAL };
    assert_eq!(seconds(&history, &wanted), [1, 3]);
    let chosen = history.baseline(&wanted).unwrap().unwrap();
    assert_eq!(chosen.baseline.wanted.as_deref(), Some("release"));
    assert_eq!(seconds(&history, &Wanted { before: Some(&ids[2]), ..wanted }), [1]);
    let other = machine("b").fingerprint();
    let chosen =
        history.baseline(&Wanted { fingerprint: Some(&other), ..wanted }).unwrap().unwrap();
    assert_eq!(chosen.other_machines.len(), 2);

    history.baseline_set("release", &[&ids[1]]).unwrap();
    history.baseline_set("best", &ids).unwrap();
    assert_eq!(history.baseline_show("release").unwrap().unwrap()[0].id, ids[1]);
    assert_eq!(history.baseline_show("none").unwrap(), None);
    let names: Vec<(String, usize)> =
        history.baselines().unwrap().into_iter().map(|n| (n.name, n.runs.len())).collect();
    assert_eq!(names, [("best".to_owned(), 3), ("release".to_owned(), 1)]);
    assert!(history.baseline_clear("best").unwrap());
    assert!(!history.baseline_clear("best").unwrap());
    assert_eq!(history.baseline(&Wanted { name: Some("best"), ..USUAL }).unwrap(), None);
}

#[test]
fn a_baseline_cannot_hold_what_is_not_a_complete_run() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let whole = store(&mut history, &head(1), 1).head.id;
    history.baseline_set("kept", &[&whole]).unwrap();
    let open_run = history.begin(&head(2)).unwrap();
    let none: [&str; 0] = [];
    for (name, runs) in [
        ("kept", &[&*open_run][..]),
        ("kept", &[&*whole, "nothing"]),
        ("kept", &none),
        ("", &[&*whole]),
        ("two\nlines", &[&*whole]),
    ] {
        assert!(history.baseline_set(name, runs).is_err(), "{name:?} {runs:?}");
    }
    assert!(matches!(
        history.baseline_set("kept", &[&open_run]),
        Err(HistoryError::Baseline { .. })
    ));
    assert_eq!(history.baselines().unwrap()[0].runs, [whole]);
}
