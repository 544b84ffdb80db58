//! One watcher to a history: two would tell everything twice.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// A history is watched by us alone for as long as this lives. The system ends it with the process,
/// however that ends, so that a file which is left behind is in nobody's way.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum LockError {
    #[error("{holder} watches {}", .history.display())]
    Taken { history: PathBuf, holder: String },
    #[error("could not lock {}", .path.display())]
    File { path: PathBuf, source: io::Error },
}

impl Lock {
    /// Waits for nobody.
    pub(super) fn take(history: &Path) -> Result<Lock, LockError> {
        let path = beside(history);
        let failed = |source| LockError::File { path: path.clone(), source };
        let mut options = OpenOptions::new();
        // It still names the holder for whoever comes second.
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let (history, holder) = (history.to_owned(), holder(file));
                return Err(LockError::Taken { history, holder });
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        sign(&mut file).map_err(failed)?;
        Ok(Lock { _file: file })
    }
}

/// Where `mv history.db*` takes it along.
fn beside(history: &Path) -> PathBuf {
    let mut name = history.as_os_str().to_owned();
    name.push("-watch");
    name.into()
}

fn sign(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())
}

/// Where a locked file cannot be read, or is not written yet, nobody is named.
fn holder(file: File) -> String {
    let mut text = String::new();
    let read = file.take(20).read_to_string(&mut text);
    match read.ok().and_then(|_| text.trim().parse::<u32>().ok()) {
        Some(id) => format!("process {id}"),
        None => "another process".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_has_one_watcher_at_a_time_and_the_second_hears_who_that_is() {
        let folder = tempfile::tempdir().unwrap();
        let history = folder.path().join("history.db");
        // Of a process that was killed.
        std::fs::write(beside(&history), "4294967295\n").unwrap();
        let lock = Lock::take(&history).unwrap();
        let error = Lock::take(&history).unwrap_err().to_string();
        let id = std::process::id();
        assert_eq!(error, format!("process {id} watches {}", history.display()));
        std::fs::write(beside(&history), "no number").unwrap();
        let error = Lock::take(&history).unwrap_err().to_string();
        assert!(error.starts_with("another process watches "), "{error}");
        drop(lock);
        Lock::take(&history).unwrap();
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_with_the_path() {
        let error = Lock::take(Path::new("/nowhere/history.db")).unwrap_err();
        assert_eq!(error.to_string(), "could not lock /nowhere/history.db-watch");
    }
}
