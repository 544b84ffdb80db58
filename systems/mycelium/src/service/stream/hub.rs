//! What all connections share: their places, and the threads that compute for them.

use std::sync::{Arc, OnceLock};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Limits;
use crate::service::{Options, Pool};

/// Streams compute on threads of their own, so that they never take the place of a request in the
/// queue of the others. Each job is one update, so that streams take turns.
pub struct Hub {
    limits: Limits,
    places: Arc<Semaphore>,
    pool: OnceLock<Pool>,
}

/// By how much streams give way to requests.
const NICER: u8 = 5;

impl Hub {
    pub fn new(limits: Limits) -> Hub {
        let places = Arc::new(Semaphore::new(limits.connections));
        Hub { limits, places, pool: OnceLock::new() }
    }

    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// A place, for as long as it is held.
    pub fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }

    /// Begun with the first stream. A stream has one job at a time, so all of them have room.
    pub fn pool(&self, options: &Options) -> &Pool {
        self.pool.get_or_init(|| {
            let room = self.limits.connections * self.limits.streams;
            Pool::new(options.compute_threads, room, (options.compute_nice + NICER).min(19))
        })
    }
}
