//! SQLite: one file, in which a commit is one append to its log.

use std::time::Duration;

use rusqlite::{ErrorCode, params_from_iter};

use super::cell::{Param, Row};
use super::checkpoint::Checkpointer;
use super::connection::MediaKey;
use super::{Durability, StoreError};
use crate::event::Event;
use crate::operation::{Play, User};

/// Marks the file as ours: `evbs`.
const APPLICATION_ID: i32 = 0x6576_6273;

/// How long a connection waits for another one.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between two attempts of what SQLite does not wait for.
const PAUSE: Duration = Duration::from_millis(10);

/// Statements that stay prepared; more than there are.
const STATEMENTS: usize = 128;

/// Pages in the log before they are brought into the file: 16 MB.
const LOG_PAGES: u32 = 4096;

#[derive(Debug)]
pub(super) struct Sqlite {
    db: rusqlite::Connection,
    path: String,
}

const INSERT: &str = "INSERT INTO event (id, timestamp_ms, kind, version, subject, username, \
     source, correlation_id, priority, data, metadata) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING";

const USER: &str = "SELECT username, first_seen_ms, last_seen_ms, chat_lines, connected_ms, \
     session_start_ms FROM member WHERE username = ?";

const SAVE_USER: &str = "INSERT INTO member (username, first_seen_ms, last_seen_ms, chat_lines, \
     connected_ms, session_start_ms) VALUES (?, ?, ?, ?, ?, ?) \
     ON CONFLICT (username) DO UPDATE SET first_seen_ms = excluded.first_seen_ms, \
     last_seen_ms = excluded.last_seen_ms, chat_lines = excluded.chat_lines, \
     connected_ms = excluded.connected_ms, session_start_ms = excluded.session_start_ms";

const MEDIUM: &str =
    "SELECT type, id, title, plays, last_played_ms FROM medium WHERE type = ? AND id = ?";

const SAVE_MEDIUM: &str = "INSERT INTO medium (type, id, title, plays, last_played_ms) \
     VALUES (?, ?, ?, ?, ?) ON CONFLICT (type, id) DO UPDATE SET title = excluded.title, \
     plays = excluded.plays, last_played_ms = excluded.last_played_ms";

impl Sqlite {
    pub(super) fn open(path: &str, durability: Durability) -> Result<Sqlite, StoreError> {
        let db = rusqlite::Connection::open(path).map_err(|error| told(path, &error))?;
        match patiently(|| prepare(&db, durability)) {
            Ok(true) => Ok(Sqlite { db, path: path.to_owned() }),
            Ok(false) => Err(StoreError::Foreign { place: path.to_owned() }),
            Err(error) => Err(told(path, &error)),
        }
    }

    pub(super) fn place(&self) -> &str {
        &self.path
    }

    pub(super) fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        self.db.execute_batch(sql).map_err(|error| self.told(&error))
    }

    pub(super) fn run(&mut self, sql: &str, params: &[Param]) -> Result<u64, StoreError> {
        let run = || self.db.prepare_cached(sql)?.execute(params_from_iter(params));
        run().map(|rows| rows as u64).map_err(|error| self.told(&error))
    }

    pub(super) fn rows(&mut self, sql: &str, params: &[Param]) -> Result<Vec<Row>, StoreError> {
        self.collect(sql, params).map_err(|error| self.told(&error))
    }

    pub(super) fn insert(&mut self, events: &[Event]) -> Result<Vec<bool>, StoreError> {
        let insert = || {
            let mut statement = self.db.prepare_cached(INSERT)?;
            let each = events.iter().map(|event| insert(&mut statement, event));
            each.collect::<rusqlite::Result<Vec<bool>>>()
        };
        insert().map_err(|error| self.told(&error))
    }

    pub(super) fn users(&mut self, names: &[&str]) -> Result<Vec<Row>, StoreError> {
        let each = names.iter().map(|name| self.collect(USER, &[Param::Text(name)]));
        let found: rusqlite::Result<Vec<Vec<Row>>> = each.collect();
        Ok(found.map_err(|error| self.told(&error))?.into_iter().flatten().collect())
    }

    pub(super) fn save_users(&mut self, users: &[&User]) -> Result<(), StoreError> {
        for user in users {
            self.run(
                SAVE_USER,
                &[
                    Param::Text(&user.username),
                    Param::whole(user.first_seen_ms),
                    Param::whole(user.last_seen_ms),
                    Param::whole(user.chat_lines),
                    Param::whole(user.connected_ms),
                    user.session_start_ms.map_or(Param::Null, Param::whole),
                ],
            )?;
        }
        Ok(())
    }

    pub(super) fn media(&mut self, keys: &[MediaKey]) -> Result<Vec<Row>, StoreError> {
        let each = keys
            .iter()
            .map(|(r#type, id)| self.collect(MEDIUM, &[Param::Text(r#type), Param::Text(id)]));
        let found: rusqlite::Result<Vec<Vec<Row>>> = each.collect();
        Ok(found.map_err(|error| self.told(&error))?.into_iter().flatten().collect())
    }

    pub(super) fn save_media(&mut self, media: &[&Play]) -> Result<(), StoreError> {
        for play in media {
            self.run(
                SAVE_MEDIUM,
                &[
                    Param::Text(&play.r#type),
                    Param::Text(&play.id),
                    Param::Text(&play.title),
                    Param::whole(play.plays),
                    Param::whole(play.last_played_ms),
                ],
            )?;
        }
        Ok(())
    }

    /// Leaves it to another thread to bring the log into the file.
    pub(super) fn checkpoint_beside(&mut self) -> Result<Checkpointer, StoreError> {
        let begun = Checkpointer::start(&self.path);
        let begun =
            begun.map_err(|reason| StoreError::Open { place: self.path.clone(), reason })?;
        // Only now: without the thread, commits have to do it.
        let left = self.db.pragma_update(None, "wal_autocheckpoint", 0);
        left.map_err(|error| self.told(&error))?;
        Ok(begun)
    }

    /// Marks the file as ours, inside the transaction of the first step.
    pub(super) fn claim(&mut self) -> Result<(), StoreError> {
        let claimed = self.db.pragma_update(None, "application_id", APPLICATION_ID);
        claimed.map_err(|error| self.told(&error))
    }

    fn collect(&self, sql: &str, params: &[Param]) -> rusqlite::Result<Vec<Row>> {
        let mut statement = self.db.prepare_cached(sql)?;
        let columns = statement.column_count();
        let row = |row: &rusqlite::Row| {
            let cells: rusqlite::Result<Vec<_>> = (0..columns).map(|at| row.get(at)).collect();
            cells.map(Row)
        };
        statement.query_map(params_from_iter(params), row)?.collect()
    }

    fn told(&self, error: &rusqlite::Error) -> StoreError {
        told(&self.path, error)
    }
}

/// Tries again while others are in the way: of two connections that make the log at once SQLite
/// refuses one without waiting.
fn patiently<T>(mut attempt: impl FnMut() -> rusqlite::Result<T>) -> rusqlite::Result<T> {
    for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
        match attempt() {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                std::thread::sleep(PAUSE);
            }
            done => return done,
        }
    }
    attempt()
}

/// Whether the file is ours or new. Another program's is left as it is.
fn prepare(db: &rusqlite::Connection, durability: Durability) -> rusqlite::Result<bool> {
    db.busy_timeout(PATIENCE)?;
    db.pragma_update(None, "cell_size_check", true)?;
    db.pragma_update(None, "trusted_schema", false)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    // At one moment, since another connection may be making the tables.
    let moment = db.unchecked_transaction()?;
    let owner: i32 = moment.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let tables: u32 =
        moment.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    moment.commit()?;
    if owner != APPLICATION_ID && (owner != 0 || tables > 0) {
        return Ok(false);
    }
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    db.pragma_update(None, "cache_size", -4096)?;
    let word = match durability {
        Durability::Process => "NORMAL",
        Durability::Disk => "FULL",
    };
    db.pragma_update(None, "synchronous", word)?;
    Ok(true)
}

fn insert(statement: &mut rusqlite::CachedStatement, event: &Event) -> rusqlite::Result<bool> {
    let row = EventRow::of(event);
    let changed = statement.execute(rusqlite::params![
        event.id.as_bytes(),
        event.timestamp_ms.cast_signed(),
        event.kind(),
        event.version,
        event.subject,
        event.username(),
        event.source,
        event.correlation_id.as_ref().map(uuid::Uuid::as_bytes),
        event.priority as u8,
        row.data,
        row.metadata,
    ])?;
    Ok(changed == 1)
}

/// The columns of an event that are JSON.
pub(super) struct EventRow {
    pub(super) data: String,
    pub(super) metadata: Option<String>,
}

impl EventRow {
    pub(super) fn of(event: &Event) -> EventRow {
        let metadata = (!event.metadata.is_empty()).then_some(&event.metadata);
        let json = "texts, numbers and maps with texts as keys";
        EventRow {
            data: serde_json::to_string(&event.body).expect(json),
            metadata: metadata.map(|map| serde_json::to_string(map).expect(json)),
        }
    }
}

fn told(path: &str, error: &rusqlite::Error) -> StoreError {
    let (place, reason) = (path.to_owned(), error.to_string());
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            StoreError::Damaged { place, reason }
        }
        Some(ErrorCode::CannotOpen) => StoreError::Open { place, reason },
        Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig) => {
            StoreError::Refused { reason }
        }
        _ => StoreError::Failed { reason },
    }
}
