//! Files that are there as a whole or not at all, whenever the process is killed or the disk full.

use std::fs::{self, File, Permissions};
use std::io;
use std::path::{Path, PathBuf};

/// Writes a file. Until it is whole and on the disk it has another name, so that nobody reads half
/// of it, and what was there before stays; an error leaves nothing behind.
pub fn write<E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&File) -> Result<(), E>,
) -> Result<(), E> {
    // A link stays one, and what it leads to is written.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let like = match File::options().write(true).open(&target) {
        // No file can take the place of a pipe or a device.
        Ok(there) if !there.metadata()?.is_file() => return fill(&there),
        Ok(there) => Some(there.metadata()?.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    let beside = temporary(&target);
    let written = filled(&beside, like, fill).and_then(|()| {
        fs::rename(&beside, &target)?;
        Ok(sync_folder_of(&target)?)
    });
    if written.is_err() {
        // It may never have been made.
        fs::remove_file(&beside).ok();
    }
    written
}

fn filled<E: From<io::Error>>(
    path: &Path,
    like: Option<Permissions>,
    fill: impl FnOnce(&File) -> Result<(), E>,
) -> Result<(), E> {
    let file = File::create(path)?;
    if let Some(like) = like {
        file.set_permissions(like)?;
    }
    fill(&file)?;
    Ok(file.sync_all()?)
}

fn temporary(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".writing");
    name.into()
}

/// Makes a directory's entries outlive a loss of power.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn what_was_there_stays_until_all_of_the_new_file_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "old").unwrap();
        let look = |mut file: &File| {
            file.write_all(b"new, and ")?;
            assert_eq!(fs::read(&path)?, b"old");
            file.write_all(b"longer")
        };
        write(&path, look).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new, and longer");
        assert_eq!(names(folder.path()), ["a"]);
    }

    #[test]
    fn an_error_leaves_what_was_there_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let fails = |mut file: &File| {
            file.write_all(b"new")?;
            Err(io::Error::from(io::ErrorKind::StorageFull))
        };
        assert_eq!(write(&path, fails).unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert!(names(folder.path()).is_empty());
        fs::write(&path, "old").unwrap();
        write(&path, fails).unwrap_err();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["a"]);
    }

    #[cfg(unix)]
    #[test]
    fn who_may_read_a_file_may_read_the_new_one_and_nobody_else() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "old").unwrap();
        for mode in [0o600, 0o644] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            write(&path, |mut file: &File| file.write_all(b"new")).unwrap();
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_one_and_leads_to_the_new_file() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&path, "old").unwrap();
        std::os::unix::fs::symlink("a", &link).unwrap();
        write(&link, |mut file: &File| file.write_all(b"new")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }
}
