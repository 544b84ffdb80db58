//! What a process left in its folder, read without changing anything.

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use super::Content;
use crate::core::VERSION;
use crate::durable::{self, FileError};
use crate::event::{self, BadReport, Report};
use crate::journal::{self, Damage, Record};

#[derive(Debug, Default, PartialEq)]
pub struct Left {
    /// None before anything was saved.
    pub content: Option<Content>,
    /// What is to be counted besides, in its order.
    pub reported: Vec<Reported>,
    /// Bytes at the end of the journal that were never answered.
    pub torn: usize,
}

/// Reports that were counted at one time, in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    pub wall_ms: i64,
    pub reports: Vec<Report>,
}

#[derive(Debug, Error)]
pub enum KeeperError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{path} is damaged: {cause}", path = .path.display())]
    Damaged { path: PathBuf, cause: serde_json::Error },
    #[error("{path} has version {found}, and this program reads {VERSION}", path = .path.display())]
    Newer { path: PathBuf, found: u32 },
    #[error("{path} is damaged: {cause}", path = .path.display())]
    Journal { path: PathBuf, cause: Damage },
    #[error("{path} is damaged: record {number}: {cause}", path = .path.display())]
    Record { path: PathBuf, number: usize, cause: BadReport },
    #[error("{path} follows generation {found} of the state, and there is {held}",
        path = .path.display())]
    Ahead { path: PathBuf, found: u64, held: u64 },
}

#[derive(Deserialize)]
struct Head {
    version: u32,
}

pub(super) fn state(folder: &Path) -> PathBuf {
    folder.join("warm-restart.json")
}

pub(super) fn journal(folder: &Path) -> PathBuf {
    folder.join("warm-restart.journal")
}

impl Left {
    pub fn read(folder: &Path) -> Result<Left, KeeperError> {
        let content = content(state(folder))?;
        let held = content.as_ref().map_or(0, |content| content.generation);
        let path = journal(folder);
        let bytes = durable::read(&path)?.unwrap_or_default();
        let read = journal::read(&bytes);
        let read = read.map_err(|cause| KeeperError::Journal { path: path.clone(), cause })?;
        let mut reported = Vec::new();
        for (Record { generation, wall_ms, lines }, number) in read.records.into_iter().zip(1..) {
            if generation > held {
                return Err(KeeperError::Ahead { path, found: generation, held });
            }
            // What follows an earlier state is in the later one.
            if generation == held {
                let reports = event::read(&lines).map_err(|cause| {
                    let path = path.clone();
                    KeeperError::Record { path, number, cause }
                })?;
                reported.push(Reported { wall_ms, reports });
            }
        }
        Ok(Left { content, reported, torn: read.torn })
    }

    /// Whether a service was ever here.
    #[must_use]
    pub fn is_in(folder: &Path) -> bool {
        state(folder).exists() || journal(folder).exists()
    }
}

impl fmt::Display for Left {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.content {
            None => writeln!(to, "warm-restart.json: there is none")?,
            Some(Content { core, generation, waiting }) => {
                let (members, waiting) = (core.members.len(), waiting.len());
                write!(to, "warm-restart.json: generation {generation}, ")?;
                writeln!(to, "{members} devices and ports, {waiting} notifications wait")?;
            }
        }
        let reports: usize = self.reported.iter().map(|reported| reported.reports.len()).sum();
        let records = self.reported.len();
        write!(to, "warm-restart.journal: {reports} reports in {records} records since")?;
        match self.torn {
            0 => writeln!(to),
            torn => writeln!(to, ", and {torn} bytes of a write that was cut short"),
        }
    }
}

fn content(path: PathBuf) -> Result<Option<Content>, KeeperError> {
    let Some(bytes) = durable::read(&path)? else { return Ok(None) };
    let damaged = |cause| KeeperError::Damaged { path: path.clone(), cause };
    let head: Head = serde_json::from_slice(&bytes).map_err(damaged)?;
    if head.version > VERSION {
        return Err(KeeperError::Newer { path, found: head.version });
    }
    serde_json::from_slice(&bytes).map(Some).map_err(damaged)
}
