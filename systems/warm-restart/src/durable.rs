//! Files that are there as a whole, the old one or the new one, whenever the machine stops.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

#[derive(Debug, Error)]
#[error("failed to {doing} {path}: {cause}", path = .path.display())]
pub struct FileError {
    pub doing: &'static str,
    pub path: PathBuf,
    pub cause: io::Error,
}

impl FileError {
    /// For use where an error of the system is known to be of a file.
    pub fn of(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FileError {
        let path = path.to_owned();
        move |cause| FileError { doing, path, cause }
    }
}

/// Replaces a file. What was written is on the disk when this returns.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let temporary = beside(path);
    let written = File::create(&temporary).and_then(|mut file| write_all(&mut file, bytes));
    written.map_err(FileError::of("write", &temporary))?;
    fs::rename(&temporary, path).map_err(FileError::of("replace", path))?;
    sync_folder(path)
}

/// Makes a file that is not there yet; one that is there is an error, and left alone. Half of one,
/// as where the disk is full, is removed again: it would be counted among the whole ones.
pub fn create(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    create_by(path, |file| write_all(file, bytes))
}

fn create_by(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), FileError> {
    let opened = OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = opened.map_err(FileError::of("create", path))?;
    if let Err(error) = fill(&mut file) {
        // What matters to the caller is why it could not be made.
        let _ = fs::remove_file(path);
        return Err(FileError::of("create", path)(error));
    }
    sync_folder(path)
}

/// The bytes of a file, or none if there is no such file.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileError::of("read", path)(error)),
    }
}

fn write_all(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

/// The folder of a file: what is made or renamed in it is durable only once it is.
pub fn sync_folder(path: &Path) -> Result<(), FileError> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(FileError::of("sync", folder))
}

/// In the same folder, since files cannot be renamed from one disk to another.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_lies_about() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        assert_eq!(read(&path).unwrap(), None);
        // What an interrupted write left behind is in nobody's way.
        fs::write(folder.path().join("a.json.new"), "a longer half").unwrap();
        for text in ["one", "two"] {
            write(&path, text.as_bytes()).unwrap();
            assert_eq!(read(&path).unwrap().unwrap(), text.as_bytes());
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_there_is_not_created_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        create(&path, b"one").unwrap();
        let error = create(&path, b"two").unwrap_err();
        assert_eq!(error.cause.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(read(&path).unwrap().unwrap(), b"one");
    }

    #[test]
    fn of_a_file_that_found_no_room_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        let error = create_by(&path, |file| {
            file.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert_eq!(error.unwrap_err().cause.kind(), io::ErrorKind::StorageFull);
        assert_eq!(read(&path).unwrap(), None);
    }

    #[test]
    fn what_cannot_be_written_is_told_with_its_path() {
        let error = write(Path::new("/nowhere/at/all.json"), b"").unwrap_err().to_string();
        assert!(error.starts_with("failed to write /nowhere/at/all.json.new: "), "{error}");
    }
}
