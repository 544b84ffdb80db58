//! What can go wrong: faults as the inner functions see them, and errors as the caller does, with
//! the file and what was being done.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use super::schema::VERSION;

/// Why the history could not do what was asked. [`HistoryError::hint`] says what may help.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    #[error("could not create the folder {path}")]
    Folder { path: PathBuf, source: io::Error },
    #[error("could not open {path}: {reason}")]
    Open { path: PathBuf, reason: String },
    #[error("{path} is not a Tollgate history: {reason}")]
    Foreign { path: PathBuf, reason: &'static str },
    #[error("{path} has schema {found}, this version of Tollgate knows schemas up to {VERSION}")]
    Newer { path: PathBuf, found: u32 },
    #[error(
        "the {what} in {path} has format {found}, this version of Tollgate knows formats up to {known}"
    )]
    NewerFormat { path: PathBuf, what: String, found: u32, known: u32 },
    #[error("could not {doing} in {path}: the file is damaged: {what}")]
    Damaged { path: PathBuf, doing: &'static str, what: String },
    #[error("could not {doing} in {path}: another process kept it locked")]
    Busy { path: PathBuf, doing: &'static str },
    #[error("could not {doing} in {path}: no space is left on the disk")]
    Full { path: PathBuf, doing: &'static str },
    #[error("could not {doing} in {path}: it can only be read")]
    ReadOnly { path: PathBuf, doing: &'static str },
    #[error("could not {doing} in {path}")]
    Sql { path: PathBuf, doing: &'static str, source: rusqlite::Error },

    #[error("no run `{reference}` among the {runs} in {path}")]
    NoRun { path: PathBuf, reference: String, runs: u64 },
    #[error("`{reference}` may be any of {}", listed(.candidates, *.more))]
    Ambiguous {
        reference: String,
        /// The latest few, the latest first.
        candidates: Vec<String>,
        more: u64,
    },
    #[error(
        "`{id}` cannot name a run: ids are digits, letters, `-` and `_`, and start with a digit"
    )]
    BadId { id: String },
    #[error("could not {doing} to run {run}: it is {state}")]
    NotOpen { doing: &'static str, run: String, state: &'static str },
    #[error("could not store the judgement of run {run}: {reason}")]
    Judgement { run: String, reason: &'static str },
    #[error("could not store {what}: {reason}")]
    Unstorable { what: String, reason: String },
    #[error("could not set the baseline `{name}`: {reason}")]
    Baseline { name: String, reason: String },

    #[error("could not write the export")]
    Write { source: io::Error },
    #[error("could not read the import at line {line}: {reason}")]
    Import { line: u64, reason: String },
}

impl HistoryError {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            HistoryError::Damaged { path, .. } => format!(
                "nothing was written to it; `tollgate history export` saves the runs that can \
                 still be read; then move {0}, {0}-wal and {0}-shm aside and import them again",
                path.display()
            ),
            HistoryError::Foreign { .. } => {
                "name another file, or move this one aside; it was not touched".to_owned()
            }
            HistoryError::Newer { .. } | HistoryError::NewerFormat { .. } => {
                "use the Tollgate that wrote it, or a newer one".to_owned()
            }
            HistoryError::Busy { .. } => {
                "another check or import may be storing a large run: try again".to_owned()
            }
            HistoryError::Full { .. } => {
                "earlier runs and trials are kept; make room on the disk (a little is needed even \
                 by `tollgate history prune`)"
                    .to_owned()
            }
            HistoryError::ReadOnly { path, .. } => format!(
                "{} and its folder must be writable to store runs; `--history PATH` names another",
                path.display()
            ),
            HistoryError::Folder { .. } => {
                "runs are stored there; `--history PATH` names another file for them".to_owned()
            }
            HistoryError::NoRun { .. } => "`tollgate history list` shows the runs".to_owned(),
            _ => return None,
        })
    }
}

/// What goes wrong inside, before it is known on which file and at what.
#[derive(Debug)]
pub(super) enum Fault {
    Sql(rusqlite::Error),
    Damaged(String),
    Foreign,
    Newer {
        found: u32,
    },
    NewerFormat {
        what: String,
        found: u32,
        known: u32,
    },
    NoRun {
        reference: String,
        runs: u64,
    },
    ReadOnly,
    NoSpace,
    /// Complete as it is.
    Told(HistoryError),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Fault {
        Fault::Sql(error)
    }
}

impl From<HistoryError> for Fault {
    fn from(error: HistoryError) -> Fault {
        Fault::Told(error)
    }
}

impl Fault {
    /// Completes a fault; `doing` follows "could not".
    pub(super) fn told(self, path: &Path, doing: &'static str) -> HistoryError {
        let path = path.to_owned();
        match self {
            Fault::Sql(source) => told_by_sqlite(source, path, doing),
            Fault::Damaged(what) => HistoryError::Damaged { path, doing, what },
            Fault::Foreign => {
                HistoryError::Foreign { path, reason: "it is another program's SQLite file" }
            }
            Fault::Newer { found } => HistoryError::Newer { path, found },
            Fault::NewerFormat { what, found, known } => {
                HistoryError::NewerFormat { path, what, found, known }
            }
            Fault::NoRun { reference, runs } => HistoryError::NoRun { path, reference, runs },
            Fault::ReadOnly => HistoryError::ReadOnly { path, doing },
            Fault::NoSpace => HistoryError::Full { path, doing },
            Fault::Told(error) => error,
        }
    }
}

fn told_by_sqlite(source: rusqlite::Error, path: PathBuf, doing: &'static str) -> HistoryError {
    use rusqlite::Error as E;
    match &source {
        // The tables are strict, so a value of another type was not written by us.
        E::FromSqlConversionFailure(..)
        | E::IntegralValueOutOfRange(..)
        | E::InvalidColumnType(..)
        | E::Utf8Error(..) => HistoryError::Damaged { path, doing, what: source.to_string() },
        E::SqliteFailure(failure, _) => match failure.code {
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
                HistoryError::Damaged { path, doing, what: source.to_string() }
            }
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
                HistoryError::Busy { path, doing }
            }
            ErrorCode::ReadOnly => HistoryError::ReadOnly { path, doing },
            ErrorCode::DiskFull => HistoryError::Full { path, doing },
            _ if failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE => {
                HistoryError::Full { path, doing }
            }
            _ => HistoryError::Sql { path, doing, source },
        },
        _ => HistoryError::Sql { path, doing, source },
    }
}

fn listed(candidates: &[String], more: u64) -> String {
    let shown = candidates.join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}
