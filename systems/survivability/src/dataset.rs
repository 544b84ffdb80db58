//! Datasets for learning offline: a transition a line of JSON, plain or compressed.
//!
//! What is written can be read: both sides hold a transition against the same [`check`].

mod json;
mod line;
mod logger;
#[cfg(feature = "parquet")]
pub mod parquet;
mod reader;
mod sink;
mod summary;

use std::io;

use thiserror::Error;

pub use json::write_line;
pub use line::parse_line;
pub use logger::{Compression, DatasetLogger, LoggerOptions};
pub use reader::DatasetReader;
pub use summary::{Outcomes, Range, Summary, summary};

use crate::state::State;
use crate::transition::{Transition, WindowTag};

/// What `meta.schema_version` says of a line laid out as this module does.
pub const SCHEMA_VERSION: u64 = 1;

/// The longest line, its end included.
pub const MAX_LINE_BYTES: usize = 1_000_000;

const WINDOWS: [WindowTag; 3] = [WindowTag::Pre, WindowTag::Fail, WindowTag::Post];

/// Files are named as the caller named them; lines count from 1.
#[derive(Debug, Error)]
pub enum DatasetError {
    #[error("could not create {file}")]
    Create { file: String, source: io::Error },
    #[error("could not write to {file} at byte {offset}")]
    Write { file: String, offset: u64, source: io::Error },
    #[error("nothing more can be logged to {file}, because a write failed")]
    Abandoned { file: String },
    #[error("could not log transition {t} to {file}: {flaw}")]
    Refused { file: String, t: u64, flaw: Flaw },
    #[error("could not open {file}")]
    Open { file: String, source: io::Error },
    #[error("could not read {file} after line {line}")]
    Read { file: String, line: u64, source: io::Error },
    #[error("could not read {file}, line {line}: {flaw}")]
    Line { file: String, line: u64, flaw: Flaw },
    /// The rest of the file is sound: who wrote it was stopped.
    #[error("{file} ends within line {line}")]
    TornTail { file: String, line: u64 },
    #[error("{file} takes zstd, which this program was built without")]
    WithoutZstd { file: String },
    #[cfg(feature = "parquet")]
    #[error("could not export to {file}")]
    Export { file: String, source: ::parquet::errors::ParquetError },
    #[cfg(feature = "parquet")]
    #[error("could not export {file}, line {line}: {found} candidates, and columns for {columns}")]
    Candidates { file: String, line: u64, found: usize, columns: usize },
}

/// What is wrong with a transition.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Flaw {
    #[error("{found} at column {column}")]
    Json { column: usize, found: String },
    #[error("more than {MAX_LINE_BYTES} bytes")]
    TooLong,
    #[error("schema version {0}, of which only {SCHEMA_VERSION} is known")]
    Version(u64),
    #[error("action {action} of {candidates} candidates")]
    Action { action: i32, candidates: usize },
    #[error("action {0} is masked, and others are not")]
    Masked(i32),
    #[error("a mask of {mask} for {paths} paths")]
    Mask { mask: usize, paths: usize },
    #[error("{0} is not finite")]
    NotFinite(&'static str),
}

/// A record may leave out its paths. With every candidate masked a policy is asked as if none was,
/// so that its choice is masked.
pub fn check(transition: &Transition) -> Result<(), Flaw> {
    let Transition { state, next_state, action, action_mask, .. } = transition;
    let (mask, paths) = (action_mask.len(), state.paths.len());
    if paths != 0 && paths != mask {
        return Err(Flaw::Mask { mask, paths });
    }
    if *action != -1 {
        let chosen = usize::try_from(*action).ok().and_then(|chosen| action_mask.get(chosen));
        let chosen = chosen.ok_or(Flaw::Action { action: *action, candidates: mask })?;
        if !chosen && action_mask.contains(&true) {
            return Err(Flaw::Masked(*action));
        }
    }
    finite("reward", transition.reward)?;
    finite("decision_time_ms", transition.meta.decision_time_ms)?;
    finite("restoration_latency_ms", transition.meta.restoration_latency_ms)?;
    finite_state(state)?;
    next_state.as_ref().map_or(Ok(()), finite_state)
}

fn finite_state(state: &State) -> Result<(), Flaw> {
    finite("est_remaining_time", state.est_remaining_time)?;
    state.paths.iter().try_for_each(|path| finite("frag_indicator", path.frag_indicator))
}

fn finite(name: &'static str, value: f64) -> Result<(), Flaw> {
    if value.is_finite() { Ok(()) } else { Err(Flaw::NotFinite(name)) }
}
