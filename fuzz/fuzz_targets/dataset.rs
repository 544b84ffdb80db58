//! Any bytes, read as a dataset: an item a line and then an end. What is read can be logged, and
//! the log is read as the same.
#![no_main]

use std::io::Cursor;
use std::sync::{Arc, Mutex};

use libfuzzer_sys::fuzz_target;
use survivability::dataset::{DatasetLogger, DatasetReader, LoggerOptions, summary};
use survivability::transition::Transition;

fuzz_target!(|bytes: &[u8]| {
    let Ok(reader) = DatasetReader::over(Cursor::new(bytes.to_vec()), "input") else {
        // Compressed, and built without.
        return;
    };
    let items: Vec<_> = reader.collect();
    assert!(items.len() <= bytes.split_inclusive(|byte| *byte == b'\n').count());
    let read: Vec<Transition> = items.into_iter().filter_map(Result::ok).collect();
    let paper = Paper::default();
    let options = LoggerOptions { max_bytes: 4096, max_transitions: 7, ..LoggerOptions::STANDARD };
    let mut logger = DatasetLogger::over(paper.clone(), "paper", options).expect("plain lines");
    for transition in &read {
        logger.log(transition).expect("what was read can be logged");
    }
    assert_eq!(logger.finish().expect("paper takes everything"), read.len() as u64);
    let lines = paper.0.lock().expect("nobody else has it").clone();
    let reader = DatasetReader::over(Cursor::new(lines.clone()), "paper").expect("plain lines");
    let again: Vec<Transition> = reader.map(|item| item.expect("a logged line")).collect();
    assert_eq!(again, read);
    let reader = DatasetReader::over(Cursor::new(lines), "paper").expect("plain lines");
    let counted = summary(reader).expect("logged lines");
    assert_eq!(counted.total.transitions(), read.len() as u64);
});

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        assert_eq!(bytes.last(), Some(&b'\n'), "whole lines");
        self.0.lock().expect("nobody else has it").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
