//! Where events are kept: SQLite or PostgreSQL, behind one interface that blocks.

mod answer;
mod apply;
mod cell;
mod checkpoint;
mod connection;
mod kv;
mod migrate;
mod outbound;
mod postgres;
mod query;
mod retention;
mod room;
mod rows;
mod sqlite;
mod stats;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use self::connection::Connection;
use crate::event::Event;
use crate::operation::{Failure, Migrations, Operation, Reply};

pub use self::checkpoint::Checkpointer;
pub use self::retention::Retention;

/// What a commit survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Durability {
    /// The end of the process, however sudden; with PostgreSQL the end of ours, not of the server.
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

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum StoreError {
    #[error("{url:?} is no address of a database: {reason}")]
    Address { url: String, reason: String },
    #[error("failed to open the database {place}: {reason}")]
    Open { place: String, reason: String },
    #[error("the database {place} is damaged: {reason}")]
    Damaged { place: String, reason: String },
    #[error("{place} is another program's database")]
    Foreign { place: String },
    #[error("the database {place} has version {version}, from a later release; ours is {ours}")]
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

/// An open database, and this thread's connection to it.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    durability: Durability,
}

impl Durability {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Durability::Process => "process",
            Durability::Disk => "disk",
        }
    }
}

impl Store {
    /// Opens `sqlite:path`, a bare path, or `postgres://...`; a file is created where none is.
    ///
    /// Another connection to the same database is another `open`.
    pub fn open(url: &str, durability: Durability) -> Result<Store, StoreError> {
        let mut connection = Connection::open(url, durability)?;
        migrate::status(&mut connection)?;
        Ok(Store { connection, durability })
    }

    /// Brings the tables to this release, and says what is there now.
    pub fn migrate(&mut self, now_ms: u64) -> Result<Migrations, StoreError> {
        migrate::migrate(&mut self.connection, now_ms)
    }

    /// What steps were taken and which are to come.
    pub fn status(&mut self) -> Result<Migrations, StoreError> {
        migrate::status(&mut self.connection)
    }

    /// Stores the events and what follows from them, all or none, in the order they are in.
    pub fn apply(&mut self, batch: &[Event]) -> Result<Vec<Applied>, StoreError> {
        apply::apply(&mut self.connection, batch)
    }

    /// Does an operation, whose time is `now_ms`.
    pub fn answer(&mut self, operation: &Operation, now_ms: u64) -> Result<Reply, Failure> {
        answer::answer(&mut self.connection, operation, now_ms)
    }

    /// Deletes what has been kept long enough, at most `most` rows of each sort; returns how many.
    pub fn prune(&mut self, keep: &Retention, now_ms: u64, most: u32) -> Result<u64, StoreError> {
        retention::prune(&mut self.connection, keep, now_ms, most)
    }

    /// Keeps commits from waiting for the disk while the log of SQLite is brought into its file;
    /// for as long as what it returns is kept.
    pub fn checkpoint_beside(&mut self) -> Result<Option<Checkpointer>, StoreError> {
        match &mut self.connection {
            Connection::Sqlite(db) => db.checkpoint_beside().map(Some),
            Connection::Postgres(_) => Ok(None),
        }
    }

    /// What a commit survives.
    #[must_use]
    pub fn durability(&self) -> Durability {
        self.durability
    }

    /// `sqlite` or `postgres`.
    #[must_use]
    pub fn backend(&self) -> &'static str {
        self.connection.backend()
    }
}
