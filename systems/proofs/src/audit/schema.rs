//! The tables of the database, and how older files are brought up to date.

use rusqlite::{Connection, TransactionBehavior};

/// Says that an SQLite file is ours: `prfs`.
pub(super) const APPLICATION_ID: i32 = 0x7072_6673;

/// Step n brings a file of version n to version n + 1.
const STEPS: &[&str] = &["
    CREATE TABLE audit (
        sequence INTEGER PRIMARY KEY,
        at_ms INTEGER NOT NULL,
        client TEXT NOT NULL,
        event TEXT NOT NULL,
        subject BLOB NOT NULL,
        detail TEXT NOT NULL,
        hash BLOB NOT NULL
    ) STRICT;
    CREATE TABLE head (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        sequence INTEGER NOT NULL,
        hash BLOB NOT NULL
    ) STRICT;
    -- By expiry first: proofs come nearly in this order, so that new ones share a page, and what
    -- has expired lies together.
    CREATE TABLE replay (
        expires_ms INTEGER NOT NULL,
        proof BLOB NOT NULL,
        PRIMARY KEY (expires_ms, proof)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE revocation (
        is_key INTEGER NOT NULL,
        target BLOB NOT NULL,
        PRIMARY KEY (is_key, target)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE credential (
        credential BLOB PRIMARY KEY,
        key BLOB NOT NULL,
        counter INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE machine (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        boot TEXT NOT NULL,
        issued_after_ms INTEGER NOT NULL
    ) STRICT;
"];

pub(super) const VERSION: u32 = STEPS.len() as u32;

pub(super) enum State {
    Ready,
    /// Written by a later release.
    Newer(u32),
    /// Another program's file.
    Foreign,
}

/// Takes the steps that the file lacks, all of them or none.
pub(super) fn prepare(db: &mut Connection) -> rusqlite::Result<State> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let owner: i32 = transaction.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let tables: u32 =
        transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let is_new = version == 0 && owner == 0 && tables == 0;
    if owner != APPLICATION_ID && !is_new {
        return Ok(State::Foreign);
    }
    if version > VERSION {
        return Ok(State::Newer(version));
    }
    if version < VERSION {
        for step in &STEPS[version as usize..] {
            transaction.execute_batch(step)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()?;
    Ok(State::Ready)
}
