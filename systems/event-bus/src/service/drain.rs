//! The end of the service: it stops taking, and answers for what it has taken.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use thiserror::Error;

use super::{Service, Shared};

/// What was not done when the time was over.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{events} events and {requests} requests were not answered for within {} s", .patience.as_secs())]
pub struct Unfinished {
    pub events: usize,
    pub requests: usize,
    pub patience: Duration,
}

/// How long the broker may take for the last acknowledgements.
const SETTLED_WITHIN: Duration = Duration::from_secs(2);

impl Service {
    /// Ends it. What was taken is stored and answered for, or comes again to another instance.
    pub async fn drain(self, patience: Duration) -> Result<(), Unfinished> {
        let Service { shared, stop, taking, serving } = self;
        shared.is_draining.store(true, Ordering::Relaxed);
        tracing::info!("draining");
        let _ = stop.send(true);
        let done = async {
            for task in taking {
                // A task that panicked takes nothing more either.
                let _ = task.await;
            }
            all_answered(&shared).await;
        };
        let is_done = tokio::time::timeout(patience, done).await.is_ok();
        if is_done {
            // Nothing waits there any longer, but a thread has to be waited for.
            let closing = Arc::clone(&shared);
            let _ = tokio::task::spawn_blocking(move || closing.writer.close()).await;
        }
        if let Err(error) = shared.bus.settle(SETTLED_WITHIN).await {
            tracing::warn!(%error, "the last acknowledgements may be lost");
        }
        for task in serving {
            task.abort();
        }
        let unfinished = || Unfinished {
            events: shared.in_flight.load(Ordering::Relaxed),
            requests: shared.settings.requests.saturating_sub(shared.asking.available_permits()),
            patience,
        };
        if is_done { Ok(()) } else { Err(unfinished()) }
    }
}

/// Every place is free again.
async fn all_answered(shared: &Shared) {
    let whole = |places: usize| u32::try_from(places).unwrap_or(u32::MAX);
    let (events, requests) = (shared.settings.in_flight, shared.settings.requests);
    let _ = shared.room.acquire_many(whole(events)).await;
    let _ = shared.asking.acquire_many(whole(requests)).await;
}
