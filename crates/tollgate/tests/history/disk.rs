//! Disks that are full, files that may not grow, folders that may only be read.

use std::fs;
use std::path::Path;

use tollgate::history::{Filter, History, HistoryError};
use tollgate::run::{Data, RunState, Trial};

use crate::child::{behind, playing, said, say};
use crate::example::{head, open, series, store, trial};

fn large(number: u32) -> Trial {
    let values = (0..20_000).map(|n| f64::from(n * number)).collect();
    Trial { series: vec![series("large", Data::Samples(values))], ..trial(1, number) }
}

/// Adds trials to a new run until one fails; its id, how many are in, and why it failed.
fn add_until_it_fails(history: &mut History) -> (String, u32, HistoryError) {
    let id = history.begin(&head(2)).unwrap();
    for number in 1.. {
        if let Err(error) = history.add_trial(&id, &large(number)) {
            return (id, number - 1, error);
        }
    }
    unreachable!("the disk is small")
}

fn check_kept(path: &Path, id: &str, trials: u32) {
    let history = open(path);
    assert_eq!(history.load("last~1").unwrap().trials, [trial(head(1).started_ms as u64, 1)]);
    let run = history.load(id).unwrap();
    assert_eq!(run.trials.len(), trials as usize);
    assert!(run.trials.iter().zip(1..).all(|(found, number)| *found == large(number)));
}

pub(crate) fn fill_the_disk(path: &Path) {
    let mut history = open(path);
    let ballast = path.with_file_name("ballast");
    fs::write(&ballast, vec![1; 400_000]).unwrap();
    store(&mut history, &head(1), 1);
    let (id, trials, error) = add_until_it_fails(&mut history);
    say(&error.to_string());
    // The same handle still reads, and writes once there is room.
    assert_eq!(history.load(&id).unwrap().trials.len(), trials as usize);
    assert_eq!(history.export_all(&mut Vec::new()).unwrap().runs.len(), 2);
    fs::remove_file(ballast).unwrap();
    history.add_trial(&id, &large(trials + 1)).unwrap();
    history.finish(&id, 9, RunState::Complete).unwrap();
    drop(history);
    check_kept(path, &id, trials + 1);
    say("nothing was lost");
}

#[test]
fn a_full_disk_is_told_loses_nothing_and_can_be_made_room_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let setup = format!("mount -t tmpfs -o size=4m none {}", folder.path().display());
    let Some(mut command) = behind(&setup, "fill the disk", &path) else { return };
    let expected =
        format!("could not store a trial in {}: no space is left on the disk", path.display());
    assert_eq!(said(&mut command), [&*expected, "nothing was lost"]);
}

pub(crate) fn open_on_a_full_disk(path: &Path) {
    let run = store(&mut open(path), &head(1), 1);
    let ballast = path.with_file_name("ballast");
    let mut all = vec![0; 4 << 20];
    while fs::write(&ballast, &all).is_err() {
        all.truncate(all.len() - 4096);
    }
    let error = History::open(&path.with_file_name("new.db")).unwrap_err();
    say(&error.to_string());
    let mut history = open(path);
    assert_eq!(history.load("last").unwrap(), run);
    say(&history.begin(&head(2)).unwrap_err().to_string());
}

#[test]
fn on_a_full_disk_the_history_can_still_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let setup = format!("mount -t tmpfs -o size=1m none {}", folder.path().display());
    let Some(mut command) = behind(&setup, "open on a full disk", &path) else { return };
    let told = |doing: &str, name: &str| {
        let path = folder.path().join(name);
        format!("could not {doing} in {}: no space is left on the disk", path.display())
    };
    assert_eq!(
        said(&mut command),
        [told("open the history", "new.db"), told("begin a run", "history.db")]
    );
}

pub(crate) fn reach_the_size_limit(path: &Path) {
    let mut history = open(path);
    store(&mut history, &head(1), 1);
    let (id, trials, error) = add_until_it_fails(&mut history);
    say(&error.to_string());
    drop(history);
    check_kept(path, &id, trials);
    say("nothing was lost");
}

#[test]
fn a_file_that_may_not_grow_is_told_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let inner = playing("reach the size limit", &path, 0);
    let mut command = std::process::Command::new("sh");
    command
        .args(["-c", "ulimit -f 2000; trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(inner.get_program())
        .args(inner.get_args())
        .envs(inner.get_envs().filter_map(|(key, value)| Some((key, value?))));
    let expected = format!("could not store a trial in {}", path.display());
    assert_eq!(said(&mut command), [&*expected, "nothing was lost"]);
}

pub(crate) fn read_what_cannot_be_written(path: &Path) {
    let mut history = open(path);
    let listed = history.list(&Filter::default()).unwrap();
    for run in &listed {
        let started = run.head.started_ms.unsigned_abs();
        let trials = history.load(&run.head.id).unwrap().trials;
        assert!(trials.iter().zip(1..).all(|(found, number)| *found == trial(started, number)));
        say(&format!("{} trials", trials.len()));
    }
    let path = path.display();
    for error in [
        history.begin(&head(9)).map(drop).unwrap_err(),
        history.baseline_set("a", &["last~1"]).map(drop).unwrap_err(),
        history.finish("last", 1, RunState::Complete).unwrap_err(),
    ] {
        assert!(matches!(error, HistoryError::ReadOnly { .. }), "{error}");
        assert!(error.to_string().ends_with(&format!(" in {path}: it can only be read")));
    }
}

/// The file alone, and the file with a log that was not written back.
fn read_only(with_log: bool) {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (folder.path().join("here"), folder.path().join("there %41 ü"));
    let mut history = open(&here.join("history.db"));
    store(&mut history, &head(1), 3);
    let id = history.begin(&head(2)).unwrap();
    history.add_trial(&id, &trial(head(2).started_ms as u64, 1)).unwrap();
    let history = with_log.then_some(history);
    fs::create_dir(&there).unwrap();
    for entry in fs::read_dir(&here).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), there.join(entry.file_name())).unwrap();
    }
    assert_eq!(there.join("history.db-wal").exists(), with_log);
    drop(history);
    let shown = there.display();
    let setup = format!("mount --bind '{shown}' '{shown}'; mount -o remount,ro,bind '{shown}'");
    let path = there.join("history.db");
    let Some(mut command) = behind(&setup, "read what cannot be written", &path) else { return };
    assert_eq!(said(&mut command), ["1 trials", "3 trials"]);
}

#[test]
fn a_history_in_a_folder_that_cannot_be_written_is_read() {
    read_only(false);
}

#[test]
fn a_history_with_a_log_in_a_folder_that_cannot_be_written_is_read() {
    read_only(true);
}

#[test]
fn a_path_that_cannot_hold_a_file_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let blocker = folder.path().join("file");
    fs::write(&blocker, "").unwrap();
    let error = History::open(&blocker.join("history.db")).unwrap_err();
    assert!(matches!(error, HistoryError::Folder { .. }), "{error}");
    assert!(History::open(folder.path()).is_err());
}
