//! Any bytes, read as the export of a history, as a judgement and as a comparison: what is taken in
//! can be judged, reported and exported again, and is never within unless its run is complete.
//!
//! Built for fuzzing, an import believes every checksum, or no change to a run would get past it.
#![no_main]

use std::cell::RefCell;
use std::path::Path;

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use tollgate::history::History;
use tollgate::judge::{Judgement, Outcome, Strictness, judge};
use tollgate::report::{self, Format, Style};
use tollgate::run::RunState;

const STYLE: Style = Style { colour: true, width: 100, quiet: false };

thread_local! {
    /// An empty history, kept for as long as nothing is added to it.
    static EMPTY: RefCell<Option<(History, TempDir)>> = const { RefCell::new(None) };
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Ok(judgement) = report::from_json(text) {
            show(&judgement);
        }
        if let Ok(comparison) = report::compare::from_json(text) {
            assert!(!report::compare::terminal(&comparison, &STYLE).is_empty());
            assert!(!report::compare::markdown(&comparison).is_empty());
        }
    }
    let (mut history, folder) = EMPTY.take().unwrap_or_else(empty);
    if let Ok(imported) = history.import(&mut &bytes[..])
        && !imported.added.is_empty()
    {
        imported.added.iter().for_each(|id| use_run(&history, id));
        give_back(&mut history, &imported.added);
        return;
    }
    EMPTY.set(Some((history, folder)));
});

fn empty() -> (History, TempDir) {
    // In memory where there is such a place, because imports wait for the disk.
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
    let folder = folder.expect("a folder for temporary files");
    let history = History::open(&folder.path().join("history")).expect("a new history");
    (history, folder)
}

fn use_run(history: &History, id: &str) {
    let run = history.load(id).expect("a run that was added can be read");
    let judgement = judge(&run, &[], Strictness::Usual);
    assert!(run.head.state == RunState::Complete || judgement.outcome != Outcome::Within);
    show(&judgement);
    if let Some(stored) = history.judgement(id).expect("its judgement can be read") {
        assert!(run.head.state == RunState::Complete || stored.outcome != Outcome::Within);
        show(&stored);
    }
}

fn show(judgement: &Judgement) {
    for format in Format::ALL {
        let text = report::render(judgement, format, &STYLE);
        assert_eq!(text, report::render(judgement, format, &STYLE));
    }
}

/// What was added is exported, and the history knows it again.
fn give_back(history: &mut History, ids: &[String]) {
    let mut out = Vec::new();
    let exported = history.export(ids, &mut out).expect("what was added can be exported");
    assert!(exported.unreadable.is_empty());
    let again = history.import(&mut out.as_slice()).expect("an export can be imported");
    assert_eq!(again.already_there.len(), ids.len(), "{:?}", again.rejected);
}
