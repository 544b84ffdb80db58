//! Signs of life for events that wait for a commit, so that a slow one is no reason to deliver them
//! again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Shared;
use crate::bus::durable::Ticket;

/// Deliveries that are not answered for, by their place in the stream.
#[derive(Default)]
pub struct Open(Mutex<HashMap<u64, Arc<Ticket>>>);

impl Open {
    pub fn add(&self, sequence: u64, ticket: Arc<Ticket>) {
        self.lock().insert(sequence, ticket);
    }

    pub fn close(&self, sequence: u64) {
        self.lock().remove(&sequence);
    }

    fn tickets(&self) -> Vec<Arc<Ticket>> {
        self.lock().values().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<Ticket>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives them, for as long as the service runs: three in the time that one would be enough for.
pub async fn beat(shared: Arc<Shared>, ack_wait: Duration) {
    let mut beats = tokio::time::interval(ack_wait / 3);
    beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    // The first one is at once.
    beats.tick().await;
    loop {
        beats.tick().await;
        for ticket in shared.open.tickets() {
            match ticket.working().await {
                Ok(()) => shared.metrics.heartbeat(),
                Err(error) => tracing::debug!(%error, "a sign of life was lost"),
            }
        }
    }
}
