//! A history file that may not be there yet, may be replaced, and is watched by one process.

use std::path::PathBuf;

use tollgate::history::{History, HistoryError};

use super::file_id::FileId;
use crate::watch::lock::{Lock, LockError};

#[derive(Debug)]
pub(super) struct Source {
    path: PathBuf,
    open: Option<Open>,
}

#[derive(Debug)]
pub(super) struct Open {
    pub history: History,
    /// When it was read last.
    pub version: Option<u32>,
    file: Option<FileId>,
    _lock: Lock,
}

#[derive(Debug, thiserror::Error)]
pub(in crate::watch) enum ReadError {
    #[error("there is no history at {} yet", .0.display())]
    Nowhere(PathBuf),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    History(#[from] HistoryError),
}

impl Source {
    pub(super) fn new(path: PathBuf) -> Source {
        Source { path, open: None }
    }

    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Does something with the history. After a failure it is opened again: by then it may be
    /// another file.
    pub(super) fn with<T>(
        &mut self,
        body: impl FnOnce(&mut Open) -> Result<T, HistoryError>,
    ) -> Result<T, ReadError> {
        let done = self.opened().and_then(|open| Ok(body(open)?));
        if done.is_err() {
            self.open = None;
        }
        done
    }

    fn opened(&mut self) -> Result<&mut Open, ReadError> {
        let file = FileId::at(&self.path);
        let open = match self.open.take().filter(|open| open.file == file) {
            Some(open) => open,
            None if file.is_none() => return Err(ReadError::Nowhere(self.path.clone())),
            None => {
                let lock = Lock::take(&self.path)?;
                let history = History::open(&self.path)?;
                Open { history, version: None, file, _lock: lock }
            }
        };
        Ok(self.open.insert(open))
    }
}
