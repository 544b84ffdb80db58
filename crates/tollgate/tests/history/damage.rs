//! Damaged files: told, never written to, never read as other figures.

use std::fs;
use std::path::Path;

use tollgate::history::{Filter, History, HistoryError};
use tollgate::judge::Outcome;
use tollgate::run::Run;

use crate::example::{Dice, file, head, judgement, open, store};

const ROUNDS: u64 = 250;
const KEPT: &str = "what a watcher told, and whom";

fn is_damage(error: &HistoryError, path: &Path) -> bool {
    let names_the_file = error.to_string().contains(&path.display().to_string());
    let told = matches!(error, HistoryError::Damaged { .. } | HistoryError::Foreign { .. });
    // A reference that no longer leads anywhere is all that a damaged index shows.
    (told && error.hint().is_some() || matches!(error, HistoryError::NoRun { .. }))
        && names_the_file
}

fn filled(path: &Path) -> Vec<Run> {
    let mut history = open(path);
    let runs: Vec<Run> = (1..=6).map(|second| store(&mut history, &head(second), 3)).collect();
    for run in &runs {
        history.set_judgement(&run.head.id, &judgement(run, Outcome::Exceeded)).unwrap();
    }
    history.baseline_set("kept", &["last"]).unwrap();
    history.keep("alerts", KEPT).unwrap();
    runs
}

/// Everything that reads must give the original or an error; how many runs were read.
fn read_all(history: &History, path: &Path, runs: &[Run]) -> usize {
    let told = |error: HistoryError| assert!(is_damage(&error, path), "{error:?}");
    let mut read = 0;
    for run in runs {
        match history.load(&run.head.id) {
            Ok(found) => {
                assert!(found == *run, "{} was read as other figures", run.head.id);
                read += 1;
            }
            Err(error) => told(error),
        }
        match history.judgement(&run.head.id) {
            Ok(found) => assert!(found.is_none_or(|j| j == judgement(run, Outcome::Exceeded))),
            Err(error) => told(error),
        }
    }
    history.list(&Filter::default()).map_or_else(told, drop);
    history.baselines().map_or_else(told, drop);
    history.baseline_show("kept").map_or_else(told, drop);
    // A damaged index may no longer lead to a row, but never to another text.
    history.kept("alerts").map_or_else(told, |kept| assert!(kept.is_none_or(|kept| kept == KEPT)));
    read
}

/// Whatever an export of a damaged file holds can be imported elsewhere and is the original.
fn save_what_is_left(history: &History, runs: &[Run]) -> usize {
    let mut text = Vec::new();
    let exported = history.export_all(&mut text).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut fresh = open(&file(&folder));
    let imported = fresh.import(&mut &text[..]).unwrap();
    assert_eq!((&imported.added, &imported.rejected), (&exported.runs, &vec![]));
    for id in &imported.added {
        let found = fresh.load(id).unwrap();
        assert!(runs.contains(&found), "{id} was saved with other figures");
    }
    imported.added.len()
}

fn check(bytes: &[u8], path: &Path, runs: &[Run]) -> (usize, usize) {
    fs::write(path, bytes).unwrap();
    let mut history = match History::open(path) {
        Ok(history) => history,
        Err(error) => {
            assert!(is_damage(&error, path), "{error:?}");
            assert!(fs::read(path).unwrap() == bytes, "a file that was refused was written to");
            return (0, 0);
        }
    };
    let read = read_all(&history, path, runs);
    let saved = save_what_is_left(&history, runs);
    assert!(saved >= read, "{saved} runs were saved, {read} could be read");
    let begun = history.begin(&head(99));
    drop(history);
    if let Err(error) = begun {
        assert!(is_damage(&error, path), "{error:?}");
        assert!(fs::read(path).unwrap() == bytes, "a damaged file was written to");
    }
    (read, saved)
}

#[test]
fn pages_overwritten_at_random_are_told_and_the_other_runs_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let runs = filled(&path);
    let whole = fs::read(&path).unwrap();
    let mut dice = Dice(1);
    let (mut read, mut saved) = (0, 0);
    for _ in 0..ROUNDS {
        let mut bytes = whole.clone();
        for _ in 0..=dice.roll(3) {
            let start = dice.roll(bytes.len() as u64) as usize;
            let length = [1, 16, 512, 4096, 8192][dice.roll(5) as usize];
            let end = (start + length).min(bytes.len());
            bytes[start..end].iter_mut().for_each(|byte| *byte = dice.roll(256) as u8);
        }
        let (now_read, now_saved) = check(&bytes, &path, &runs);
        read += now_read;
        saved += now_saved;
    }
    let all = ROUNDS as usize * runs.len();
    println!("{read} of {all} runs were read, {saved} saved");
    assert!(read > all / 3 && read < all, "{read} of {all} were read");
}

#[test]
fn a_file_cut_short_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let runs = filled(&path);
    let whole = fs::read(&path).unwrap();
    for part in 1..40 {
        check(&whole[..whole.len() * part / 40], &path, &runs);
    }
    check(&whole[..50], &path, &runs);
}

#[test]
fn what_is_no_history_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theirs.db");
    rusqlite::Connection::open(&path)
        .and_then(|db| db.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE theirs (x)"))
        .unwrap();
    let theirs = fs::read(&path).unwrap();
    for bytes in [&theirs[..], b"hello", &[0; 4096], b"SQLite format 3\0"] {
        fs::write(&path, bytes).unwrap();
        let error = History::open(&path).unwrap_err();
        assert!(matches!(error, HistoryError::Foreign { .. }), "{error:?}");
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}

#[test]
fn an_empty_file_becomes_a_history_but_not_when_a_log_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    fs::write(&path, "").unwrap();
    store(&mut open(&path), &head(1), 1);
    let log = folder.path().join("history.db-wal");
    for gone in [true, false] {
        fs::write(&path, "").unwrap();
        if gone {
            fs::remove_file(&path).unwrap();
        }
        fs::write(&log, "what was not written back").unwrap();
        let error = History::open(&path).unwrap_err();
        assert!(matches!(error, HistoryError::Damaged { .. }), "{error:?}");
        assert_eq!(fs::read_to_string(&log).unwrap(), "what was not written back");
    }
}

#[test]
fn a_history_of_a_newer_release_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    drop(open(&path));
    rusqlite::Connection::open(&path)
        .and_then(|db| db.execute_batch("PRAGMA user_version = 77"))
        .unwrap();
    let error = History::open(&path).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{} has schema 77, this version of Tollgate knows schemas up to 3", path.display())
    );
    assert!(error.hint().is_some());
}

#[test]
fn a_log_damaged_after_a_crash_costs_no_more_than_what_was_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let runs = filled(&path);
    let mut history = open(&path);
    let id = history.begin(&head(9)).unwrap();
    let trials: Vec<_> = (1..=8).map(|number| crate::example::trial(9, number)).collect();
    trials.iter().for_each(|trial| history.add_trial(&id, trial).unwrap());
    let (main, log) = (fs::read(&path).unwrap(), fs::read(path.with_extension("db-wal")).unwrap());
    drop(history);
    let mut dice = Dice(7);
    for _ in 0..40 {
        let copy = tempfile::tempdir().unwrap();
        let path = copy.path().join("history.db");
        let mut log = log.clone();
        let at = dice.roll(log.len() as u64) as usize;
        log[at] ^= 1 << dice.roll(8);
        fs::write(&path, &main).unwrap();
        fs::write(path.with_extension("db-wal"), log).unwrap();
        let history = open(&path);
        assert_eq!(read_all(&history, &path, &runs), runs.len());
        // The trials up to the damage, or not even the beginning of their run.
        if let Ok(run) = history.load(&id) {
            assert!(trials.starts_with(&run.trials));
        }
    }
}
