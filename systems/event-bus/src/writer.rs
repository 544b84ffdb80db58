//! The one thread that writes: it gathers what has queued up, commits it in one transaction, and
//! gives the receipts only then.

use std::io;
use std::time::Duration;

use thiserror::Error;

use crate::event::Event;
use crate::operation::{Failure, Operation, Reply};
use crate::store::{Applied, Store};

/// Told what became of an event, after the commit.
pub type Receipt = Box<dyn FnOnce(Result<Applied, WriteError>) + Send>;

/// Told what became of an operation, after the commit.
pub type Answer = Box<dyn FnOnce(Result<Reply, Failure>) + Send>;

/// How much the writer takes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Events and operations that may wait; what is more is refused.
    pub queue: usize,
    /// Events in one transaction.
    pub batch: usize,
    /// How long a batch may gather while events keep coming.
    pub longest_wait: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { queue: 8192, batch: 500, longest_wait: Duration::from_millis(5) }
    }
}

/// Why an event was not stored.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WriteError {
    /// It alone was refused, and always will be.
    #[error("the database refuses the event: {reason}")]
    Refused { reason: String },
    /// Nothing can be stored now; the event may be sent again.
    #[error("the database failed: {reason}")]
    Unavailable { reason: String },
}

/// Why the writer did not take something; its receipt is dropped.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NotTaken {
    #[error("the queue of the writer is full")]
    Full,
    #[error("the writer is closed")]
    Closed,
}

/// The handle of the thread.
#[derive(Debug)]
pub struct Writer {}

/// What the writer has done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// What waits now.
    pub depth: u64,
    /// Events that were stored, were there already, were refused by the database or failed.
    pub stored: u64,
    pub duplicates: u64,
    pub refused: u64,
    pub failed: u64,
    /// What was not taken because the queue was full.
    pub overflowed: u64,
    pub operations: u64,
    pub batches: u64,
    /// Events in all batches, and in the largest.
    pub batched: u64,
    pub largest_batch: u64,
    /// How many commits took at most so many microseconds, not cumulative; the last without bound.
    pub commit_us: Vec<(Option<u64>, u64)>,
    pub commit_us_sum: u64,
    /// Whether the last commit went well and the thread is there.
    pub is_healthy: bool,
}

impl Writer {
    /// Starts the thread. `now_ms` reads the wall clock, for operations.
    pub fn start(_store: Store, _limits: Limits, _now_ms: fn() -> u64) -> io::Result<Writer> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Queues an event.
    pub fn write(&self, _event: Event, _receipt: Receipt) -> Result<(), NotTaken> {
        Err(NotTaken::Closed)
    }

    /// Queues an operation behind the events that were written before it.
    pub fn ask(&self, _operation: Operation, _answer: Answer) -> Result<(), NotTaken> {
        Err(NotTaken::Closed)
    }

    #[must_use]
    pub fn counters(&self) -> Counters {
        Counters::default()
    }

    /// Takes nothing more, and returns once all that was taken is committed.
    pub fn close(&self) {}
}
