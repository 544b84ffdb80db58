//! The audit log: whatever was accepted, revoked or registered, in one SQLite file, each row
//! chained to the one before by its digest, and written before the client has its answer.

mod chain;
mod checkpoint;
mod entry;
mod recover;
mod schema;
mod store;
#[cfg(test)]
mod tests;
mod writer;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use thiserror::Error;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use self::checkpoint::Checkpointer;
use self::store::Store;
use self::writer::{Submission, Writer};

pub use self::chain::{Broken, Head};
pub use self::entry::{Digest, Entry, Event};
pub use self::recover::{Boot, Credential, Recovered};
pub use self::store::{Durability, Place};
pub use self::writer::{Receipt, Written};

/// How long an accepted proof is remembered past its expiry, for clocks that step back.
pub const KEPT_AFTER_EXPIRY_MS: u64 = 120_000;

/// Requests that may wait for the writer.
const QUEUE: usize = 8192;

/// The open log.
#[derive(Debug)]
pub struct Audit {
    queue: Mutex<Option<mpsc::Sender<Submission>>>,
    is_healthy: Arc<AtomicBool>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug, Error)]
pub enum AuditError {
    #[error("failed to open the database {path}: {source}")]
    Open { path: PathBuf, source: rusqlite::Error },
    #[error("{path} is another program's database")]
    Foreign { path: PathBuf },
    #[error("the database {path} has version {version}, which a later release wrote")]
    Newer { path: PathBuf, version: u32 },
    #[error("another service uses the database {path}")]
    InUse { path: PathBuf },
    #[error("failed to lock {path}: {source}")]
    Lock { path: PathBuf, source: io::Error },
    #[error("failed to start a thread for the audit log: {source}")]
    Thread { source: io::Error },
    #[error("failed to commit to the audit log: {reason}")]
    Commit { reason: String },
    #[error("the queue of the audit log is full")]
    Full,
    #[error("the audit log is closed")]
    Closed,
    #[error(transparent)]
    Broken(#[from] Broken),
}

impl Audit {
    /// Opens or creates the database and starts its threads.
    pub fn open(
        place: &Place,
        durability: Durability,
        boot: &Boot,
        now_ms: u64,
    ) -> Result<(Audit, Recovered), AuditError> {
        let store = Store::open(place, durability)?;
        let path = match place {
            Place::File(path) => path.clone(),
            Place::Memory => PathBuf::from(":memory:"),
        };
        let recovered = Recovered::load(&store.db, durability, boot, now_ms)
            .map_err(|source| AuditError::Open { path, source })?;
        let checkpointer = match place {
            Place::File(path) => Some(Checkpointer::start(path)?),
            Place::Memory => None,
        };
        let (sender, receiver) = mpsc::channel(QUEUE);
        let is_healthy = Arc::new(AtomicBool::new(true));
        let writer = Writer {
            _checkpointer: checkpointer,
            store,
            durability,
            is_healthy: Arc::clone(&is_healthy),
            pruned_ms: 0,
        };
        let thread = std::thread::Builder::new()
            .name("audit".to_owned())
            .spawn(move || writer.run(receiver))
            .map_err(|source| AuditError::Thread { source })?;
        let audit =
            Audit { queue: Mutex::new(Some(sender)), is_healthy, thread: Mutex::new(Some(thread)) };
        Ok((audit, recovered))
    }

    /// Writes the entries down in one transaction; they are committed when this returns.
    ///
    /// They are committed, too, should the caller stop waiting.
    pub async fn record(&self, entries: Vec<Entry>) -> Result<Receipt, AuditError> {
        let (answer, receipt) = oneshot::channel();
        self.sender().ok_or(AuditError::Closed)?.try_send(Submission { entries, answer }).map_err(
            |error| match error {
                TrySendError::Full(_) => AuditError::Full,
                TrySendError::Closed(_) => AuditError::Closed,
            },
        )?;
        receipt.await.unwrap_or(Err(AuditError::Closed))
    }

    /// Whether the last commit went well and the writer is there.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.is_healthy.load(Ordering::Relaxed)
    }

    /// Requests that wait for the writer.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.sender().map_or(0, |sender| sender.max_capacity() - sender.capacity())
    }

    /// Takes nothing more, and returns once all that was taken is committed and in the file.
    pub fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic of the writer has been told, and nobody was told that it had committed.
            let _ = thread.join();
        }
    }

    fn sender(&self) -> Option<mpsc::Sender<Submission>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Walks the chain of a database, beside a service that may be running.
pub fn verify(path: &Path) -> Result<Head, AuditError> {
    Ok(chain::verify(&store::reader(path)?)?)
}

/// The row with the digest, in a log that verifies: what came before it is as it was when the
/// digest was told.
pub fn find(path: &Path, digest: &Digest) -> Result<Option<u64>, AuditError> {
    let told = |source| AuditError::Open { path: path.to_owned(), source };
    chain::find(&store::reader(path)?, digest).map_err(told)
}
