//! Whether a path still leads to the file that was opened there.

use std::fs::Metadata;
use std::path::Path;

/// By this a file is known from another one that took its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileId {
    device: u64,
    number: u64,
}

impl FileId {
    /// None where there is no file.
    pub(super) fn at(path: &Path) -> Option<FileId> {
        std::fs::metadata(path).ok().map(|data| FileId::of(&data))
    }

    #[cfg(unix)]
    fn of(data: &Metadata) -> FileId {
        use std::os::unix::fs::MetadataExt;
        FileId { device: data.dev(), number: data.ino() }
    }

    /// Where a file that is open cannot be replaced.
    #[cfg(not(unix))]
    fn of(_: &Metadata) -> FileId {
        FileId { device: 0, number: 0 }
    }
}
