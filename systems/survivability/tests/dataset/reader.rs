//! The reader: bad lines in their place, torn ends, and files that are none.

use std::io::{self, Cursor, Read};
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use survivability::dataset::{DatasetError, DatasetReader, Flaw, MAX_LINE_BYTES};
use survivability::transition::WindowTag;

use crate::transitions::{any_transition, lines, plain};

fn read(bytes: impl Into<Vec<u8>>) -> DatasetReader {
    DatasetReader::over(Cursor::new(bytes.into()), "made").unwrap()
}

proptest! {
    /// A file cut anywhere gives the whole lines, and at most a torn end at the line of the cut.
    #[test]
    fn a_cut_file_gives_its_whole_lines_and_a_torn_end(
        transitions in vec(any_transition(3), 1..6),
        at in any::<usize>(),
    ) {
        let all = lines(&transitions);
        let cut = &all[..at % (all.len() + 1)];
        let whole = cut.iter().filter(|byte| **byte == b'\n').count();
        let mut reader = read(cut);
        for expected in &transitions[..whole] {
            prop_assert_eq!(&reader.next().unwrap().unwrap(), expected);
        }
        let lacks_newline_only = all[cut.len()..].first() == Some(&b'\n');
        match reader.next() {
            None => prop_assert!(matches!(cut.last(), None | Some(b'\n'))),
            Some(Ok(last)) => {
                prop_assert!(lacks_newline_only);
                prop_assert_eq!(&last, &transitions[whole]);
            }
            Some(Err(error)) => {
                let expected = format!("made ends within line {}", whole + 1);
                prop_assert_eq!(error.to_string(), expected);
            }
        }
        prop_assert!(reader.next().is_none());
    }

    /// One damaged line costs no other.
    #[test]
    fn a_damaged_line_is_an_error_in_its_place(
        transitions in vec(any_transition(3), 2..6),
        which in any::<usize>(),
        damage in "[^\n]{0,40}",
        at in any::<usize>(),
    ) {
        let which = which % transitions.len();
        let mut bytes = Vec::new();
        for (index, transition) in transitions.iter().enumerate() {
            let mut line = lines(std::slice::from_ref(transition));
            if index == which {
                // A brace nothing closes, so that no damage is an accident that can be read.
                let at = at % line.len();
                line.splice(at..at, format!("{damage}{{").into_bytes());
            }
            bytes.extend(line);
        }
        let items: Vec<_> = read(bytes).collect();
        prop_assert_eq!(items.len(), transitions.len());
        for (index, item) in items.into_iter().enumerate() {
            match item {
                Ok(found) => prop_assert_eq!(&found, &transitions[index]),
                Err(DatasetError::Line { line, .. }) => {
                    prop_assert_eq!((index, line), (which, which as u64 + 1));
                }
                Err(error) => prop_assert!(false, "{}", error),
            }
        }
    }

    #[test]
    fn any_bytes_are_read_to_an_end(bytes in vec(any::<u8>(), 0..400)) {
        let ends = bytes.iter().filter(|byte| **byte == b'\n').count();
        prop_assert!(read(bytes).count() <= ends + 1);
    }
}

#[test]
fn an_end_that_no_rest_could_mend_is_a_bad_line() {
    let mut reader = read("{\"t\":\"0");
    assert!(matches!(reader.next(), Some(Err(DatasetError::TornTail { .. }))));
    let error = read("{\"t\":\"0\",").next().unwrap().unwrap_err();
    let expected = "could not read made, line 1: invalid type: string \"0\", expected u64";
    assert!(error.to_string().starts_with(expected), "{error}");
}

#[test]
fn a_line_without_an_end_is_not_held_in_memory() {
    let mut reader = DatasetReader::over(io::repeat(b' '), "endless").unwrap();
    let error = reader.next().unwrap().unwrap_err();
    assert!(matches!(error, DatasetError::Line { line: 1, flaw: Flaw::TooLong, .. }));
    assert!(reader.next().is_none());
}

#[test]
fn the_longest_line_is_read_and_one_byte_more_is_not() {
    let mut line = lines(&[plain(0, 1)]);
    line.pop();
    line.resize(MAX_LINE_BYTES - 1, b' ');
    line.push(b'\n');
    assert_eq!(read(line.clone()).next().unwrap().unwrap(), plain(0, 1));
    line.insert(0, b' ');
    assert!(read(line).next().unwrap().is_err());
}

#[test]
fn a_window_leaves_out_the_others_and_no_error() {
    let windows = [WindowTag::Pre, WindowTag::Fail, WindowTag::Pre, WindowTag::Post];
    let rows = [0, 1, 2, 3].map(|t| {
        let mut row = plain(t, 1);
        row.meta.window = windows[t as usize];
        row
    });
    let mut bytes = lines(&rows);
    bytes.extend(b"damage\n");
    let mut reader = read(bytes).in_window(WindowTag::Pre);
    let found: Vec<u64> = reader.by_ref().map_while(Result::ok).map(|row| row.t).collect();
    assert_eq!((found, reader.line()), (vec![0, 2], 5));
}

#[test]
fn an_input_that_fails_is_told_with_its_line_and_ends() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("unplugged"))
        }
    }
    let input = Cursor::new(lines(&[plain(0, 1)])).chain(Broken);
    let mut reader = DatasetReader::over(input, "cable").unwrap();
    assert!(reader.next().unwrap().is_ok());
    let error = reader.next().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "could not read cable after line 1");
    assert!(reader.next().is_none());
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = DatasetReader::open(Path::new("nowhere.jsonl")).err().unwrap();
    assert_eq!(error.to_string(), "could not open nowhere.jsonl");
    // A folder can be opened, but not read.
    assert!(DatasetReader::open(Path::new("/")).is_err());
}
