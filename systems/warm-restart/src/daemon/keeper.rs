//! The files that outlive the process: the state as a whole (counters, alerts, who was told, what
//! is yet to be told), and a journal of what was reported since. Each record has the generation of
//! the state it follows. A new state is on the disk before the journal begins anew, so that who is
//! killed in between leaves records that are known to be in the state already.

mod append;
mod left;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tollgate_alerts::deliver::Message;

use self::append::Appender;
pub use self::left::{KeeperError, Left, Reported};
use super::lock::{Lock, LockError};
use crate::core::Kept;
use crate::durable::{self, FileError};

/// The state as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// None of a state that an earlier release saved.
    #[serde(default)]
    pub generation: u64,
    #[serde(flatten)]
    pub core: Kept,
    /// In the order in which they are due, with how many trials failed. What is being told right
    /// now is not among them: whether it arrived cannot be known after a crash, and it is rather
    /// told with the next repetition than twice.
    #[serde(default)]
    pub waiting: Vec<(Message, u32)>,
}

/// No other process has the folder for as long as this lives.
#[derive(Debug)]
pub struct Keeper {
    folder: PathBuf,
    generation: u64,
    /// None until a state of this process was saved, and since something could not be.
    journal: Option<Appender>,
    _lock: Lock,
}

/// Beyond so many bytes the next state is saved: a start reads all of them.
const LONGEST_JOURNAL: u64 = 16 << 20;

impl Keeper {
    pub fn open(folder: &Path) -> Result<Keeper, LockError> {
        std::fs::create_dir_all(folder).map_err(FileError::of("create", folder))?;
        let lock = Lock::take(folder)?;
        Ok(Keeper { folder: folder.to_owned(), generation: 0, journal: None, _lock: lock })
    }

    /// What an earlier process left. Files that are damaged are an error and stay where they are:
    /// nobody overwrites counters that a person may still be able to read.
    pub fn load(&mut self) -> Result<Left, KeeperError> {
        let left = Left::read(&self.folder)?;
        self.generation = left.content.as_ref().map_or(0, |content| content.generation);
        Ok(left)
    }

    /// Saves the state at a time in milliseconds since 1970; it is on the disk when this returns.
    ///
    /// Its generation is that time if it can be, so that no journal is taken for one that follows
    /// when somebody puts back an old file, or begins without any.
    pub fn save(
        &mut self,
        core: Kept,
        waiting: Vec<(Message, u32)>,
        wall_ms: i64,
    ) -> Result<(), FileError> {
        self.journal = None;
        self.generation = u64::try_from(wall_ms).unwrap_or(0).max(self.generation + 1);
        let content = Content { generation: self.generation, core, waiting };
        let bytes = serde_json::to_vec(&content).expect("names and numbers can be written");
        durable::write(&left::state(&self.folder), &bytes)?;
        self.journal = Some(Appender::begin(left::journal(&self.folder), self.generation)?);
        Ok(())
    }

    /// Whether reports can be added to the state that was saved last; if not, it is to be saved.
    #[must_use]
    pub fn takes_reports(&self) -> bool {
        self.journal.is_some()
    }

    /// Adds what was reported; it is on the disk when this returns. Without a state to add it to
    /// nothing is done.
    pub fn append(&mut self, wall_ms: i64, lines: String) -> Result<(), FileError> {
        let Some(journal) = &mut self.journal else { return Ok(()) };
        // What cannot be written any more may end anywhere.
        journal.append(wall_ms, lines).inspect_err(|_| self.journal = None)
    }

    #[must_use]
    pub fn journal_bytes(&self) -> u64 {
        self.journal.as_ref().map_or(0, Appender::bytes)
    }

    #[must_use]
    pub fn is_journal_long(&self) -> bool {
        self.journal_bytes() > LONGEST_JOURNAL
    }
}
