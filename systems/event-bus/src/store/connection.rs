//! The connection to one of two databases. Statements with `$1`, `$2` in this order are the same
//! text for both; where they have to differ, each has its own function.

use super::cell::{Param, Row};
use super::postgres::Postgres;
use super::sqlite::Sqlite;
use super::{Durability, StoreError};
use crate::event::Event;
use crate::operation::{Play, User};

#[derive(Debug)]
pub(super) enum Connection {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

/// A medium, by its type and its id within it.
pub(super) type MediaKey<'a> = (&'a str, &'a str);

impl Connection {
    pub(super) fn open(url: &str, durability: Durability) -> Result<Connection, StoreError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let open = Postgres::open(url, durability)?;
            return Ok(Connection::Postgres(Box::new(open)));
        }
        let told =
            |reason: &str| StoreError::Address { url: url.to_owned(), reason: reason.into() };
        let path = match url.split_once(':') {
            Some(("sqlite", path)) => path,
            Some((scheme, _)) if !scheme.contains('/') && scheme.len() > 1 => {
                return Err(told("only sqlite: and postgres: are known"));
            }
            _ => url,
        };
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() {
            return Err(told("it names no file"));
        }
        Ok(Connection::Sqlite(Sqlite::open(path, durability)?))
    }

    pub(super) fn backend(&self) -> &'static str {
        match self {
            Connection::Sqlite(_) => "sqlite",
            Connection::Postgres(_) => "postgres",
        }
    }

    /// What the database is called in errors.
    pub(super) fn place(&self) -> &str {
        match self {
            Connection::Sqlite(db) => db.place(),
            Connection::Postgres(db) => db.place(),
        }
    }

    /// Does all of the work, or none of it; nobody else writes meanwhile.
    pub(super) fn transaction<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        match self {
            Connection::Sqlite(db) => db.script("BEGIN IMMEDIATE")?,
            Connection::Postgres(db) => db.begin()?,
        }
        match work(self) {
            Ok(done) => match self.end("COMMIT") {
                Ok(()) => Ok(done),
                Err(error) => {
                    // It may have rolled back by itself; the first error is the one to tell.
                    let _ = self.end("ROLLBACK");
                    Err(error.into())
                }
            },
            Err(error) => {
                let _ = self.end("ROLLBACK");
                Err(error)
            }
        }
    }

    fn end(&mut self, how: &str) -> Result<(), StoreError> {
        match self {
            Connection::Sqlite(db) => db.script(how),
            Connection::Postgres(db) => db.end(how),
        }
    }

    /// Runs a statement, and returns how many rows it changed.
    pub(super) fn run(&mut self, sql: &str, params: &[Param]) -> Result<u64, StoreError> {
        match self {
            Connection::Sqlite(db) => db.run(sql, params),
            Connection::Postgres(db) => db.run(sql, params),
        }
    }

    pub(super) fn rows(&mut self, sql: &str, params: &[Param]) -> Result<Vec<Row>, StoreError> {
        match self {
            Connection::Sqlite(db) => db.rows(sql, params),
            Connection::Postgres(db) => db.rows(sql, params),
        }
    }

    pub(super) fn row(&mut self, sql: &str, params: &[Param]) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, params)?.into_iter().next())
    }

    /// Inserts events, and returns which of them are new.
    pub(super) fn insert(&mut self, events: &[Event]) -> Result<Vec<bool>, StoreError> {
        match self {
            Connection::Sqlite(db) => db.insert(events),
            Connection::Postgres(db) => db.insert(events),
        }
    }

    /// The users that are known, of those named.
    pub(super) fn users(&mut self, names: &[&str]) -> Result<Vec<User>, StoreError> {
        let rows = match self {
            Connection::Sqlite(db) => db.users(names)?,
            Connection::Postgres(db) => db.users(names)?,
        };
        rows.iter().map(user).collect()
    }

    pub(super) fn save_users(&mut self, users: &[&User]) -> Result<(), StoreError> {
        match self {
            Connection::Sqlite(db) => db.save_users(users),
            Connection::Postgres(db) => db.save_users(users),
        }
    }

    /// The media that are known, of those named.
    pub(super) fn media(&mut self, keys: &[MediaKey]) -> Result<Vec<Play>, StoreError> {
        let rows = match self {
            Connection::Sqlite(db) => db.media(keys)?,
            Connection::Postgres(db) => db.media(keys)?,
        };
        rows.iter().map(play).collect()
    }

    pub(super) fn save_media(&mut self, media: &[&Play]) -> Result<(), StoreError> {
        match self {
            Connection::Sqlite(db) => db.save_media(media),
            Connection::Postgres(db) => db.save_media(media),
        }
    }
}

/// The columns of a user, in the order of the table.
fn user(row: &Row) -> Result<User, StoreError> {
    Ok(User {
        username: row.text(0)?,
        first_seen_ms: row.whole(1)?,
        last_seen_ms: row.whole(2)?,
        chat_lines: row.whole(3)?,
        connected_ms: row.whole(4)?,
        session_start_ms: row.optional_whole(5)?,
    })
}

/// The columns of a medium, in the order of the table.
pub(super) fn play(row: &Row) -> Result<Play, StoreError> {
    Ok(Play {
        r#type: row.text(0)?,
        id: row.text(1)?,
        title: row.text(2)?,
        plays: row.whole(3)?,
        last_played_ms: row.whole(4)?,
    })
}
