//! Files of every schema there has been still open, with all that was in them.
//!
//! `schemas/N.sql` is a file as schema N stored it and `schemas/N.jsonl` its export; neither is
//! ever edited. A new step in the schema adds a pair.

use std::fs;
use std::path::Path;

use tollgate::history::{History, Keep, Wanted};
use tollgate::run::RunState;

use crate::example::{file, head, open, store};

fn file_of(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/history/schemas");
    fs::read_to_string(folder.join(name)).unwrap()
}

/// Every pair there is, the oldest first.
fn all_versions() -> Vec<u32> {
    (1..)
        .take_while(|version| {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/history/schemas");
            folder.join(format!("{version}.sql")).exists()
        })
        .collect()
}

#[test]
fn a_file_of_every_older_schema_opens_and_holds_what_it_held() {
    for version in all_versions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.db");
        rusqlite::Connection::open(&path)
            .and_then(|db| db.execute_batch(&file_of(&format!("{version}.sql"))))
            .unwrap();
        let mut history = open(&path);
        let mut text = Vec::new();
        history.export_all(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text, file_of(&format!("{version}.jsonl")), "schema {version}");
        assert_eq!(history.baselines().unwrap()[0].name, "release");
        assert_eq!(history.unfinished().unwrap().len(), 1);
        // There are such texts since schema 3.
        let kept = (version >= 3).then(|| "what was told".to_owned());
        assert_eq!(history.kept("alerts").unwrap(), kept, "schema {version}");
        let wanted = Wanted {
            name: Some("release"),
            project: "shop",
            branch: None,
            default_branches: &[],
            cases: &["pay"],
            fingerprint: None,
            last: 1,
            before: None,
            dirty: tollgate::history::Dirty::Leave,
        };
        assert_eq!(history.baseline(&wanted).unwrap().unwrap().baseline.runs.len(), 1);

        // It is written to like a new one.
        let unfinished = history.unfinished().unwrap().remove(0).head.id;
        history.finish(&unfinished, 9, RunState::Interrupted).unwrap();
        let run = store(&mut history, &head(5), 2);
        assert_eq!(history.load("last").unwrap(), run);
        history.keep("alerts", "now").unwrap();
        assert_eq!(history.kept("alerts").unwrap().as_deref(), Some("now"));
        let plan = history.plan_prune(&Keep { runs: Some(1), newer_than_ms: None }).unwrap();
        assert_eq!(history.prune(&plan).unwrap().deleted, [unfinished]);
    }
}

#[test]
fn a_file_of_every_older_schema_is_brought_up_to_date_before_it_is_only_read() {
    for version in all_versions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.db");
        rusqlite::Connection::open(&path)
            .and_then(|db| db.execute_batch(&file_of(&format!("{version}.sql"))))
            .unwrap();
        let reader = History::open_to_read(&path).unwrap();
        assert_eq!(reader.unfinished().unwrap().len(), 1, "schema {version}");
    }
}

#[test]
fn the_newest_schema_is_among_the_kept_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    drop(open(&path));
    let version: u32 = rusqlite::Connection::open(&path)
        .and_then(|db| db.pragma_query_value(None, "user_version", |row| row.get(0)))
        .unwrap();
    assert_eq!(all_versions().last(), Some(&version));
}

#[test]
fn exports_of_every_older_version_can_be_imported() {
    for version in all_versions() {
        let folder = tempfile::tempdir().unwrap();
        let mut history = open(&file(&folder));
        let imported = history.import(&mut file_of(&format!("{version}.jsonl")).as_bytes());
        let imported = imported.unwrap();
        assert_eq!((imported.added.len(), imported.rejected), (2, vec![]));
    }
}
