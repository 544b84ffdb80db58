//! Brings committed pages from the log of SQLite into its file, on a thread of its own: that waits
//! for the disk, and a commit should not.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

/// How often pages are brought over.
const EVERY: Duration = Duration::from_millis(250);

/// A log of more pages than this (64 MB) makes commits wait until it begins anew, or it would grow
/// for as long as there is load: a passive checkpoint never meets a moment without newer pages.
const TOO_LONG: i64 = 1 << 14;

/// How long commits may be held up so that the log can begin anew.
const PATIENCE: Duration = Duration::from_millis(100);

/// The thread; it ends when this is dropped.
#[derive(Debug)]
pub struct Checkpointer {
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    pub(super) fn start(path: &str) -> Result<Checkpointer, String> {
        let db = Connection::open(path).map_err(|error| error.to_string())?;
        db.busy_timeout(PATIENCE).map_err(|error| error.to_string())?;
        let (stop, stopped) = sync_channel(0);
        let thread = std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || run(&db, &stopped))
            .map_err(|error| error.to_string())?;
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

fn run(db: &Connection, stopped: &Receiver<()>) {
    while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(EVERY) {
        if let Err(error) = bring_over(db) {
            tracing::warn!(%error, "failed to checkpoint");
        }
    }
    // Cuts the log off, so that the file can be copied alone.
    if let Err(error) = checkpoint(db, "TRUNCATE") {
        tracing::warn!(%error, "failed to checkpoint at the end");
    }
}

fn bring_over(db: &Connection) -> rusqlite::Result<()> {
    if checkpoint(db, "PASSIVE")? < TOO_LONG {
        return Ok(());
    }
    // Once more, for what was committed meanwhile: what is left then is little, and so commits
    // wait for a short time only.
    checkpoint(db, "PASSIVE")?;
    checkpoint(db, "RESTART").map(drop)
}

/// Returns how many pages the log has, or -1 where that is not known.
fn checkpoint(db: &Connection, how: &str) -> rusqlite::Result<i64> {
    db.query_row(&format!("PRAGMA wal_checkpoint({how})"), [], |row| row.get(1))
}
