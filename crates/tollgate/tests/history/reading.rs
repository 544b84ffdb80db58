//! Finding runs, and the rules about what may be stored when.

use tollgate::history::{Environment, Filter, History, HistoryError};
use tollgate::judge::{Judgement, Outcome};
use tollgate::run::{Commit, RunHead, RunState};

use crate::example::{file, head, judgement, open, store, trial};

/// What `reference` finds: an id, or the start of the message.
fn found(history: &History, reference: &str) -> String {
    match history.head(reference) {
        Ok(head) => head.id,
        Err(error) => error.to_string(),
    }
}

#[test]
fn runs_are_found_by_id_prefix_and_place() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let ids: Vec<String> =
        [1, 2, 90].map(|second| store(&mut history, &head(second), 1).head.id).into();
    assert_eq!(ids, ["20260921-141321-7f3a", "20260921-141322-7f3a", "20260921-141450-7f3a"]);
    for (reference, id) in [
        (&*ids[0], &ids[0]),
        ("20260921-141321", &ids[0]),
        ("20260921-1414", &ids[2]),
        ("last", &ids[2]),
        ("last~0", &ids[2]),
        ("last~2", &ids[0]),
    ] {
        assert_eq!(found(&history, reference), *id, "{reference}");
        assert_eq!(history.load(reference).unwrap().head.id, *id);
    }
}

#[test]
fn a_reference_to_none_or_to_several_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let mut history = open(&path);
    let none = |reference: &str, runs: u32| {
        format!("no run `{reference}` among the {runs} in {}", path.display())
    };
    assert_eq!(found(&history, "last"), none("last", 0));
    for second in 0..10 {
        store(&mut history, &head(second), 1);
    }
    for reference in
        ["", "last~10", "last~-1", "lastly", "3", "2026%", "2026*", "' OR 1", "é", "\0", "~"]
    {
        assert_eq!(found(&history, reference), none(reference, 10));
    }
    assert_eq!(
        found(&history, "20260921-14132"),
        "`20260921-14132` may be any of 20260921-141329-7f3a, 20260921-141328-7f3a, \
         20260921-141327-7f3a, 20260921-141326-7f3a, 20260921-141325-7f3a, 20260921-141324-7f3a, \
         20260921-141323-7f3a, 20260921-141322-7f3a and 2 more"
    );
}

#[test]
fn a_full_id_is_never_ambiguous() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    for id in ["7", "77", "777"] {
        history.begin(&RunHead { id: id.to_owned(), ..head(1) }).unwrap();
    }
    assert_eq!(found(&history, "7"), "7");
    assert_eq!(found(&history, "77"), "77");
}

#[test]
fn environments_are_listed_with_the_latest_first_and_runs_without_one_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    assert_eq!(history.environments(None).unwrap(), []);
    let at = |project: &str, name: Option<&str>| Environment {
        project: project.to_owned(),
        name: name.map(str::to_owned),
    };
    let (lab, till, plain) = (at("shop", Some("lab")), at("till", Some("lab")), at("shop", None));
    for (second, at) in [(1, &lab), (2, &plain), (3, &till), (4, &plain)] {
        let (project, environment) = (at.project.clone(), at.name.clone());
        let mut head = RunHead { project, environment, ..head(second) };
        if second == 1 {
            head.planned[0].case = "open".to_owned();
        }
        history.begin(&head).unwrap();
    }
    assert_eq!(history.environments(Some("open")).unwrap(), std::slice::from_ref(&lab));
    assert_eq!(history.environments(None).unwrap(), [plain, till, lab]);
    let without = Filter { environment: Some(None), ..Filter::default() };
    assert_eq!(history.list(&without).unwrap().len(), 2);
}

#[test]
fn a_list_shows_the_latest_first_and_only_what_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let mut other = head(3);
    other.project = "till".to_owned();
    other.planned[0].case = "open".to_owned();
    other.environment = Some("the till's".to_owned());
    other.commit =
        Some(Commit { hash: "abcdef".to_owned(), branch: Some("fix".to_owned()), dirty: true });
    let first = store(&mut history, &head(1), 2);
    let second = store(&mut history, &head(2), 1);
    let third = store(&mut history, &other, 1);
    history.begin(&head(4)).unwrap();
    history.set_judgement(&first.head.id, &judgement(&first, Outcome::Exceeded)).unwrap();

    let seconds = |filter: Filter| -> Vec<i64> {
        let listed = history.list(&filter).unwrap();
        listed.iter().map(|run| (run.head.started_ms - 1_790_000_000_000) / 1000).collect()
    };
    let text = |text: &str| Some(text.to_owned());
    let all = Filter::default;
    assert_eq!(seconds(all()), [4, 3, 2, 1]);
    assert_eq!(seconds(Filter { limit: Some(2), ..all() }), [4, 3]);
    assert_eq!(seconds(Filter { project: text("till"), ..all() }), [3]);
    assert_eq!(seconds(Filter { branch: text("main"), ..all() }), [4, 2, 1]);
    assert_eq!(seconds(Filter { commit: text("abc"), ..all() }), [3]);
    assert_eq!(seconds(Filter { commit: text("bc"), ..all() }), Vec::<i64>::new());
    assert_eq!(seconds(Filter { case: text("open"), ..all() }), [3]);
    assert_eq!(seconds(Filter { environment: Some(text("the till's")), ..all() }), [3]);
    assert_eq!(seconds(Filter { environment: Some(text("the till")), ..all() }), [0; 0]);
    assert_eq!(seconds(Filter { outcome: Some(Outcome::Exceeded), ..all() }), [1]);
    assert_eq!(seconds(Filter { outcome: Some(Outcome::Within), ..all() }), Vec::<i64>::new());

    let listed = history.list(&all()).unwrap();
    assert_eq!(listed.iter().map(|run| run.trials).collect::<Vec<_>>(), [0, 1, 1, 2]);
    assert_eq!(listed[0].state_words(), "unfinished");
    assert_eq!(listed[1].head, third.head);
    assert_eq!(listed[2].head, second.head);
    assert_eq!(listed[3].outcome, Some(Outcome::Exceeded));
}

#[test]
fn two_runs_of_one_second_get_different_ids() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let (mut one, mut two) = (open(&path), open(&path));
    let first = one.begin(&head(1)).unwrap();
    let second = two.begin(&head(1)).unwrap();
    let third = one.begin(&head(1)).unwrap();
    assert_eq!(
        [&*first, &second, &third].map(|id| id.rsplit('-').next().unwrap()),
        ["7f3a", "7f3b", "7f3c"]
    );
    assert_eq!(one.load(&second).unwrap().head.id, second);
}

#[test]
fn a_run_that_never_ended_is_listed_as_unfinished_and_cannot_be_judged() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let mut history = open(&path);
    store(&mut history, &head(1), 1);
    let id = history.begin(&head(2)).unwrap();
    history.add_trial(&id, &trial(2, 1)).unwrap();
    drop(history);

    let mut history = open(&path);
    let unfinished = history.unfinished().unwrap();
    assert_eq!(unfinished.len(), 1);
    assert_eq!((&unfinished[0].head.id, unfinished[0].trials), (&id, 1));
    let run = history.load(&id).unwrap();
    assert_eq!(run.head.state, RunState::Open);
    for outcome in [Outcome::Within, Outcome::Exceeded] {
        let error = history.set_judgement(&id, &judgement(&run, outcome)).unwrap_err();
        assert!(matches!(error, HistoryError::Judgement { .. }), "{error}");
    }
}

#[test]
fn an_interrupted_run_is_never_within() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let id = history.begin(&head(1)).unwrap();
    history.finish(&id, 7, RunState::Interrupted).unwrap();
    let run = history.load(&id).unwrap();
    assert!(history.set_judgement(&id, &judgement(&run, Outcome::Within)).is_err());
    history.set_judgement(&id, &judgement(&run, Outcome::NotMeasured)).unwrap();
}

#[test]
fn evidence_cannot_be_added_to_a_run_that_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let run = store(&mut history, &head(1), 1);
    let id = &run.head.id;
    assert_eq!(
        history.add_trial(id, &trial(1, 9)).unwrap_err().to_string(),
        format!("could not add a trial to run {id}: it is complete")
    );
    assert!(history.finish(id, 9, RunState::Complete).is_err());
    assert!(history.finish(id, 9, RunState::Open).is_err());
    assert_eq!(history.load(id).unwrap(), run);

    let other = store(&mut history, &head(2), 1);
    assert!(history.set_judgement(id, &judgement(&other, Outcome::Within)).is_err());
    assert!(history.add_trial("20990101-000000-0000", &trial(1, 1)).is_err());
}

#[test]
fn an_id_that_is_no_id_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    for id in ["", "last", "../up", "2026 11"] {
        let head = RunHead { id: id.to_owned(), ..head(1) };
        assert!(matches!(history.begin(&head), Err(HistoryError::BadId { .. })), "{id}");
    }
}

#[test]
fn a_run_and_a_judgement_of_a_later_release_are_refused_by_their_version() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let mut history = open(&path);
    let known = store(&mut history, &head(1), 1);
    let later = Judgement { format: 9, ..judgement(&known, Outcome::Exceeded) };
    history.set_judgement(&known.head.id, &later).unwrap();
    let error = history.judgement(&known.head.id).unwrap_err();
    let of = |what: &str, id: &str| {
        format!(
            "the {what} {id} in {} has format 9, this version of Tollgate knows formats up to 1",
            path.display()
        )
    };
    assert_eq!(error.to_string(), of("judgement of run", &known.head.id));
    assert!(error.hint().unwrap().contains("or a newer one"));

    let id = history.begin(&RunHead { format: 9, ..head(2) }).unwrap();
    for error in [history.load(&id).map(drop), history.head(&id).map(drop)] {
        assert_eq!(error.unwrap_err().to_string(), of("run", &id));
    }
}

#[test]
fn a_history_opened_to_read_sees_what_others_store_and_stores_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = open(&file(&folder));
    let reader = History::open_to_read(&file(&folder)).unwrap();
    let run = store(&mut writer, &head(1), 1);
    assert_eq!(reader.load("last").unwrap(), run);
    let mut reader = History::open_to_read(&file(&folder)).unwrap();
    let error = reader.begin(&head(2)).unwrap_err();
    assert!(matches!(error, HistoryError::ReadOnly { .. }), "{error}");
}

#[test]
fn opening_to_read_creates_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let error = History::open_to_read(&file(&folder)).unwrap_err();
    assert!(matches!(error, HistoryError::Open { .. }), "{error}");
    assert!(!file(&folder).parent().unwrap().exists());
}

#[test]
fn the_edition_changes_with_runs_and_judgements_and_not_with_trials() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let mut seen = vec![history.edition().unwrap()];
    let id = history.begin(&head(1)).unwrap();
    seen.push(history.edition().unwrap());
    history.add_trial(&id, &trial(1, 1)).unwrap();
    assert_eq!(history.edition().unwrap(), seen[1]);
    history.finish(&id, 5, RunState::Complete).unwrap();
    let run = history.load(&id).unwrap();
    history.set_judgement(&id, &judgement(&run, Outcome::Exceeded)).unwrap();
    seen.push(history.edition().unwrap());
    seen.dedup();
    assert_eq!(seen.len(), 3, "{seen:?}");
}

#[test]
fn judged_runs_are_listed_the_latest_first_whenever_they_were_stored() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let runs: Vec<_> =
        [3, 1, 2].map(|second| store(&mut history, &head(second), 1)).into_iter().collect();
    assert_eq!(history.judged().unwrap(), []);
    for run in &runs[..2] {
        history.set_judgement(&run.head.id, &judgement(run, Outcome::Exceeded)).unwrap();
    }
    let judged = history.judged().unwrap();
    let ids: Vec<&str> = judged.iter().map(|run| &*run.id).collect();
    assert_eq!(ids, [&*runs[0].head.id, &*runs[1].head.id]);
    assert_eq!(judged[0].branch.as_deref(), Some("main"));
}

#[test]
fn a_limit_on_judgements_does_not_count_runs_without_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    for second in [1, 2] {
        let run = store(&mut history, &head(second), 1);
        history.set_judgement(&run.head.id, &judgement(&run, Outcome::Exceeded)).unwrap();
    }
    store(&mut history, &head(3), 1);
    history.begin(&head(4)).unwrap();
    let limited = |limit| {
        let filter = Filter { limit: Some(limit), ..Filter::default() };
        let found = history.judgements(&filter).unwrap();
        found.into_iter().map(|judgement| judgement.run.started_ms).collect::<Vec<_>>()
    };
    let started = |second| head(second).started_ms;
    assert_eq!(limited(1), [started(2)]);
    assert_eq!(limited(9), [started(2), started(1)]);
}

#[test]
fn runs_are_listed_by_environment_and_behind_another_run() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let staging = Some("staging \"1\"".to_owned());
    let ids: Vec<String> = [(1, None), (2, staging.clone()), (3, staging.clone()), (4, None)]
        .map(|(second, environment)| {
            store(&mut history, &RunHead { environment, ..head(second) }, 1).head.id
        })
        .into();
    let listed = |environment: Option<Option<String>>, before: Option<&String>| {
        let before = before.cloned();
        let filter = Filter { environment, before, ..Filter::default() };
        let found = history.list(&filter).unwrap();
        found.into_iter().map(|listed| listed.head.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(Some(staging.clone()), None), [&*ids[2], &ids[1]]);
    assert_eq!(listed(Some(None), None), [&*ids[3], &ids[0]]);
    assert_eq!(listed(None, Some(&ids[2])), [&*ids[1], &ids[0]]);
    assert_eq!(listed(Some(staging), Some(&ids[2])), [&*ids[1]]);
    assert_eq!(listed(None, Some(&ids[0])), [""; 0]);
    assert_eq!(listed(None, Some(&"last~1".to_owned())), [&*ids[1], &ids[0]]);
    let before = Some("2026-none".to_owned());
    let error = history.list(&Filter { before, ..Filter::default() }).unwrap_err();
    assert!(matches!(error, HistoryError::NoRun { .. }), "{error}");
    let choices = history.choices().unwrap();
    assert_eq!(choices.environments, ["staging \"1\""]);
    assert_eq!((choices.cases, choices.branches), (vec!["pay".into()], vec!["main".into()]));
}

#[test]
fn failed_trials_are_read_without_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let run = store(&mut history, &head(1), 7);
    assert_eq!(history.failed_trials(&run.head.id).unwrap(), [run.trials[5].clone()]);
    assert_eq!(history.listed("last").unwrap().trials, 7);
}
