//! Trials under way: kept as far as they came, and gone once they are stored.

use tollgate::history::{Checkpoint, Keep};
use tollgate::run::RunState;

use crate::example::{file, head, open, trial};

fn kept(seed: u64) -> Checkpoint {
    Checkpoint { keeper: "boot 7 8".to_owned(), plan: "00ff".to_owned(), trial: trial(seed, 1) }
}

#[test]
fn the_last_checkpoint_survives_its_process_and_goes_with_the_trial() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let id = history.begin(&head(1)).unwrap();
    assert_eq!(history.checkpoint(&id).unwrap(), None);
    history.set_checkpoint(&id, &kept(1)).unwrap();
    history.set_checkpoint(&id, &kept(2)).unwrap();
    history.add_note(&id, "an hour").unwrap();
    history.add_note(&id, "another").unwrap();
    drop(history);
    let mut history = open(&file(&folder));
    assert_eq!(history.checkpoint(&id).unwrap(), Some(kept(2)));
    // It is no trial, whoever asks.
    assert!(history.load(&id).unwrap().trials.is_empty());
    history.add_trial(&id, &trial(2, 1)).unwrap();
    assert_eq!(history.checkpoint(&id).unwrap(), None);
    history.set_checkpoint(&id, &kept(3)).unwrap();
    history.finish(&id, 9, RunState::Interrupted).unwrap();
    assert_eq!(history.checkpoint(&id).unwrap(), None);
    assert_eq!(history.notes(&id).unwrap(), ["an hour", "another"]);
}

#[test]
fn an_ended_run_takes_no_checkpoint_and_no_note() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let id = history.begin(&head(1)).unwrap();
    history.finish(&id, 9, RunState::Complete).unwrap();
    let error = history.set_checkpoint(&id, &kept(1)).unwrap_err().to_string();
    assert!(error.contains("it is complete"), "{error}");
    history.add_note(&id, "late").unwrap_err();
    history.set_checkpoint("19990101-000000-0000", &kept(1)).unwrap_err();
}

#[test]
fn what_was_changed_behind_its_back_is_told_as_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let mut history = open(&path);
    let id = history.begin(&head(1)).unwrap();
    for change in ["plan = 'other'", "trial = x'00'", "keeper = 'me'"] {
        history.set_checkpoint(&id, &kept(1)).unwrap();
        let db = rusqlite::Connection::open(&path).unwrap();
        db.execute(&format!("UPDATE checkpoint SET {change}"), []).unwrap();
        let error = history.checkpoint(&id).unwrap_err().to_string();
        assert!(error.contains("checksum"), "{error}");
    }
}

#[test]
fn a_run_that_can_be_taken_up_again_is_not_pruned() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let long = history.begin(&head(1)).unwrap();
    history.set_checkpoint(&long, &kept(1)).unwrap();
    let later = history.begin(&head(700_000)).unwrap();
    history.finish(&later, 9, RunState::Complete).unwrap();
    let plan = history.plan_prune(&Keep { runs: Some(1), newer_than_ms: None }).unwrap();
    assert!(plan.delete.is_empty());
    assert_eq!(plan.spared[0].reason, "its long load can be taken up again");
}
