//! Opening the database: whose it is, and what a commit survives.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::AuditError;
use super::schema::{self, State};

/// What an accepted proof survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// The end of the process, however sudden. Should the machine lose power, the last entries
    /// may be gone; so after each restart of the machine, proofs issued before are refused.
    #[default]
    Process,
    /// The loss of power: each commit waits for the disk.
    Disk,
}

impl Durability {
    /// Asks for it from the next transaction on.
    pub(super) fn ask(self, db: &Connection) -> rusqlite::Result<()> {
        let word = match self {
            Durability::Process => "NORMAL",
            Durability::Disk => "FULL",
        };
        db.pragma_update(None, "synchronous", word)
    }
}

/// Where the database lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    File(PathBuf),
    /// Gone with the process, and with it all knowledge of what was accepted: for trials.
    Memory,
}

/// The connection that writes, and the lock that keeps a second service away.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) db: Connection,
    /// The kernel lets go of it when the process ends, however it ends.
    _lock: Option<File>,
}

impl Store {
    pub(super) fn open(place: &Place, durability: Durability) -> Result<Store, AuditError> {
        let Place::File(path) = place else {
            return Ok(Store { db: prepared(Connection::open_in_memory(), place)?, _lock: None });
        };
        let lock = lock(path)?;
        let db = prepared(Connection::open(path), place)?;
        let told = |source| AuditError::Open { path: path.clone(), source };
        // A commit is then one append, and the appended pages are brought into the file by
        // another thread.
        db.pragma_update(None, "journal_mode", "WAL").map_err(told)?;
        db.pragma_update(None, "wal_autocheckpoint", 0).map_err(told)?;
        durability.ask(&db).map_err(told)?;
        Ok(Store { db, _lock: Some(lock) })
    }
}

/// A connection that only looks, beside a service that may be running.
pub(super) fn reader(path: &Path) -> Result<Connection, AuditError> {
    let told = |source| AuditError::Open { path: path.to_owned(), source };
    // Not read-only: reading a log that a killed service left takes its index to be rebuilt.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(told)?;
    db.busy_timeout(PATIENCE).map_err(told)?;
    Ok(db)
}

/// How long a connection waits for another one.
const PATIENCE: Duration = Duration::from_secs(10);

fn lock(path: &Path) -> Result<File, AuditError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push("-lock");
    let beside = PathBuf::from(beside);
    let told = |source| AuditError::Lock { path: beside.clone(), source };
    let file = File::options().create(true).append(true).open(&beside).map_err(told)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(AuditError::InUse { path: path.to_owned() }),
        Err(std::fs::TryLockError::Error(source)) => Err(told(source)),
    }
}

fn prepared(opened: rusqlite::Result<Connection>, place: &Place) -> Result<Connection, AuditError> {
    let path = match place {
        Place::File(path) => path.clone(),
        Place::Memory => PathBuf::from(":memory:"),
    };
    let state = opened.and_then(|mut db| {
        db.busy_timeout(PATIENCE)?;
        db.pragma_update(None, "cell_size_check", true)?;
        db.pragma_update(None, "trusted_schema", false)?;
        Ok((schema::prepare(&mut db)?, db))
    });
    match state {
        Ok((State::Ready, db)) => Ok(db),
        Ok((State::Newer(version), _)) => Err(AuditError::Newer { path, version }),
        Ok((State::Foreign, _)) => Err(AuditError::Foreign { path }),
        Err(source) => Err(AuditError::Open { path, source }),
    }
}
