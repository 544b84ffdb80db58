//! Deletes what has been kept long enough, now and then, on a thread of its own.

use std::sync::Arc;
use std::time::Duration;

use super::Shared;
use crate::clock;
use crate::store::{Retention, Store, StoreError};

/// The pause before the first time and between two.
const EVERY: Duration = Duration::from_secs(60);

/// Rows of one sort in one transaction, for which commits have to wait.
const ROWS: u32 = 500;

pub async fn prune(shared: Arc<Shared>, mut store: Store, keep: Retention) {
    loop {
        tokio::time::sleep(EVERY).await;
        let shared = Arc::clone(&shared);
        let pruned = tokio::task::spawn_blocking(move || {
            let rows = all(&mut store, &keep, &shared);
            (store, rows)
        });
        let Ok((again, rows)) = pruned.await else { return };
        store = again;
        match rows {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "deleted what was kept long enough"),
            Err(error) => tracing::warn!(%error, "failed to delete what was kept long enough"),
        }
    }
}

fn all(store: &mut Store, keep: &Retention, shared: &Shared) -> Result<u64, StoreError> {
    let mut rows = 0;
    while !shared.is_draining.load(std::sync::atomic::Ordering::Relaxed) {
        match store.prune(keep, clock::now_ms(), ROWS)? {
            0 => break,
            some => rows += some,
        }
    }
    Ok(rows)
}
