//! What is stored is read back equal, directly and by way of an export.

use proptest::prelude::*;
use tollgate::history::{History, HistoryError};
use tollgate::judge::Outcome;
use tollgate::run::{Data, Run};

use crate::example::{file, head, judgement, open, series, store, trial};
use crate::strategy::any_run;

/// `load(store(run)) == run` and `load(import(export(run))) == run`, for all runs.
fn travels(run: &Run) {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let id = history.begin(&run.head).unwrap();
    assert_eq!(id, run.head.id);
    for trial in &run.trials {
        history.add_trial(&id, trial).unwrap();
    }
    let ended_ms = run.head.ended_ms.unwrap_or_default();
    history.finish(&id, ended_ms, run.head.state).unwrap();
    let mut expected = run.clone();
    expected.head.ended_ms = Some(ended_ms);
    assert_eq!(history.load(&id).unwrap(), expected);

    let mut text = Vec::new();
    history.export(&[&id], &mut text).unwrap();
    let mut there = History::open(&folder.path().join("there.db")).unwrap();
    let imported = there.import(&mut &text[..]).unwrap();
    assert_eq!((imported.added, imported.rejected), (vec![id.clone()], vec![]));
    assert_eq!(there.load(&id).unwrap(), expected);
    assert_eq!(there.import(&mut &text[..]).unwrap().already_there, [id]);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_run_comes_back_equal_from_the_file_and_from_an_export(run in any_run()) {
        travels(&run);
    }
}

#[test]
fn a_judgement_comes_back_equal_and_can_be_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let run = store(&mut history, &head(1), 2);
    let id = &run.head.id;
    assert_eq!(history.judgement(id).unwrap(), None);
    for outcome in [Outcome::Exceeded, Outcome::Within] {
        let judgement = judgement(&run, outcome);
        history.set_judgement(id, &judgement).unwrap();
        assert_eq!(history.judgement("last").unwrap(), Some(judgement));
    }
    assert_eq!(history.load(id).unwrap(), run);
}

#[test]
fn a_value_that_is_no_number_is_kept_and_stays_equal_to_itself() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let id = history.begin(&head(1)).unwrap();
    let mut odd = trial(1, 1);
    odd.series = vec![series("odd", Data::Samples(vec![f64::NAN, -f64::NAN, 1.0]))];
    history.add_trial(&id, &odd).unwrap();
    let mut text = Vec::new();
    history.export(&[&id], &mut text).unwrap();
    assert_eq!(history.import(&mut &text[..]).unwrap().already_there, [id]);
}

#[test]
fn a_head_that_json_cannot_hold_is_refused_before_anything_is_measured() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let mut head = head(1);
    head.budgets = vec![
        serde_json::from_value(serde_json::json!({
            "case": "pay", "operation": null, "key": {"metric": "wall", "statistic": null},
            "hard": null, "soft": null, "on_cannot_tell": null, "baseline": null,
            "any_machine": false, "accept": null, "confidence": 0.95,
            "place": {"file": "", "line": 1, "column": 1}
        }))
        .unwrap(),
    ];
    history.begin(&head).unwrap();
    head.budgets[0].confidence = f64::NAN;
    assert!(matches!(history.begin(&head), Err(HistoryError::Unstorable { .. })));
    assert_eq!(history.list(&Default::default()).unwrap().len(), 1);
}
