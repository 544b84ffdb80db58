//! PostgreSQL: the tables lie in a schema of their own, and a batch is a few statements, however
//! many events it has.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use postgres::types::{ToSql, Type};
use postgres::{Client, Config, NoTls, Statement};
use rusqlite::types::Value;
use uuid::Uuid;

use super::cell::{Param, Row};
use super::connection::MediaKey;
use super::sqlite::EventRow;
use super::{Durability, StoreError};
use crate::event::Event;
use crate::operation::{Play, User};

/// Statements that stay prepared at the server.
const STATEMENTS: usize = 128;

/// How long the network may be silent.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who writes holds this, so that no two batches read the same sum and add to it.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7313197)";

const INSERT: &str = "INSERT INTO event (id, timestamp_ms, kind, version, subject, username, \
     source, correlation_id, priority, data, metadata) \
     SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], \
     $6::text[], $7::text[], $8::bytea[], $9::bigint[], $10::text[], $11::text[]) \
     ON CONFLICT (id) DO NOTHING RETURNING id";

const USERS: &str = "SELECT username, first_seen_ms, last_seen_ms, chat_lines, connected_ms, \
     session_start_ms FROM member WHERE username = ANY($1::text[])";

const SAVE_USERS: &str = "INSERT INTO member (username, first_seen_ms, last_seen_ms, chat_lines, \
     connected_ms, session_start_ms) \
     SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], \
     $6::bigint[]) \
     ON CONFLICT (username) DO UPDATE SET first_seen_ms = excluded.first_seen_ms, \
     last_seen_ms = excluded.last_seen_ms, chat_lines = excluded.chat_lines, \
     connected_ms = excluded.connected_ms, session_start_ms = excluded.session_start_ms";

const MEDIA: &str = "SELECT medium.type, medium.id, title, plays, last_played_ms FROM medium \
     JOIN unnest($1::text[], $2::text[]) AS named (type, id) \
     ON medium.type = named.type AND medium.id = named.id";

const SAVE_MEDIA: &str = "INSERT INTO medium (type, id, title, plays, last_played_ms) \
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[]) \
     ON CONFLICT (type, id) DO UPDATE SET title = excluded.title, plays = excluded.plays, \
     last_played_ms = excluded.last_played_ms";

pub(super) struct Postgres {
    client: Client,
    /// Whether a transaction is open: it ends with its connection, and is not gone on with on
    /// another.
    is_within: bool,
    statements: HashMap<String, Statement>,
    config: Config,
    durability: Durability,
    place: String,
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Postgres {
    pub(super) fn open(url: &str, durability: Durability) -> Result<Postgres, StoreError> {
        let mut config = Config::from_str(url)
            .map_err(|error| StoreError::Address { url: place_of(url), reason: chain(&error) })?;
        config.application_name("event-bus").connect_timeout(Duration::from_secs(5));
        // A server that is gone without a word is noticed, or the writer would wait for ever.
        config.keepalives_idle(PATIENCE).tcp_user_timeout(PATIENCE);
        let place = place_of(url);
        let client = connect(&config, durability)
            .map_err(|error| StoreError::Open { place: place.clone(), reason: chain(&error) })?;
        let statements = HashMap::new();
        Ok(Postgres { client, is_within: false, statements, config, durability, place })
    }

    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Begins a transaction, on a new connection where the last one was lost.
    pub(super) fn begin(&mut self) -> Result<(), StoreError> {
        if self.client.batch_execute("BEGIN").is_err() {
            // Nothing was asked of it yet, so that nothing is done twice.
            self.renew()?;
            self.client.batch_execute("BEGIN").map_err(|error| told(&error))?;
        }
        self.is_within = true;
        if let Err(error) = self.client.batch_execute(LOCK) {
            // The first error is the one to tell.
            let _ = self.end("ROLLBACK");
            return Err(told(&error));
        }
        Ok(())
    }

    /// Ends a transaction, with `COMMIT` or `ROLLBACK`.
    pub(super) fn end(&mut self, how: &str) -> Result<(), StoreError> {
        self.is_within = false;
        self.client.batch_execute(how).map_err(|error| told(&error))
    }

    pub(super) fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).map_err(|error| told(&error))
    }

    pub(super) fn run(&mut self, sql: &str, params: &[Param]) -> Result<u64, StoreError> {
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| param as _).collect();
        self.execute(sql, &params)
    }

    pub(super) fn rows(&mut self, sql: &str, params: &[Param]) -> Result<Vec<Row>, StoreError> {
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| param as _).collect();
        self.query(sql, &params)
    }

    pub(super) fn insert(&mut self, events: &[Event]) -> Result<Vec<bool>, StoreError> {
        let mut seen = HashSet::with_capacity(events.len());
        let once: Vec<&Event> = events.iter().filter(|event| seen.insert(event.id)).collect();
        let json: Vec<EventRow> = once.iter().map(|event| EventRow::of(event)).collect();
        let rows = self.query(
            INSERT,
            &[
                &column(&once, |event| event.id.as_bytes().as_slice()),
                &column(&once, |event| event.timestamp_ms.cast_signed()),
                &column(&once, Event::kind),
                &column(&once, |event| i64::from(event.version)),
                &column(&once, |event| event.subject.as_deref()),
                &column(&once, Event::username),
                &column(&once, |event| event.source.as_str()),
                &column(&once, |event| event.correlation_id.as_ref().map(|id| &id.as_bytes()[..])),
                &column(&once, |event| event.priority as i64),
                &json.iter().map(|row| row.data.as_str()).collect::<Vec<_>>(),
                &json.iter().map(|row| row.metadata.as_deref()).collect::<Vec<_>>(),
            ],
        )?;
        let mut new: HashSet<Uuid> =
            rows.iter().map(|row| row.uuid(0)).collect::<Result<_, _>>()?;
        Ok(events.iter().map(|event| new.remove(&event.id)).collect())
    }

    pub(super) fn users(&mut self, names: &[&str]) -> Result<Vec<Row>, StoreError> {
        self.query(USERS, &[&names])
    }

    pub(super) fn save_users(&mut self, users: &[&User]) -> Result<(), StoreError> {
        let number = |number: u64| number.cast_signed();
        self.execute(
            SAVE_USERS,
            &[
                &column(users, |user| user.username.as_str()),
                &column(users, |user| number(user.first_seen_ms)),
                &column(users, |user| number(user.last_seen_ms)),
                &column(users, |user| number(user.chat_lines)),
                &column(users, |user| number(user.connected_ms)),
                &column(users, |user| user.session_start_ms.map(number)),
            ],
        )?;
        Ok(())
    }

    pub(super) fn media(&mut self, keys: &[MediaKey]) -> Result<Vec<Row>, StoreError> {
        let types: Vec<&str> = keys.iter().map(|(r#type, _)| *r#type).collect();
        let ids: Vec<&str> = keys.iter().map(|(_, id)| *id).collect();
        self.query(MEDIA, &[&types, &ids])
    }

    pub(super) fn save_media(&mut self, media: &[&Play]) -> Result<(), StoreError> {
        self.execute(
            SAVE_MEDIA,
            &[
                &column(media, |play| play.r#type.as_str()),
                &column(media, |play| play.id.as_str()),
                &column(media, |play| play.title.as_str()),
                &column(media, |play| play.plays.cast_signed()),
                &column(media, |play| play.last_played_ms.cast_signed()),
            ],
        )?;
        Ok(())
    }

    fn execute(&mut self, sql: &str, params: &[&(dyn ToSql + Sync)]) -> Result<u64, StoreError> {
        let statement = self.prepared(sql)?;
        self.client.execute(&statement, params).map_err(|error| told(&error))
    }

    fn query(&mut self, sql: &str, params: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, StoreError> {
        let statement = self.prepared(sql)?;
        let rows = self.client.query(&statement, params).map_err(|error| told(&error))?;
        rows.iter().map(read).collect()
    }

    fn prepared(&mut self, sql: &str) -> Result<Statement, StoreError> {
        self.reconnect()?;
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(|error| told(&error))?;
        if self.statements.len() == STATEMENTS {
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Has a connection, unless a transaction is lost with the last one.
    fn reconnect(&mut self) -> Result<(), StoreError> {
        if self.client.is_closed() && !self.is_within { self.renew() } else { Ok(()) }
    }

    fn renew(&mut self) -> Result<(), StoreError> {
        self.statements.clear();
        self.client = connect(&self.config, self.durability).map_err(|error| told(&error))?;
        Ok(())
    }
}

fn connect(config: &Config, durability: Durability) -> Result<Client, postgres::Error> {
    let mut client = config.connect(NoTls)?;
    let word = match durability {
        Durability::Process => "off",
        Durability::Disk => "on",
    };
    client.batch_execute(&format!(
        "SET search_path TO event_bus; SET synchronous_commit TO {word}; \
         SET lock_timeout TO '30s'; SET client_min_messages TO warning"
    ))?;
    Ok(client)
}

fn column<'a, T, C>(items: &[&'a T], cell: impl Fn(&'a T) -> C) -> Vec<C> {
    items.iter().map(|item| cell(item)).collect()
}

fn read(row: &postgres::Row) -> Result<Row, StoreError> {
    let cell = |at: usize| match *row.columns()[at].type_() {
        Type::INT8 => row.try_get(at).map(|cell: Option<i64>| cell.map(Value::Integer)),
        Type::BYTEA => row.try_get(at).map(|cell: Option<Vec<u8>>| cell.map(Value::Blob)),
        _ => row.try_get(at).map(|cell: Option<String>| cell.map(Value::Text)),
    };
    let cells = (0..row.len()).map(|at| Ok(cell(at)?.unwrap_or(Value::Null)));
    cells.collect::<Result<_, _>>().map(Row).map_err(|error| told(&error))
}

/// The address without its password.
fn place_of(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (user, host) = rest.rsplit_once('@').unwrap_or(("", rest));
    match user.split_once(':') {
        Some((name, _)) => format!("{scheme}://{name}@{host}"),
        None => url.to_owned(),
    }
}

fn told(error: &postgres::Error) -> StoreError {
    let reason = chain(error);
    // Classes of codes: bad data, a broken constraint, and what a trigger raises.
    let is_refused = error.code().is_some_and(|state| {
        ["22", "23", "P0"].iter().any(|class| state.code().starts_with(class))
    });
    if is_refused { StoreError::Refused { reason } } else { StoreError::Failed { reason } }
}

/// The error with what caused it, which it does not tell by itself.
fn chain(error: &postgres::Error) -> String {
    if let Some(told) = error.as_db_error() {
        return format!("{} ({})", told.message(), told.code().code());
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        text.push_str(&format!(": {next}"));
        cause = next.source();
    }
    text
}
