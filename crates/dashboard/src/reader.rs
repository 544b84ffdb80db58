//! Reads the history beside those who write it: few at a time, on threads that may wait.
//!
//! The file is opened for each request, a fraction of a millisecond, so that one which was moved
//! aside, restored or begun meanwhile is seen as it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tollgate::history::{History, HistoryError};

use crate::error::Failure;

/// More would only wait for each other: what they do is read and compute.
const AT_ONCE: usize = 4;

#[derive(Clone, Debug)]
pub(crate) struct Reader {
    path: Arc<Path>,
    places: Arc<Semaphore>,
}

/// What was read, and the edition of the history it was read from: where that cannot be read, a
/// word for why.
pub(crate) struct Read<T> {
    pub(crate) edition: String,
    pub(crate) found: T,
}

impl Reader {
    pub(crate) fn new(path: PathBuf) -> Reader {
        Reader { path: path.into(), places: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Reads on a thread of its own. What `body` returns is computed there too, so that pages which
    /// take long keep nobody else waiting.
    pub(crate) async fn read<T, F>(&self, body: F) -> Read<Result<T, Failure>>
    where
        T: Send + 'static,
        F: FnOnce(&History) -> Result<T, Failure> + Send + 'static,
    {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.expect("nobody closes the semaphore");
        let path = Arc::clone(&self.path);
        let reading = spawn_blocking(move || {
            let _place = place;
            match open(&path) {
                Ok((history, edition)) => Read { edition, found: body(&history) },
                Err(failure) => Read { edition: failure.kind().to_owned(), found: Err(failure) },
            }
        });
        let broken = |_| Read { edition: String::new(), found: Err(Failure::Broken) };
        reading.await.unwrap_or_else(broken)
    }
}

fn open(path: &Path) -> Result<(History, String), Failure> {
    if !path.exists() {
        return Err(Failure::NoHistory { path: path.to_owned(), edition: String::new() });
    }
    let history = History::open_to_read(path)?;
    // Before the rest: should it change meanwhile, a page is renewed once too often.
    let edition = history.edition()?;
    Ok((history, edition))
}

impl From<HistoryError> for Failure {
    fn from(error: HistoryError) -> Failure {
        match error {
            HistoryError::NoRun { .. }
            | HistoryError::Ambiguous { .. }
            | HistoryError::BadId { .. } => Failure::Unknown(error.to_string()),
            error => Failure::History { error: Box::new(error), edition: String::new() },
        }
    }
}
