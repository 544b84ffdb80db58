//! Any bytes, imported as runs: an error, a refusal, or runs that are stored and read back whole.
//!
//! Built for fuzzing, an import believes every checksum, or no change to a run would get past it.
//! `crates/tollgate/tests/history/schemas/*.jsonl` make good seeds: copy them into
//! `fuzz/corpus/stored_run`, then `cargo +nightly fuzz run stored_run`.
#![no_main]

use std::fs;
use std::path::PathBuf;

use libfuzzer_sys::fuzz_target;
use tollgate::history::{Filter, History};
use tollgate::judge::Outcome;
use tollgate::run::RunState;

fuzz_target!(|bytes: &[u8]| {
    let folder = folder();
    let mut history = History::open(&folder.join("history.db")).expect("the folder is ours");
    let Ok(imported) = history.import(&mut &bytes[..]) else { return };
    let listed = history.list(&Filter::default()).expect("what is stored can be listed");
    assert_eq!(listed.len(), imported.added.len());
    for run in &listed {
        let incomplete = run.head.state != RunState::Complete;
        assert!(!incomplete || run.outcome != Some(Outcome::Within));
        history.load(&run.head.id).expect("what is stored can be read");
    }
    let mut text = Vec::new();
    let exported = history.export_all(&mut text).expect("memory can be written to");
    assert!(exported.unreadable.is_empty(), "{:?}", exported.unreadable);
    let again = history.import(&mut &text[..]).expect("an export can be imported");
    assert_eq!(again.already_there.len(), listed.len(), "{again:?}");
    if !listed.is_empty() {
        drop(history);
        let _ = fs::remove_dir_all(folder);
    }
});

/// In memory where there is such a place, because imports wait for the disk.
fn folder() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let base = if memory.is_dir() { memory } else { std::env::temp_dir() };
    base.join(format!("tollgate-fuzz-{}", std::process::id()))
}
