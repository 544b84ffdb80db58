//! The record of a sweep, `runs.jsonl`: a line that says of which experiment, and a line for each
//! simulation, written when it is finished. What was being written when the power went is written
//! again.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::SweepError;
use super::files::write_file;
use crate::outcome::Outcome;

/// Locked against other sweeps as long as it exists.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    path: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Results of the same experiment are taken over, and others refused.
    Keep,
    /// Everything is done anew.
    Replace,
}

/// A simulation among those of an experiment. Ordered by load, then by seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// The bits of a positive number, which have its order.
    erlang: u64,
    seed: u64,
}

pub(super) type Known = BTreeMap<Key, Outcome>;

#[derive(Serialize, Deserialize)]
struct Header {
    record: String,
    format: u32,
    experiment: String,
}

/// The name of the record in its folder.
pub(super) const NAME: &str = "runs.jsonl";
const RECORD: &str = "survivability sweep";
/// Changes whenever older lines cannot be read any more, or mean something else.
const FORMAT: u32 = 1;

impl Key {
    pub(super) fn new(erlang: f64, seed: u64) -> Key {
        Key { erlang: erlang.to_bits(), seed }
    }
}

impl Journal {
    /// Opens the record of a folder, which is made if there is none, and reads what it holds.
    pub(super) fn open(
        folder: &Path,
        experiment: u64,
        existing: Existing,
    ) -> Result<(Journal, Known), SweepError> {
        fs::create_dir_all(folder).map_err(SweepError::io("make the folder", folder))?;
        let path = folder.join(NAME);
        let open =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = open.map_err(SweepError::io("open", &path))?;
        match file.try_lock() {
            // A file system without locks leaves it to the user.
            Ok(()) | Err(TryLockError::Error(_)) => {}
            Err(TryLockError::WouldBlock) => return Err(SweepError::Busy { path }),
        }
        let mut text = Vec::new();
        if existing == Existing::Keep {
            file.read_to_end(&mut text).map_err(SweepError::io("read", &path))?;
        }
        let header = header(experiment);
        let (known, end) = read(&text, &header, &path)?;
        let mut journal = Journal { file, path };
        journal.cut(end)?;
        if end == 0 {
            journal.write(header.as_bytes())?;
        }
        Ok((journal, known))
    }

    /// Adds an outcome.
    pub(super) fn append(&mut self, outcome: &Outcome) -> Result<(), SweepError> {
        self.write(line(outcome).as_bytes())
    }

    /// Puts the lines in the order of load and seed, in which they stand whatever thread was first.
    pub(super) fn settle(&mut self) -> Result<(), SweepError> {
        let read = fs::read_to_string(&self.path).map_err(SweepError::io("read", &self.path))?;
        let Some((header, rest)) = read.split_once('\n') else { return Ok(()) };
        let (mut lines, path) = (BTreeMap::new(), &self.path);
        for (line, number) in rest.lines().zip(2..) {
            let outcome = outcome(line).map_err(|source| bad_line(path, number, source))?;
            lines.insert(Key::new(outcome.erlang, outcome.seed), line);
        }
        let mut text = format!("{header}\n");
        for line in lines.values() {
            text.push_str(line);
            text.push('\n');
        }
        if text == read { Ok(()) } else { write_file(&self.path, &text) }
    }

    /// Forgets what comes after the last whole line.
    fn cut(&mut self, end: u64) -> Result<(), SweepError> {
        let cut = self.file.set_len(end).and_then(|()| self.file.seek(SeekFrom::Start(end)));
        cut.map(|_| ()).map_err(SweepError::io("write", &self.path))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), SweepError> {
        self.file.write_all(bytes).map_err(SweepError::io("write", &self.path))
    }
}

/// The outcomes of a record, and where its last whole line ends: 0 if it has none.
fn read(text: &[u8], header: &str, path: &Path) -> Result<(Known, u64), SweepError> {
    let mut known = Known::new();
    let mut end = 0;
    for (bytes, number) in text.split_inclusive(|byte| *byte == b'\n').zip(1..) {
        let is_whole = bytes.ends_with(b"\n");
        let line = str::from_utf8(bytes);
        match line {
            Ok(line) if number == 1 && is_whole => check_header(line, header, path)?,
            // The first line was being written.
            Ok(line) if number == 1 && header.starts_with(line) => return Ok((known, 0)),
            _ if number == 1 => return Err(SweepError::NoRecord { path: path.to_owned() }),
            _ if !is_whole => break,
            _ => {
                let outcome = serde_json::from_slice::<Outcome>(bytes);
                let outcome = outcome.map_err(|source| bad_line(path, number, source))?;
                known.insert(Key::new(outcome.erlang, outcome.seed), outcome);
            }
        }
        end += bytes.len() as u64;
    }
    Ok((known, end))
}

fn check_header(line: &str, expected: &str, path: &Path) -> Result<(), SweepError> {
    let path = || path.to_owned();
    let parse = serde_json::from_str::<Header>;
    let (Ok(found), Ok(expected)) = (parse(line), parse(expected)) else {
        return Err(SweepError::NoRecord { path: path() });
    };
    if found.record != expected.record {
        return Err(SweepError::NoRecord { path: path() });
    }
    if found.format != expected.format {
        return Err(SweepError::Format {
            path: path(),
            found: found.format,
            expected: expected.format,
        });
    }
    if found.experiment != expected.experiment {
        let (found, expected) = (found.experiment, expected.experiment);
        return Err(SweepError::Foreign { path: path(), found, expected });
    }
    Ok(())
}

fn header(experiment: u64) -> String {
    let experiment = format!("{experiment:016x}");
    let header = Header { record: RECORD.to_owned(), format: FORMAT, experiment };
    serde_json::to_string(&header).expect("strings and numbers are JSON") + "\n"
}

fn line(outcome: &Outcome) -> String {
    serde_json::to_string(outcome).expect("an outcome has names for its keys") + "\n"
}

fn outcome(line: &str) -> Result<Outcome, serde_json::Error> {
    serde_json::from_str(line)
}

fn bad_line(path: &Path, line: usize, source: serde_json::Error) -> SweepError {
    SweepError::Line { path: path.to_owned(), line, source }
}

#[cfg(test)]
mod tests;
