//! One process to a folder: two would overwrite each other's file.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::durable::FileError;

/// A folder is ours for as long as this lives. The system ends it with the process, however that
/// ends, so that a file which is left behind is in nobody's way.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

#[derive(Debug, Error)]
pub enum LockError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("failed to lock {folder}: {holder} keeps its state there", folder = .folder.display())]
    Taken { folder: PathBuf, holder: String },
}

const NAME: &str = "warm-restart.lock";

impl Lock {
    /// Waits for nobody.
    pub fn take(folder: &Path) -> Result<Lock, LockError> {
        let path = folder.join(NAME);
        let mut options = OpenOptions::new();
        // It still names the holder for whoever comes second.
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(FileError::of("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::Taken { folder: folder.to_owned(), holder: holder(file) });
            }
            Err(TryLockError::Error(error)) => return Err(FileError::of("lock", &path)(error))?,
        }
        sign(&mut file).map_err(FileError::of("write", &path))?;
        Ok(Lock { _file: file })
    }
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
    fn a_folder_has_one_holder_at_a_time_and_the_second_hears_who_that_is() {
        let folder = tempfile::tempdir().unwrap();
        // Of a process that was killed.
        std::fs::write(folder.path().join(NAME), "4294967295\n").unwrap();
        let lock = Lock::take(folder.path()).unwrap();
        let error = Lock::take(folder.path()).unwrap_err().to_string();
        let shown = folder.path().display();
        let id = std::process::id();
        assert_eq!(error, format!("failed to lock {shown}: process {id} keeps its state there"));
        std::fs::write(folder.path().join(NAME), "no number").unwrap();
        let error = Lock::take(folder.path()).unwrap_err().to_string();
        assert!(error.contains(": another process keeps"), "{error}");
        drop(lock);
        Lock::take(folder.path()).unwrap();
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_with_the_path() {
        let error = Lock::take(Path::new("/nowhere/at/all")).unwrap_err().to_string();
        assert!(error.starts_with("failed to open /nowhere/at/all/warm-restart.lock: "), "{error}");
    }
}
