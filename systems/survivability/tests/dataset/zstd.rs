//! Compressed datasets.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use survivability::dataset::{
    Compression, DatasetError, DatasetLogger, DatasetReader, LoggerOptions,
};
use survivability::transition::Transition;

use crate::transitions::{any_transition, lines, plain};

fn compressed(transitions: &[Transition], level: i32, flush_after: usize) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made.jsonl.zst");
    let options = LoggerOptions {
        max_transitions: flush_after,
        compression: Compression::Zstd(level),
        ..LoggerOptions::STANDARD
    };
    let mut logger = DatasetLogger::create(&path, options).unwrap();
    transitions.iter().for_each(|row| logger.log(row).unwrap());
    logger.finish().unwrap();
    fs::read(path).unwrap()
}

fn read(bytes: &[u8]) -> DatasetReader {
    DatasetReader::over(Cursor::new(bytes.to_vec()), "made").unwrap()
}

proptest! {
    #[test]
    fn a_compressed_dataset_is_read_as_the_same(
        transitions in vec(any_transition(4), 0..30),
        level in 1..10_i32,
    ) {
        let bytes = compressed(&transitions, level, 10);
        prop_assert_eq!(zstd::decode_all(&*bytes).unwrap(), lines(&transitions));
        let found: Result<Vec<_>, _> = read(&bytes).collect();
        prop_assert_eq!(found.unwrap(), transitions);
    }

    /// Cut anywhere: a beginning of the transitions, and a torn end.
    #[test]
    fn a_cut_frame_gives_a_beginning_and_a_torn_end(at in any::<usize>()) {
        let rows: Vec<Transition> = (0..50).map(|t| plain(t, 3)).collect();
        let bytes = compressed(&rows, 3, 10);
        let cut = 4 + at % (bytes.len() - 4);
        let mut items: Vec<_> = read(&bytes[..cut]).collect();
        let last = items.pop().unwrap().unwrap_err();
        let line = items.len() as u64 + 1;
        let is_torn = matches!(last, DatasetError::TornTail { line: found, .. } if found == line);
        prop_assert!(is_torn, "{}", last);
        for (item, expected) in items.into_iter().zip(&rows) {
            prop_assert_eq!(&item.unwrap(), expected);
        }
    }

    #[test]
    fn a_damaged_frame_never_panics(at in any::<usize>(), byte in any::<u8>()) {
        let rows: Vec<Transition> = (0..20).map(|t| plain(t, 3)).collect();
        let mut bytes = compressed(&rows, 3, 10);
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(reader) = DatasetReader::over(Cursor::new(bytes), "made") {
            reader.for_each(drop);
        }
    }
}

#[test]
fn what_was_flushed_can_be_read_though_the_frame_was_never_ended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("killed.jsonl.zst");
    let options = LoggerOptions { max_transitions: 10, ..LoggerOptions::of(&path) };
    let mut logger = DatasetLogger::create(&path, options).unwrap();
    (0..25).for_each(|t| logger.log(&plain(t, 4)).unwrap());
    // Not dropped, as after a kill.
    std::mem::forget(logger);
    let mut items: Vec<_> = DatasetReader::open(&path).unwrap().collect();
    assert!(matches!(items.pop(), Some(Err(DatasetError::TornTail { line: 21, .. }))));
    assert_eq!(
        items.into_iter().map(|row| row.unwrap().t).collect::<Vec<_>>(),
        Vec::from_iter(0..20)
    );
}

#[test]
fn a_dropped_logger_ends_its_frame() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dropped.jsonl.zst");
    let mut logger = DatasetLogger::create(&path, LoggerOptions::of(&path)).unwrap();
    logger.log(&plain(0, 4)).unwrap();
    drop(logger);
    let found: Result<Vec<_>, _> = DatasetReader::open(&path).unwrap().collect();
    assert_eq!(found.unwrap(), [plain(0, 4)]);
}

#[test]
fn a_full_disk_is_told_by_finish_once() {
    let options = LoggerOptions { compression: Compression::Zstd(3), ..LoggerOptions::STANDARD };
    let mut logger = DatasetLogger::create(Path::new("/dev/full"), options).unwrap();
    logger.log(&plain(0, 4)).unwrap();
    let error = logger.finish().unwrap_err();
    assert_eq!(error.to_string(), "could not write to /dev/full at byte 0");
}

#[test]
fn frames_after_each_other_are_one_dataset() {
    let mut bytes = compressed(&[plain(0, 2)], 3, 10);
    bytes.extend(compressed(&[plain(1, 2)], 3, 10));
    let found: Result<Vec<_>, _> = read(&bytes).collect();
    assert_eq!(found.unwrap(), [plain(0, 2), plain(1, 2)]);
}
