//! Small texts by name: kept through a kill, told when damaged, and no run's business.

use std::path::Path;

use tollgate::history::{Filter, HistoryError};

use crate::child::{playing, said};
use crate::example::{file, head, open, store};

#[test]
fn a_name_has_the_text_it_was_given_last() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    assert_eq!(history.kept("alerts").unwrap(), None);
    for (name, text) in [("alerts", "one"), ("", ""), ("alerts", "two"), ("it's", "a\0b")] {
        history.keep(name, text).unwrap();
    }
    drop(history);
    let history = open(&file(&folder));
    let kept = |name| history.kept(name).unwrap();
    assert_eq!(kept("alerts").as_deref(), Some("two"));
    assert_eq!((kept("").as_deref(), kept("it's").as_deref()), (Some(""), Some("a\0b")));
    assert_eq!(kept("Alerts"), None);
}

#[test]
fn a_text_that_was_changed_behind_its_back_is_told_as_damage() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let mut history = open(&path);
    for change in ["text = 'other'", "name = 'other'", "sum = sum + 1", "text = ''"] {
        history.keep("alerts", "mine").unwrap();
        let db = rusqlite::Connection::open(&path).unwrap();
        db.execute(&format!("UPDATE OR REPLACE kept SET {change}"), []).unwrap();
        let found = history.kept("alerts").and(history.kept("other"));
        let error = found.unwrap_err().to_string();
        assert!(error.contains("checksum"), "{change}: {error}");
        db.execute("DELETE FROM kept", []).unwrap();
    }
}

#[test]
fn a_text_beyond_bounds_is_refused_and_the_one_before_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    history.keep("alerts", "short").unwrap();
    let error = history.keep("alerts", &"x".repeat((16 << 20) + 1)).unwrap_err();
    assert!(matches!(error, HistoryError::Unstorable { .. }), "{error}");
    assert_eq!(history.kept("alerts").unwrap().as_deref(), Some("short"));
}

#[test]
fn the_version_changes_with_what_others_write_and_with_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let (mut own, mut other) = (open(&path), open(&path));
    let before = own.version().unwrap();
    own.keep("alerts", "own").unwrap();
    own.kept("alerts").unwrap();
    assert_eq!(own.version().unwrap(), before);
    store(&mut other, &head(1), 1);
    let after = own.version().unwrap();
    assert_ne!(after, before);
    assert_eq!(own.version().unwrap(), after);
    other.keep("alerts", "other's").unwrap();
    assert_ne!(own.version().unwrap(), after);
}

/// A process lets go of all its locks on a file as soon as it closes that file once, and a writer
/// that then takes itself for the last one would take the log away from under the others.
#[test]
fn a_history_that_stays_open_sees_what_is_written_after_others_came_and_went() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let history = open(&path);
    drop(open(&path));
    for second in 1..4 {
        let before = history.version().unwrap();
        said(&mut playing("store a run", &path, second));
        assert_ne!(history.version().unwrap(), before, "after run {second}");
        assert_eq!(history.list(&Filter::default()).unwrap().len() as u64, second);
    }
}

pub(crate) fn store_a_run(path: &Path, second: u64) {
    store(&mut open(path), &head(second.cast_signed()), 1);
}
