//! Where events are kept: SQLite or PostgreSQL, behind one interface that blocks.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::event::Event;
use crate::operation::{Failure, Migrations, Operation, Reply};

/// What a commit survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Durability {
    /// The end of the process, however sudden; of PostgreSQL the end of ours, not of the server's.
    #[default]
    Process,
    /// The loss of power: each commit waits for the disk.
    Disk,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    Stored,
    /// Its id had been stored before, so that nothing was changed.
    Duplicate,
}

#[derive(Debug, Error)]
pub enum StoreError {
    #[error("{url:?} is no address of a database: {reason}")]
    Address { url: String, reason: String },
    #[error("failed to open the database {place}: {reason}")]
    Open { place: String, reason: String },
    #[error("the database {place} is damaged: {reason}")]
    Damaged { place: String, reason: String },
    #[error("{place} is another program's database")]
    Foreign { place: String },
    #[error(
        "the database {place} has version {version}, which a later release wrote; ours is {ours}"
    )]
    Newer { place: String, version: u32, ours: u32 },
    #[error("step {version} of the database {place} is not what this release would have done")]
    Changed { place: String, version: u32 },
    /// The database refuses what it was given, and would again.
    #[error("the database refuses a row: {reason}")]
    Refused { reason: String },
    /// The database cannot do its work now.
    #[error("the database failed: {reason}")]
    Failed { reason: String },
}

/// An open database.
pub enum Store {
    Sqlite(()),
    Postgres(()),
}

/// How long things are kept, in milliseconds by the producers' clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Chat.
    pub chat_ms: u64,
    /// All other events.
    pub events_ms: u64,
    /// Messages to the channel, once they are sent.
    pub sent_ms: u64,
}

impl Store {
    /// Opens `sqlite:path`, a bare path, or `postgres://...`; a file is created where none is.
    ///
    /// Another connection to the same database is another `open`.
    pub fn open(_url: &str, _durability: Durability) -> Result<Store, StoreError> {
        unimplemented_yet()
    }

    /// Brings the tables to this release, and says what is there now.
    pub fn migrate(&mut self, _now_ms: u64) -> Result<Migrations, StoreError> {
        unimplemented_yet()
    }

    /// What steps were taken and which are to come.
    pub fn status(&mut self) -> Result<Migrations, StoreError> {
        unimplemented_yet()
    }

    /// Stores the events and what follows from them, all or none, in the order they are in.
    pub fn apply(&mut self, _batch: &[Event]) -> Result<Vec<Applied>, StoreError> {
        unimplemented_yet()
    }

    /// Does an operation, whose time is `now_ms`.
    pub fn answer(&mut self, _operation: &Operation, _now_ms: u64) -> Result<Reply, Failure> {
        Err(Failure::new(crate::operation::Code::Unavailable, "not built yet"))
    }

    /// Deletes what has been kept long enough, at most `most` rows of each sort; returns how many.
    pub fn prune(
        &mut self,
        _keep: &Retention,
        _now_ms: u64,
        _most: u32,
    ) -> Result<u64, StoreError> {
        unimplemented_yet()
    }
}

fn unimplemented_yet<T>() -> Result<T, StoreError> {
    Err(StoreError::Failed { reason: "not built yet".to_owned() })
}
