//! Deletes what has been kept long enough, now and then, on a thread of its own.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::Builder;
use std::time::Duration;

use crate::clock;
use crate::store::{Retention, Store, StoreError};

/// The thread; it ends when this is dropped, at the latest after one more transaction.
pub struct Pruner {
    _stop: SyncSender<()>,
}

/// The pause before the first time and between two.
const EVERY: Duration = Duration::from_secs(60);

/// The pause between two transactions, in which others can commit.
const BETWEEN: Duration = Duration::from_millis(50);

/// Rows of one sort in one transaction.
const ROWS: u32 = 500;

impl Pruner {
    pub fn start(mut store: Store, keep: Retention) -> io::Result<Pruner> {
        let (stop, stopped) = sync_channel(0);
        let run = move || {
            while !is_over(&stopped, EVERY) {
                match all(&mut store, &keep, &stopped) {
                    Ok(0) => {}
                    Ok(rows) => tracing::info!(rows, "deleted what was kept long enough"),
                    Err(error) => {
                        tracing::warn!(%error, "failed to delete what was kept long enough");
                    }
                }
            }
        };
        Builder::new().name("pruner".to_owned()).spawn(run)?;
        Ok(Pruner { _stop: stop })
    }
}

fn is_over(stopped: &Receiver<()>, wait: Duration) -> bool {
    stopped.recv_timeout(wait) == Err(RecvTimeoutError::Disconnected)
}

fn all(store: &mut Store, keep: &Retention, stopped: &Receiver<()>) -> Result<u64, StoreError> {
    let mut rows = 0;
    while !is_over(stopped, BETWEEN) {
        match store.prune(keep, clock::now_ms(), ROWS)? {
            0 => break,
            some => rows += some,
        }
    }
    Ok(rows)
}
