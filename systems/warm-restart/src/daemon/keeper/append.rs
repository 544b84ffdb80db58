//! The journal's file, to which records are added.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

use crate::durable::{self, FileError};
use crate::journal::Record;

/// A journal that ends where we left it.
#[derive(Debug)]
pub struct Appender {
    path: PathBuf,
    generation: u64,
    length: u64,
}

impl Appender {
    /// Begins anew: whatever there was is in a state that was saved.
    pub fn begin(path: PathBuf, generation: u64) -> Result<Appender, FileError> {
        let is_new = !path.exists();
        File::create(&path).map_err(FileError::of("create", &path))?;
        if is_new {
            durable::sync_folder(&path)?;
        }
        Ok(Appender { path, generation, length: 0 })
    }

    /// It is on the disk when this returns. The file is opened by its name each time, since what is
    /// written to one that somebody removed would be gone.
    pub fn append(&mut self, wall_ms: i64, lines: String) -> Result<(), FileError> {
        let bytes = Record { generation: self.generation, wall_ms, lines }.to_bytes();
        self.write(&bytes).map_err(FileError::of("write", &self.path))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.length
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().append(true).open(&self.path)?;
        let found = file.metadata()?.len();
        if found != self.length {
            let wrong = format!("it has {found} bytes, and {} were written", self.length);
            return Err(io::Error::other(wrong));
        }
        file.write_all(bytes).and_then(|()| file.sync_data()).inspect_err(|_| {
            // What is refused is not to be counted by the next process. Where even this fails
            // nothing can be done but to say that it is refused.
            let _ = file.set_len(self.length).and_then(|()| file.sync_data());
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal;

    #[test]
    fn records_are_added_one_after_another_until_it_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.journal");
        let read = || journal::read(&std::fs::read(&path).unwrap()).unwrap();
        let mut appender = Appender::begin(path.clone(), 3).unwrap();
        for lines in ["one", "two"] {
            appender.append(5, lines.to_owned()).unwrap();
        }
        let records = read().records;
        assert_eq!(records.iter().map(|found| &*found.lines).collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!((records[1].generation, records[1].wall_ms, appender.bytes()), (3, 5, 70));
        assert_eq!(Appender::begin(path.clone(), 4).unwrap().bytes(), 0);
        assert_eq!(read(), journal::Journal::default());
    }

    #[test]
    fn a_file_that_is_gone_or_was_changed_by_others_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.journal");
        let mut appender = Appender::begin(path.clone(), 1).unwrap();
        std::fs::write(&path, "x").unwrap();
        let error = appender.append(5, "one".to_owned()).unwrap_err().to_string();
        assert!(error.ends_with("a.journal: it has 1 bytes, and 0 were written"), "{error}");
        std::fs::remove_file(&path).unwrap();
        let error = appender.append(5, "one".to_owned()).unwrap_err().to_string();
        assert!(error.starts_with("failed to write ") && !path.exists(), "{error}");
    }

    #[test]
    fn where_the_disk_is_full_that_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.journal");
        std::os::unix::fs::symlink("/dev/full", &path).unwrap();
        let mut appender = Appender::begin(path, 1).unwrap();
        let error = appender.append(5, "one".to_owned()).unwrap_err();
        assert_eq!(error.cause.kind(), io::ErrorKind::StorageFull);
        assert_eq!(appender.bytes(), 0);
    }
}
