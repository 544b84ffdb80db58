//! The logger: its bounds, its calls, and what it does when a write fails.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use proptest::collection::vec;
use proptest::prelude::*;
use survivability::dataset::{
    Compression, DatasetError, DatasetLogger, DatasetReader, LoggerOptions, MAX_LINE_BYTES,
};

use crate::transitions::{any_transition, lines, plain};

const OPTIONS: LoggerOptions = LoggerOptions::STANDARD;

/// Keeps what was written, call by call, and fails once it holds `room` bytes.
#[derive(Clone)]
struct Paper {
    calls: Arc<Mutex<Vec<Vec<u8>>>>,
    room: usize,
}

impl Paper {
    fn new(room: usize) -> Paper {
        Paper { calls: Arc::default(), room }
    }

    fn calls(&self) -> Vec<Vec<u8>> {
        self.calls.lock().unwrap().clone()
    }

    fn bytes(&self) -> Vec<u8> {
        self.calls().concat()
    }

    fn written(&self) -> usize {
        self.calls.lock().unwrap().iter().map(Vec::len).sum()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = self.room - self.written();
        if left == 0 {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        let taken = bytes.len().min(left);
        self.calls.lock().unwrap().push(bytes[..taken].to_vec());
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn on(paper: &Paper, options: LoggerOptions) -> DatasetLogger {
    DatasetLogger::over(paper.clone(), "paper", options).unwrap()
}

proptest! {
    /// After each record: buffered <= most transitions, and bytes taken - bytes written <= most
    /// bytes. Every call holds whole lines, and together they are all lines in order. A call is
    /// never larger than the buffer, unless it is one line.
    #[test]
    fn the_buffer_keeps_its_bounds_and_calls_hold_whole_lines(
        transitions in vec(any_transition(12), 1..60),
        max_transitions in 1..20_usize,
        max_bytes in 1..20_000_usize,
    ) {
        let paper = Paper::new(usize::MAX);
        let options = LoggerOptions { max_transitions, max_bytes, ..OPTIONS };
        let mut logger = on(&paper, options);
        let mut taken = 0;
        for transition in &transitions {
            logger.log(transition).unwrap();
            taken += lines(std::slice::from_ref(transition)).len();
            prop_assert!(logger.buffered() < max_transitions);
            prop_assert!(taken - paper.written() <= max_bytes);
        }
        prop_assert_eq!(logger.finish().unwrap(), transitions.len() as u64);
        prop_assert_eq!(paper.bytes(), lines(&transitions));
        for call in paper.calls() {
            let ends = call.iter().filter(|byte| **byte == b'\n').count();
            prop_assert!(ends <= max_transitions && call.last() == Some(&b'\n'));
            prop_assert!(call.len() <= max_bytes || ends == 1);
        }
    }

    /// Whatever room there is: the error comes once, names the byte, and what fitted is readable.
    #[test]
    fn a_full_disk_is_told_once_and_leaves_what_fitted(
        room in 0..60_000_usize,
        max_transitions in 1..40_usize,
    ) {
        let paper = Paper::new(room);
        let mut logger = on(&paper, LoggerOptions { max_transitions, ..OPTIONS });
        let mut logged = Vec::new();
        let error = loop {
            logged.push(plain(logged.len() as u64, 4));
            if let Err(error) = logger.log(logged.last().unwrap()) {
                break error;
            }
        };
        prop_assert_eq!(error.to_string(), format!("could not write to paper at byte {room}"));
        prop_assert_eq!(logger.buffered(), 0);
        let again = logger.log(&plain(0, 1)).unwrap_err().to_string();
        prop_assert_eq!(&again, "nothing more can be logged to paper, because a write failed");
        drop(logger);
        let bytes = paper.bytes();
        prop_assert_eq!(bytes.len(), room);
        prop_assert!(lines(&logged).starts_with(&bytes));
        let whole = bytes.iter().filter(|byte| **byte == b'\n').count();
        let mut reader = DatasetReader::over(io::Cursor::new(bytes.clone()), "paper").unwrap();
        for expected in &logged[..whole] {
            prop_assert_eq!(&reader.next().unwrap().unwrap(), expected);
        }
        // A line that lacks nothing but its newline is whole.
        match reader.next() {
            None => prop_assert!(matches!(bytes.last(), None | Some(b'\n'))),
            Some(Ok(last)) => prop_assert_eq!(&last, &logged[whole]),
            Some(Err(error)) => {
                let is_torn = matches!(error, DatasetError::TornTail { .. });
                prop_assert!(is_torn, "{}", error);
            }
        }
    }
}

#[test]
fn a_thousand_transitions_are_written_in_one_call() {
    let paper = Paper::new(usize::MAX);
    let mut logger = on(&paper, OPTIONS);
    for t in 0..999 {
        logger.log(&plain(t, 4)).unwrap();
    }
    assert_eq!((logger.buffered(), paper.calls().len()), (999, 0));
    logger.log(&plain(999, 4)).unwrap();
    assert_eq!((logger.buffered(), logger.count(), paper.calls().len()), (0, 1000, 1));
}

#[test]
fn a_megabyte_is_written_before_a_thousand_transitions_are_there() {
    let paper = Paper::new(usize::MAX);
    let mut logger = on(&paper, OPTIONS);
    for t in 0..999 {
        logger.log(&plain(t, 40)).unwrap();
    }
    drop(logger);
    let calls = paper.calls();
    assert!(calls.len() > 5 && calls.iter().all(|call| call.len() <= 1_000_000));
}

#[test]
fn wider_bounds_than_the_standard_are_the_standard() {
    let paper = Paper::new(usize::MAX);
    let wide = LoggerOptions { max_transitions: usize::MAX, max_bytes: usize::MAX, ..OPTIONS };
    let mut logger = on(&paper, wide);
    for t in 0..1000 {
        logger.log(&plain(t, 0)).unwrap();
    }
    assert_eq!((logger.buffered(), paper.calls().len()), (0, 1));
}

#[test]
fn dropping_a_logger_writes_what_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dropped.jsonl");
    let mut logger = DatasetLogger::create(&path, OPTIONS).unwrap();
    logger.log(&plain(0, 4)).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"");
    drop(logger);
    assert_eq!(fs::read(&path).unwrap(), lines(&[plain(0, 4)]));
}

#[test]
fn creating_makes_folders_and_empties_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b/c.jsonl");
    for t in 0..2 {
        let mut logger = DatasetLogger::create(&path, LoggerOptions::of(&path)).unwrap();
        logger.log(&plain(t, 1)).unwrap();
        assert_eq!(logger.finish().unwrap(), 1);
    }
    assert_eq!(fs::read(&path).unwrap(), lines(&[plain(1, 1)]));
}

#[test]
fn a_file_that_cannot_be_created_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for path in [folder.path().to_owned(), file.join("below.jsonl")] {
        let error = DatasetLogger::create(&path, OPTIONS).err().unwrap();
        assert_eq!(error.to_string(), format!("could not create {}", path.display()));
    }
}

#[test]
fn a_flush_puts_the_lines_into_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("flushed.jsonl");
    let mut logger = DatasetLogger::create(&path, OPTIONS).unwrap();
    logger.log(&plain(0, 4)).unwrap();
    logger.flush().unwrap();
    // Not dropped, as after a kill.
    std::mem::forget(logger);
    assert_eq!(fs::read(&path).unwrap(), lines(&[plain(0, 4)]));
}

#[test]
fn a_real_full_disk_is_told_by_finish() {
    let mut logger = DatasetLogger::create(Path::new("/dev/full"), OPTIONS).unwrap();
    logger.log(&plain(0, 4)).unwrap();
    let error = logger.finish().unwrap_err();
    assert_eq!(error.to_string(), "could not write to /dev/full at byte 0");
    let DatasetError::Write { source, .. } = error else { panic!("{error:?}") };
    assert_eq!(source.kind(), io::ErrorKind::StorageFull);
}

#[test]
fn a_device_is_not_waited_for() {
    let mut logger = DatasetLogger::create(Path::new("/dev/null"), OPTIONS).unwrap();
    logger.log(&plain(0, 4)).unwrap();
    assert_eq!(logger.finish().unwrap(), 1);
}

#[test]
fn what_could_not_be_read_is_refused_and_the_next_is_taken() {
    let paper = Paper::new(usize::MAX);
    let mut logger = on(&paper, OPTIONS);
    let mut infinite = plain(3, 2);
    infinite.state.paths[1].frag_indicator = f64::NAN;
    let mut masked = plain(4, 2);
    masked.action_mask[0] = false;
    let mut outside = plain(5, 2);
    outside.action = 2;
    let mut unpaired = plain(6, 2);
    unpaired.action_mask.push(true);
    for (transition, expected) in [
        (infinite, "could not log transition 3 to paper: frag_indicator is not finite"),
        (masked, "could not log transition 4 to paper: action 0 is masked, and others are not"),
        (outside, "could not log transition 5 to paper: action 2 of 2 candidates"),
        (unpaired, "could not log transition 6 to paper: a mask of 3 for 2 paths"),
    ] {
        assert_eq!(logger.log(&transition).unwrap_err().to_string(), expected);
    }
    logger.log(&plain(7, 2)).unwrap();
    assert_eq!(logger.finish().unwrap(), 1);
    assert_eq!(paper.bytes(), lines(&[plain(7, 2)]));
}

#[test]
fn a_line_too_long_to_be_read_is_refused() {
    let paper = Paper::new(usize::MAX);
    let mut logger = on(&paper, OPTIONS);
    logger.log(&plain(0, 2)).unwrap();
    let error = logger.log(&plain(1, 20_000)).unwrap_err().to_string();
    assert_eq!(error, "could not log transition 1 to paper: more than 1000000 bytes");
    logger.log(&plain(2, 2)).unwrap();
    logger.finish().unwrap();
    assert_eq!(paper.bytes(), lines(&[plain(0, 2), plain(2, 2)]));
}

#[test]
fn a_line_longer_than_the_buffer_is_written_alone() {
    let paper = Paper::new(usize::MAX);
    let mut logger = on(&paper, LoggerOptions { max_bytes: 2000, ..OPTIONS });
    let rows = [plain(0, 2), plain(1, 100), plain(2, 2)];
    rows.iter().for_each(|row| logger.log(row).unwrap());
    logger.finish().unwrap();
    let expected = rows.map(|row| lines(&[row]));
    assert!(expected[1].len() > 2000 && expected[1].len() < MAX_LINE_BYTES);
    assert_eq!(paper.calls(), expected);
}

#[test]
fn the_ending_of_a_name_tells_the_compression() {
    for (name, expected) in [
        ("a.jsonl", Compression::None),
        ("a.jsonl.zst", Compression::Zstd(0)),
        ("zst", Compression::None),
    ] {
        assert_eq!(LoggerOptions::of(Path::new(name)).compression, expected, "{name}");
    }
}

#[cfg(not(feature = "zstd"))]
#[test]
fn asking_for_compression_without_zstd_leaves_the_file_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kept.jsonl.zst");
    fs::write(&path, [0x28, 0xb5, 0x2f, 0xfd]).unwrap();
    let expected = format!("{} takes zstd, which this program was built without", path.display());
    let error = DatasetLogger::create(&path, LoggerOptions::of(&path)).err().unwrap();
    assert_eq!(error.to_string(), expected);
    assert_eq!(fs::read(&path).unwrap().len(), 4);
    assert_eq!(DatasetReader::open(&path).err().unwrap().to_string(), expected);
}
