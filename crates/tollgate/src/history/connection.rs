//! Opening the file: what it is, whether it may be written to, and how SQLite is to treat it.
//!
//! A kill loses nothing that was committed: the pages are with the kernel by then. For power
//! losses see [`Durability`].

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::ffi::SQLITE_IOERR_SHMSIZE;
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags};

use super::fault::{Fault, HistoryError};
use super::schema;

/// How long a writer waits for another one. The longest transaction stores one imported run.
const PATIENCE: Duration = Duration::from_secs(20);

const OPENING: &str = "open the history";

/// What a committed transaction survives.
///
/// Trials need not survive a power loss: SQLite then loses the last of them but never damages the
/// file, and their run, being unfinished, would have to be measured again anyway. So no `fsync`
/// keeps a disk busy between trials. Whatever a person or a later run relies on (the end of a
/// run, its judgement, baselines, imports) is synchronised, and the trials before it with it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    Kill,
    PowerLoss,
}

impl Durability {
    pub(super) fn ask(self, db: &Connection) -> rusqlite::Result<()> {
        let word = match self {
            Durability::Kill => "NORMAL",
            Durability::PowerLoss => "FULL",
        };
        db.pragma_update(None, "synchronous", word)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    ReadOnly,
    /// Opened for reading, because the disk is too full for SQLite's working files.
    NoSpace,
    /// May be written to once its pages have been checked.
    Unchecked,
    Writable,
}

/// Opens or creates the file. A file that may not be written to is opened for reading.
pub(super) fn open(path: &Path) -> Result<(Connection, Access), HistoryError> {
    let told = |fault: Fault| fault.told(path, OPENING);
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)
            .map_err(|source| HistoryError::Folder { path: folder.to_owned(), source })?;
    }
    recognise(path)?;
    match writer(path) {
        Ok(db) => Ok((db, Access::Unchecked)),
        Err(fault) => match barrier(&fault) {
            Some(access) if length(path) > 0 => {
                reader(path).map(|db| (db, access)).map_err(|_| told(fault))
            }
            _ => Err(told(fault)),
        },
    }
}

/// Opens a file that exists for reading alone. An older one is brought up to date first.
pub(super) fn open_to_read(path: &Path) -> Result<Connection, HistoryError> {
    let told = |fault: Fault| fault.told(path, OPENING);
    if let Err(error) = fs::metadata(path) {
        let reason = error.to_string();
        return Err(HistoryError::Open { path: path.to_owned(), reason });
    }
    recognise(path)?;
    match reader(path) {
        Err(Fault::ReadOnly) => writer(path).and_then(|_| reader(path)).map_err(told),
        opened => opened.map_err(told),
    }
}

/// Looks at the file without SQLite, which would recover and tidy up even what is not ours.
fn recognise(path: &Path) -> Result<(), HistoryError> {
    // The log is looked at first, because a new file never has one before it has a first page.
    let log = length(&beside(path, "-wal"));
    if length(path) == 0 {
        // SQLite would throw away the log of an empty file.
        let what = "it is empty or gone, but its log (-wal) is not".to_owned();
        let damaged = HistoryError::Damaged { path: path.to_owned(), doing: OPENING, what };
        return if log == 0 { Ok(()) } else { Err(damaged) };
    }
    let open_error = |error: std::io::Error| HistoryError::Open {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    // Before the header, because it is gone once another process has created the file.
    let journal = beside(path, "-journal").exists();
    let mut header = Vec::new();
    File::open(path)
        .and_then(|file| file.take(100).read_to_end(&mut header))
        .map_err(open_error)?;
    let foreign = |reason| HistoryError::Foreign { path: path.to_owned(), reason };
    if !header.starts_with(b"SQLite format 3\0") || header.len() < 100 {
        return Err(foreign("it is no SQLite file, or its first page is damaged"));
    }
    let ours = header[68..72] == schema::APPLICATION_ID.to_be_bytes();
    // What a kill leaves of a file that was being created: a rollback journal, from which SQLite
    // will undo it, or a first page that no program has claimed or put a table in.
    let unclaimed = header[60..64] == [0; 4] && header[68..72] == [0; 4];
    let begun = unclaimed && length(path) <= 4096 && log == 0;
    if ours || begun || journal {
        Ok(())
    } else {
        Err(foreign("it is another program's SQLite file"))
    }
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |data| data.len())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// What keeps the file from being written to, if it may still be read.
fn barrier(fault: &Fault) -> Option<Access> {
    match fault {
        Fault::ReadOnly => Some(Access::ReadOnly),
        Fault::Sql(rusqlite::Error::SqliteFailure(failure, _)) => match failure.code {
            ErrorCode::ReadOnly | ErrorCode::CannotOpen => Some(Access::ReadOnly),
            ErrorCode::DiskFull => Some(Access::NoSpace),
            _ if failure.extended_code == SQLITE_IOERR_SHMSIZE => Some(Access::NoSpace),
            _ => None,
        },
        _ => None,
    }
}

fn writer(path: &Path) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let db = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    if db.is_readonly(MAIN_DB)? {
        return Err(Fault::ReadOnly);
    }
    settle(&db)?;
    if schema::version(&db)? == 0 {
        // Pruning can then give space back without rewriting the file. Must come before the first
        // write, and would itself write to an older file.
        db.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    schema::prepare(&db)?;
    write_ahead(&db)?;
    Durability::Kill.ask(&db)?;
    Ok(db)
}

/// Readers and a writer do not wait for each other, and a commit is one append.
///
/// SQLite does not wait when two processes switch a new file at the same time, so this does.
fn write_ahead(db: &Connection) -> Result<(), Fault> {
    const PAUSE: Duration = Duration::from_millis(20);
    let mut left = PATIENCE.as_millis() / PAUSE.as_millis();
    loop {
        let mode: Result<String, _> =
            db.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0));
        match mode {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => {
                return Err(Fault::Told(HistoryError::Open {
                    path: db.path().unwrap_or_default().into(),
                    reason: format!(
                        "its file system allows only the journal mode `{mode}`, not `wal`"
                    ),
                }));
            }
            Err(error)
                if left > 0 && error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) =>
            {
                left -= 1;
                std::thread::sleep(PAUSE);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Where even the log's shared index cannot be created, the file is read as it stands; that is
/// safe while there is no log, and rows carry checksums should a writer appear meanwhile.
fn reader(path: &Path) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    settle(&db)?;
    match schema::version(&db) {
        Err(fault) if barrier(&fault).is_some() && length(&beside(path, "-wal")) == 0 => {}
        other => return current(other?).map(|()| db),
    }
    let db = Connection::open_with_flags(immutable_uri(path), flags | OpenFlags::SQLITE_OPEN_URI)?;
    settle(&db)?;
    current(schema::version(&db)?).map(|()| db)
}

/// Only a writer can bring a file up to date.
fn current(version: u32) -> Result<(), Fault> {
    if version == schema::VERSION { Ok(()) } else { Err(Fault::ReadOnly) }
}

fn immutable_uri(path: &Path) -> String {
    let mut uri = String::from("file:");
    for &byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' => uri.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri + "?immutable=1"
}

fn settle(db: &Connection) -> Result<(), Fault> {
    db.busy_timeout(PATIENCE)?;
    db.pragma_update(None, "foreign_keys", true)?;
    // Notice damage early, and believe nothing that a prepared schema says.
    db.pragma_update(None, "cell_size_check", true)?;
    db.pragma_update(None, "trusted_schema", false)?;
    db.set_prepared_statement_cache_capacity(32);
    Ok(())
}

/// Walks every page, so that a damaged file is never written to. A tenth of a second for 100 MB,
/// paid once by a process that is about to measure for longer.
pub(super) fn check_pages(db: &Connection) -> Result<(), Fault> {
    let found: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(Fault::Damaged(found.replace('\n', "; "))) }
}
