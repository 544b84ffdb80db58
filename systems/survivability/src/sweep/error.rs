//! What may go wrong in a sweep, with the path it went wrong at.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::failure::FailureError;
use crate::plot::FigureError;
use crate::setup::Setup;

#[derive(Debug, Error)]
pub enum SweepError {
    #[error("could not {what} {path}: {source}", path = .path.display())]
    Io { what: &'static str, path: PathBuf, source: io::Error },
    #[error(
        "{path} holds results of another experiment ({found}, and this is {expected})",
        path = .path.display()
    )]
    Foreign { path: PathBuf, found: String, expected: String },
    #[error("{path} is not the record of a sweep, and will not be overwritten", path = .path.display())]
    NoRecord { path: PathBuf },
    #[error("{path} is of format {found}, and this program reads {expected}", path = .path.display())]
    Format { path: PathBuf, found: u32, expected: u32 },
    #[error("line {line} of {path} is not the outcome of a simulation: {source}", path = .path.display())]
    Line { path: PathBuf, line: usize, source: serde_json::Error },
    #[error("{path} is being written by another sweep", path = .path.display())]
    Busy { path: PathBuf },
    #[error(
        "the sweep in {path} is not complete; the command that began it goes on from there",
        path = .path.display()
    )]
    Incomplete { path: PathBuf },
    #[error("could not read {path}: {source}", path = .path.display())]
    Summary { path: PathBuf, source: serde_json::Error },
    #[error("could not simulate {erlang} Erlang: {source}")]
    Simulation { erlang: f64, source: FailureError },
    #[error("could not draw {figure}: {source}")]
    Figure { figure: &'static str, source: FigureError },
}

impl SweepError {
    /// Whether the caller named a folder or a file that cannot be meant.
    #[must_use]
    pub fn is_bad_input(&self) -> bool {
        match self {
            SweepError::Foreign { .. }
            | SweepError::NoRecord { .. }
            | SweepError::Format { .. }
            | SweepError::Line { .. }
            | SweepError::Incomplete { .. }
            | SweepError::Summary { .. } => true,
            SweepError::Io { .. }
            | SweepError::Busy { .. }
            | SweepError::Simulation { .. }
            | SweepError::Figure { .. } => false,
        }
    }

    pub(super) fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> SweepError {
        let path = path.to_owned();
        move |source| SweepError::Io { what, path, source }
    }

    pub(super) fn simulation(setup: &Setup, source: FailureError) -> SweepError {
        SweepError::Simulation { erlang: setup.traffic.erlang, source }
    }
}
