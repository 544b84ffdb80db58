//! The one thread that writes: it gathers what has queued up, commits it in one transaction, and
//! gives the receipts only then.
//!
//! While one commit runs the next batch gathers, and right after a commit the thread waits a moment
//! for more, so that batches grow with the load by themselves.

mod counters;
mod thread;

use std::io;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use thiserror::Error;

use self::counters::Gauges;
use self::thread::{Thread, Work};
use crate::event::Event;
use crate::operation::{Failure, Operation, Reply};
use crate::store::{Applied, Store};

pub use self::counters::{COMMIT_BOUNDS_US, Counters};

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
    /// How long a batch gathers at most. It ends sooner once nothing waits.
    pub longest_wait: Duration,
    /// How long it waits for company when the last commit was no longer ago than this: events that
    /// come one by one are committed at once, those of a burst together.
    pub linger: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            queue: 8192,
            batch: 500,
            longest_wait: Duration::from_millis(5),
            linger: Duration::from_millis(1),
        }
    }
}

/// Why an event was not stored.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WriteError {
    /// It alone was refused, and always will be.
    #[error("the database refuses the event: {reason}")]
    Refused { reason: String },
    /// Nothing can be stored now; the event may be sent again, since its id makes it the same.
    #[error("the event was not stored: {reason}")]
    Unavailable { reason: String },
}

/// Why the writer did not take something; its receipt is dropped untold.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NotTaken {
    #[error("the queue of the writer is full")]
    Full,
    #[error("the writer is closed")]
    Closed,
}

/// The handle of the thread; the last one to be dropped does not wait for it, [`Writer::close`]
/// does.
#[derive(Debug)]
pub struct Writer {
    queue: Mutex<Option<SyncSender<Work>>>,
    gauges: Arc<Gauges>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread on a migrated store. `now_ms` reads the wall clock, for operations.
    pub fn start(mut store: Store, limits: Limits, now_ms: fn() -> u64) -> io::Result<Writer> {
        let checkpointer = store.checkpoint_beside().map_err(io::Error::other)?;
        let (sender, receiver) = sync_channel(limits.queue.max(1));
        let gauges = Arc::new(Gauges::default());
        gauges.is_healthy.store(true, Ordering::Relaxed);
        let gauge = Arc::clone(&gauges);
        let thread = Thread { _checkpointer: checkpointer, store, limits, now_ms, gauges: gauge };
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || thread.run(&receiver))?;
        let (queue, thread) = (Mutex::new(Some(sender)), Mutex::new(Some(thread)));
        Ok(Writer { queue, gauges, thread })
    }

    /// Queues an event.
    pub fn write(&self, event: Event, receipt: Receipt) -> Result<(), NotTaken> {
        self.send(Work::Event(Box::new(event), receipt))
    }

    /// Queues an operation behind the events that were written before it.
    pub fn ask(&self, operation: Operation, answer: Answer) -> Result<(), NotTaken> {
        self.send(Work::Operation(Box::new(operation), answer))
    }

    /// What it has done so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.gauges.read()
    }

    /// Takes nothing more, and returns once all that was taken is committed and told.
    pub fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic of the thread has been told, and nobody was told that it had committed.
            let _ = thread.join();
        }
    }

    fn send(&self, work: Work) -> Result<(), NotTaken> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        // Counted first: the thread takes it off again as soon as it has it.
        self.gauges.depth.fetch_add(1, Ordering::Relaxed);
        let sent = match queue.as_ref() {
            None => Err(NotTaken::Closed),
            Some(sender) => sender.try_send(work).map_err(|error| match error {
                TrySendError::Full(_) => NotTaken::Full,
                TrySendError::Disconnected(_) => NotTaken::Closed,
            }),
        };
        if let Err(why) = sent {
            self.gauges.depth.fetch_sub(1, Ordering::Relaxed);
            if why == NotTaken::Full {
                self.gauges.overflowed.fetch_add(1, Ordering::Relaxed);
            }
        }
        sent
    }
}
