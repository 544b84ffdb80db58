//! Brings committed pages from the log into the database file, on a thread of its own: that waits
//! for the disk, and a commit should not.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use super::AuditError;
use super::store;

/// How often the log is looked at.
const EVERY: Duration = Duration::from_millis(500);

/// A log shorter than this is left alone.
const WORTH_IT: u64 = 4 << 20;

/// A log longer than this makes commits wait until it begins anew, or it would grow for as long
/// as there is load: a passive checkpoint never meets a moment without newer pages.
const TOO_LONG: u64 = 256 << 20;

/// How long commits may be held up so that the log can begin anew.
const PATIENCE: Duration = Duration::from_millis(100);

/// The thread; it ends when this is dropped.
pub(super) struct Checkpointer {
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    pub(super) fn start(path: &Path) -> Result<Checkpointer, AuditError> {
        let db = store::reader(path)?;
        // Whoever reads the file for long would otherwise make commits wait as long.
        db.busy_timeout(PATIENCE)
            .map_err(|source| AuditError::Open { path: path.to_owned(), source })?;
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let (stop, stopped) = sync_channel(0);
        let thread = std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || run(&db, &PathBuf::from(log), &stopped))
            .map_err(|source| AuditError::Thread { source })?;
        Ok(Checkpointer { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been told, and the log is read on the next start.
            let _ = thread.join();
        }
    }
}

fn run(db: &Connection, log: &Path, stopped: &Receiver<()>) {
    while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(EVERY) {
        let length = std::fs::metadata(log).map_or(0, |file| file.len());
        if length < WORTH_IT {
            continue;
        }
        let checkpointed = pass(db).and_then(|()| match length > TOO_LONG {
            // What is left after a passive one is little, so that this one is short.
            true => begin_anew(db),
            false => Ok(()),
        });
        if let Err(error) = checkpointed {
            tracing::warn!(%error, "failed to checkpoint");
        }
    }
    if let Err(error) = begin_anew(db) {
        tracing::warn!(%error, "failed to checkpoint at the end");
    }
}

fn pass(db: &Connection) -> rusqlite::Result<()> {
    db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}

/// Copies what is left while nobody commits, and cuts the log off.
fn begin_anew(db: &Connection) -> rusqlite::Result<()> {
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}
