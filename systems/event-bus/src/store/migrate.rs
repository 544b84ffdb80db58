//! The steps that bring a database to this release: each in a transaction of its own, noted with
//! its checksum, and never undone.

use sha2::{Digest, Sha256};

use super::StoreError;
use super::cell::Param;
use super::connection::Connection;
use crate::operation::{Migrations, Step};

/// A step, in the words of each database. One that was released is not changed any more.
struct Script {
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

const SCRIPTS: &[Script] = &[
    Script {
        name: "events",
        sqlite: include_str!("../../migrations/0001_events.sqlite.sql"),
        postgres: include_str!("../../migrations/0001_events.postgres.sql"),
    },
    Script {
        name: "projections",
        sqlite: include_str!("../../migrations/0002_projections.sqlite.sql"),
        postgres: include_str!("../../migrations/0002_projections.postgres.sql"),
    },
    Script {
        name: "requests",
        sqlite: include_str!("../../migrations/0003_requests.sqlite.sql"),
        postgres: include_str!("../../migrations/0003_requests.postgres.sql"),
    },
    Script {
        name: "rows",
        sqlite: include_str!("../../migrations/0004_rows.sqlite.sql"),
        postgres: include_str!("../../migrations/0004_rows.postgres.sql"),
    },
];

const HISTORY: &str = "CREATE TABLE IF NOT EXISTS migration (version BIGINT PRIMARY KEY, \
     name TEXT NOT NULL, checksum TEXT NOT NULL, applied_ms BIGINT NOT NULL)";

const STRICT_HISTORY: &str = "CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, \
     name TEXT NOT NULL, checksum TEXT NOT NULL, applied_ms INTEGER NOT NULL) STRICT";

/// Takes the steps that are missing.
pub(super) fn migrate(db: &mut Connection, now_ms: u64) -> Result<Migrations, StoreError> {
    migrate_to(db, now_ms, SCRIPTS.len())
}

/// Takes the steps up to a version.
pub(super) fn migrate_to(
    db: &mut Connection,
    now_ms: u64,
    version: usize,
) -> Result<Migrations, StoreError> {
    // One that fails keeps the ones before it: the next start goes on from there.
    while db.transaction(|db| take_next(db, now_ms, version))? {}
    status(db)
}

/// What steps were taken, and which are to come; refuses a database that went another way.
pub(super) fn status(db: &mut Connection) -> Result<Migrations, StoreError> {
    let applied = if has_history(db)? { applied(db)? } else { Vec::new() };
    let steps = steps(db);
    for step in &applied {
        let place = || db.place().to_owned();
        match steps.get(step.version as usize - 1) {
            None => {
                let (version, ours) = (step.version, steps.len() as u32);
                return Err(StoreError::Newer { place: place(), version, ours });
            }
            Some(known) if known.checksum != step.checksum => {
                return Err(StoreError::Changed { place: place(), version: step.version });
            }
            Some(_) => {}
        }
    }
    let pending = steps.into_iter().skip(applied.len()).collect();
    Ok(Migrations { current_version: applied.len() as u32, applied, pending })
}

/// Takes one step if one is missing; within a transaction, so that nobody else takes it.
fn take_next(db: &mut Connection, now_ms: u64, last: usize) -> Result<bool, StoreError> {
    if !has_history(db)? {
        found(db)?;
    }
    let taken = status(db)?.applied.len();
    if taken >= last {
        return Ok(false);
    }
    let step = steps(db).swap_remove(taken);
    let script = &SCRIPTS[taken];
    match db {
        Connection::Sqlite(db) => db.script(script.sqlite)?,
        Connection::Postgres(db) => db.script(script.postgres)?,
    }
    db.run(
        "INSERT INTO migration (version, name, checksum, applied_ms) VALUES ($1, $2, $3, $4)",
        &[
            Param::Int(i64::from(step.version)),
            Param::Text(&step.name),
            Param::Text(&step.checksum),
            Param::whole(now_ms),
        ],
    )?;
    Ok(true)
}

/// Makes the database ours.
fn found(db: &mut Connection) -> Result<(), StoreError> {
    match db {
        Connection::Sqlite(db) => {
            db.claim()?;
            db.script(STRICT_HISTORY)
        }
        Connection::Postgres(db) => {
            db.script("CREATE SCHEMA IF NOT EXISTS event_bus")?;
            db.script(HISTORY)
        }
    }
}

fn has_history(db: &mut Connection) -> Result<bool, StoreError> {
    let sql = match db {
        Connection::Sqlite(_) => "SELECT 1 FROM sqlite_schema WHERE name = 'migration'",
        Connection::Postgres(_) => {
            "SELECT 1::bigint FROM pg_tables \
             WHERE schemaname = 'event_bus' AND tablename = 'migration'"
        }
    };
    Ok(db.row(sql, &[])?.is_some())
}

fn applied(db: &mut Connection) -> Result<Vec<Step>, StoreError> {
    let sql = "SELECT version, name, checksum, applied_ms FROM migration ORDER BY version";
    let rows = db.rows(sql, &[])?;
    let place = db.place();
    let mut steps = Vec::with_capacity(rows.len());
    for (row, version) in rows.iter().zip(1..) {
        let step = Step {
            version: u32::try_from(row.whole(0)?).unwrap_or(u32::MAX),
            name: row.text(1)?,
            checksum: row.text(2)?,
            applied_ms: Some(row.whole(3)?),
        };
        if step.version != version {
            let reason = format!("step {version} is missing from its history");
            return Err(StoreError::Damaged { place: place.to_owned(), reason });
        }
        steps.push(step);
    }
    Ok(steps)
}

/// All steps of this release.
fn steps(db: &Connection) -> Vec<Step> {
    let step = |(script, version): (&Script, u32)| {
        let sql = match db {
            Connection::Sqlite(_) => script.sqlite,
            Connection::Postgres(_) => script.postgres,
        };
        let checksum = Sha256::digest(sql).iter().map(|byte| format!("{byte:02x}")).collect();
        Step { version, name: script.name.to_owned(), checksum, applied_ms: None }
    };
    SCRIPTS.iter().zip(1..).map(step).collect()
}
