//! What was saved is read as it was, at whatever instant the process was killed.

use std::fs;

use tollgate_alerts::deliver::Message;
use tollgate_alerts::moment::Moment;

use super::*;
use crate::core::{Core, Kept};
use crate::daemon::keeper::Keeper;
use crate::rules;

const NOW_MS: i64 = 1_700_000_000_000;
const LINE: &str = r#"{"event":"corruption","device":"a"}"#;

fn kept() -> Kept {
    let now = Moment { steady_ms: 0, wall_ms: NOW_MS };
    let mut core = Core::new(rules::default_settings());
    core.record(&event::read(LINE).unwrap(), now).unwrap();
    core.tick(now);
    core.keep(now)
}

fn waiting() -> Vec<(Message, u32)> {
    let [key, action, body] = ["log {}", "log", "{}"].map(str::to_owned);
    vec![(Message { key, action, body }, 2)]
}

fn reported(wall_ms: i64) -> Reported {
    Reported { wall_ms, reports: event::read(LINE).unwrap() }
}

/// A keeper that saved a state once, and its folder.
fn keeper() -> (tempfile::TempDir, Keeper) {
    let folder = tempfile::tempdir().unwrap();
    let mut keeper = Keeper::open(folder.path()).unwrap();
    assert_eq!(keeper.load().unwrap(), Left::default());
    assert!(!keeper.takes_reports(), "there is nothing yet that they could follow");
    keeper.save(kept(), waiting(), NOW_MS).unwrap();
    (folder, keeper)
}

#[test]
fn what_was_saved_is_loaded_and_what_is_damaged_is_refused_and_left_alone() {
    let (folder, mut keeper) = keeper();
    let generation = u64::try_from(NOW_MS).unwrap();
    let content = Content { generation, core: kept(), waiting: waiting() };
    assert_eq!(keeper.load().unwrap(), Left { content: Some(content), ..Left::default() });
    let path = state(folder.path());
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("\"version\":2", "\"version\":3", 1)).unwrap();
    assert!(matches!(keeper.load(), Err(KeeperError::Newer { found: 3, .. })));
    fs::write(&path, &text[..text.len() / 2]).unwrap();
    let error = keeper.load().unwrap_err().to_string();
    assert!(error.contains("warm-restart.json is damaged"), "{error}");
    assert_eq!(fs::read(&path).unwrap().len(), text.len() / 2);
}

#[test]
fn a_file_of_the_release_without_a_journal_is_gone_on_with() {
    let (folder, mut keeper) = keeper();
    let path = state(folder.path());
    let text = fs::read_to_string(&path).unwrap();
    let (version, generation) = ("\"version\":2", format!("\"generation\":{NOW_MS},"));
    assert!(text.contains(version) && text.contains(&generation));
    let old = text.replacen(version, "\"version\":1", 1).replacen(&generation, "", 1);
    fs::write(&path, old).unwrap();
    fs::remove_file(journal(folder.path())).unwrap();
    let left = keeper.load().unwrap();
    assert_eq!(
        left.content.map(|content| (content.generation, content.waiting.len())),
        Some((0, 1))
    );
}

#[test]
fn between_a_new_state_and_a_new_journal_nothing_is_lost_or_counted_twice() {
    let (folder, mut keeper) = keeper();
    for at in [1, 2] {
        keeper.append(NOW_MS + at, LINE.to_owned()).unwrap();
    }
    assert_eq!(keeper.load().unwrap().reported, [reported(NOW_MS + 1), reported(NOW_MS + 2)]);
    let path = journal(folder.path());
    let (old_state, old_journal) =
        (fs::read(state(folder.path())).unwrap(), fs::read(&path).unwrap());
    keeper.save(kept(), Vec::new(), NOW_MS).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"");
    fs::write(&path, &old_journal).unwrap();
    assert_eq!(keeper.load().unwrap().reported, []);
    fs::write(&path, b"").unwrap();
    keeper.append(NOW_MS + 3, LINE.to_owned()).unwrap();
    assert_eq!(keeper.load().unwrap().reported, [reported(NOW_MS + 3)]);
    // Somebody puts an earlier state back.
    fs::write(state(folder.path()), old_state).unwrap();
    let error = keeper.load().unwrap_err().to_string();
    let said = format!("follows generation {} of the state, and there is {NOW_MS}", NOW_MS + 1);
    assert!(error.ends_with(&said), "{error}");
}

#[test]
fn a_journal_without_its_state_and_one_that_is_damaged_are_refused_and_left_alone() {
    let (folder, mut keeper) = keeper();
    for at in [1, 2] {
        keeper.append(NOW_MS + at, LINE.to_owned()).unwrap();
    }
    let path = journal(folder.path());
    let whole = fs::read(&path).unwrap();
    let mut damaged = whole.clone();
    damaged[40] ^= 1;
    fs::write(&path, &damaged).unwrap();
    let error = keeper.load().unwrap_err().to_string();
    assert!(error.contains("warm-restart.journal is damaged: record 1 at byte 0"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), damaged);
    let strange = Record { generation: keeper.generation, wall_ms: 0, lines: "{}".to_owned() };
    fs::write(&path, strange.to_bytes()).unwrap();
    let error = keeper.load().unwrap_err().to_string();
    assert!(error.contains("is damaged: record 1: line 1 is no event"), "{error}");
    fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    let left = keeper.load().unwrap();
    assert_eq!((&left.reported[..], left.torn), (&[reported(NOW_MS + 1)][..], whole.len() / 2 - 1));
    fs::remove_file(state(folder.path())).unwrap();
    assert!(matches!(keeper.load(), Err(KeeperError::Ahead { held: 0, .. })));
}

#[test]
fn what_was_left_is_shown() {
    let (folder, mut keeper) = keeper();
    keeper.append(NOW_MS, format!("{LINE}\n{LINE}")).unwrap();
    let shown = || Left::read(folder.path()).unwrap().to_string();
    let expected = format!(
        "warm-restart.json: generation {NOW_MS}, 1 devices and ports, 1 notifications wait\n\
         warm-restart.journal: 2 reports in 1 records since\n"
    );
    assert_eq!(shown(), expected);
    let path = journal(folder.path());
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..9]).unwrap();
    assert!(shown().ends_with(" 0 records since, and 9 bytes of a write that was cut short\n"));
}
