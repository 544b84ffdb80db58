//! The threads that use the database, each with a connection of its own.

use super::prune::Pruner;
use super::readers::Readers;
use super::{ServiceError, Settings};
use crate::clock;
use crate::store::{Store, StoreError};
use crate::writer::{Limits, Writer};

pub struct Threads {
    pub writer: Writer,
    pub readers: Readers,
    pub pruner: Option<Pruner>,
}

impl Threads {
    /// Brings the tables up to date, and starts them. A connection blocks, also when it is opened
    /// and when it is closed, so that none may ever be touched by a thread of the runtime.
    pub async fn start(
        open: impl Fn() -> Result<Store, StoreError> + Send + 'static,
        limits: Limits,
        settings: &Settings,
    ) -> Result<Threads, ServiceError> {
        let (readers, retention) = (settings.readers, settings.retention);
        let starting = tokio::task::spawn_blocking(move || {
            let mut store = open()?;
            store.migrate(clock::now_ms())?;
            let readers = (0..readers).map(|_| open()).collect::<Result<Vec<_>, _>>()?;
            let pruner = match retention {
                Some(keep) => Some(Pruner::start(open()?, keep)?),
                None => None,
            };
            let writer = Writer::start(store, limits, clock::now_ms)?;
            Ok(Threads { writer, readers: Readers::start(readers)?, pruner })
        });
        starting.await.expect("opening a database does not panic")
    }
}
