//! Doing an operation.

use super::cell::Row;
use super::connection::Connection;
use super::rows::{self, Table};
use super::{Durability, StoreError, kv, migrate, outbound, query, stats};
use crate::operation::{Code, Deleted, Failure, Health, Operation, Reply};
use crate::row::Update;

pub(super) fn answer(
    db: &mut Connection,
    operation: &Operation,
    now_ms: u64,
) -> Result<Reply, Failure> {
    if operation.is_write() {
        return db.transaction(|db| write(db, operation, now_ms));
    }
    match operation {
        Operation::Stats {} => Ok(stats::stats(db).map(Reply::Stats)?),
        Operation::User { username } => match db.users(&[username])?.pop() {
            Some(user) => Ok(Reply::User(user)),
            None => Err(absent(format!("nobody has seen the user {username:?}"))),
        },
        Operation::RecentChat { limit } => {
            Ok(query::recent_chat(db, *limit).map(Reply::RecentChat)?)
        }
        Operation::Events(wanted) => Ok(query::events(db, wanted).map(Reply::Events)?),
        Operation::OutboundGet { limit, max_retries } => {
            Ok(outbound::due(db, *limit, *max_retries, now_ms).map(Reply::OutboundGet)?)
        }
        Operation::KvGet { plugin, key } => Ok(kv::get(db, plugin, key, now_ms).map(Reply::KvGet)?),
        Operation::KvList { plugin, prefix, limit } => {
            Ok(kv::list(db, plugin, prefix, *limit, now_ms).map(Reply::KvList)?)
        }
        Operation::RowSelect { plugin, table, id } => {
            rows::select(db, Table { plugin, name: table }, *id).map(Reply::RowSelect)
        }
        Operation::RowSearch(wanted) => {
            let table = Table { plugin: &wanted.plugin, name: &wanted.table };
            rows::search(db, table, wanted).map(Reply::RowSearch)
        }
        Operation::MigrateStatus {} => Ok(migrate::status(db).map(Reply::Migrations)?),
        Operation::Health {} => Ok(health(db).map(Reply::Health)?),
        Operation::Echo(value) => Ok(Reply::Echo(value.clone())),
        _ => Err(Failure::new(Code::InternalError, format!("{} is a write", operation.name()))),
    }
}

fn write(db: &mut Connection, operation: &Operation, now_ms: u64) -> Result<Reply, Failure> {
    let no_message = |id: u64| absent(format!("there is no message {id}"));
    match operation {
        Operation::OutboundPut { message } => {
            Ok(outbound::put(db, message, now_ms).map(Reply::OutboundPut)?)
        }
        Operation::OutboundSent { id } => match outbound::sent(db, *id, now_ms)? {
            true => Ok(Reply::Done {}),
            false => Err(no_message(*id)),
        },
        Operation::OutboundFailed { id, error } => {
            match outbound::failed(db, *id, error, now_ms)? {
                true => Ok(Reply::Done {}),
                false => Err(no_message(*id)),
            }
        }
        Operation::KvSet { plugin, key, value, ttl_seconds } => {
            kv::set(db, plugin, key, value, ttl_seconds.map(|ttl| now_ms + ttl * 1000))?;
            Ok(Reply::Done {})
        }
        Operation::KvDelete { plugin, key } => {
            Ok(kv::delete(db, plugin, key, now_ms).map(Reply::Deleted)?)
        }
        _ => write_row(db, operation, now_ms),
    }
}

fn write_row(db: &mut Connection, operation: &Operation, now_ms: u64) -> Result<Reply, Failure> {
    let table = |plugin, name| Table { plugin, name };
    match operation {
        Operation::RowRegister { plugin, table: name, schema } => {
            rows::register(db, table(plugin, name), schema)?;
            Ok(Reply::Done {})
        }
        Operation::RowInsert { plugin, table: name, data } => {
            rows::insert(db, table(plugin, name), data, now_ms).map(Reply::RowInsert)
        }
        Operation::RowUpdate { plugin, table: name, id, operations } => {
            let update = Update::read(operations)?;
            rows::update(db, table(plugin, name), *id, &update, now_ms).map(Reply::RowUpdate)
        }
        Operation::RowDelete { plugin, table: name, id } => {
            let deleted = rows::delete(db, table(plugin, name), *id)?;
            Ok(Reply::Deleted(Deleted { deleted }))
        }
        _ => Err(Failure::new(Code::InternalError, format!("{} is a read", operation.name()))),
    }
}

/// What the database says of itself, and not what it was asked for.
fn health(db: &mut Connection) -> Result<Health, StoreError> {
    let (version, durability) = match db {
        Connection::Sqlite(_) => ("SELECT sqlite_version()", "PRAGMA synchronous"),
        Connection::Postgres(_) => (
            "SELECT current_setting('server_version')",
            "SELECT CASE current_setting('synchronous_commit') WHEN 'off' THEN 1::bigint \
             ELSE 2::bigint END",
        ),
    };
    let row = |row: Option<Row>| {
        row.ok_or_else(|| StoreError::Failed { reason: "it says nothing of itself".to_owned() })
    };
    let version = row(db.row(version, &[])?)?.text(0)?;
    let waits = row(db.row(durability, &[])?)?.whole(0)? >= 2;
    let durability = if waits { Durability::Disk } else { Durability::Process };
    Ok(Health {
        backend: db.backend().to_owned(),
        backend_version: version,
        durability: durability.name().to_owned(),
        schema_version: migrate::status(db)?.current_version,
    })
}

fn absent(message: String) -> Failure {
    Failure::new(Code::NotFound, message)
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        let code = match error {
            StoreError::Failed { .. } | StoreError::Open { .. } => Code::Unavailable,
            _ => Code::DatabaseError,
        };
        Failure::new(code, error.to_string())
    }
}
