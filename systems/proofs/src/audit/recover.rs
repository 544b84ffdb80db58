//! What a service has to remember from the time before its start.

use rusqlite::{Connection, OptionalExtension, params};

use super::Durability;
use super::chain::{Head, number, signed};
use super::entry::Digest;
use crate::refusal::Revoked;

/// What earlier processes left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Accepted proofs that have not expired, each with its expiry.
    pub accepted: Vec<(Digest, u64)>,
    pub revoked: Vec<(Revoked, Digest)>,
    pub credentials: Vec<Credential>,
    /// Proofs issued before this time are refused: the last of what was accepted before the
    /// machine went down may be lost.
    pub issued_after_ms: u64,
    pub head: Head,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    pub id: Vec<u8>,
    pub key: Vec<u8>,
    pub counter: u32,
}

/// Names the present and the earlier start of the machine, if the system tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boot(pub Option<String>);

impl Recovered {
    pub(super) fn load(
        db: &Connection,
        durability: Durability,
        boot: &Boot,
        now_ms: u64,
    ) -> rusqlite::Result<Recovered> {
        let head = Head::read(db)?;
        Ok(Recovered {
            issued_after_ms: start(db, durability, boot, now_ms, head)?,
            accepted: accepted(db, now_ms)?,
            revoked: revoked(db)?,
            credentials: credentials(db)?,
            head,
        })
    }
}

/// Notes the start of the machine, and returns since when everything accepted is known.
fn start(
    db: &Connection,
    durability: Durability,
    Boot(boot): &Boot,
    now_ms: u64,
    head: Head,
) -> rusqlite::Result<u64> {
    let stored: Option<(String, u64)> = db
        .query_row("SELECT boot, issued_after_ms FROM machine", [], |row| {
            Ok((row.get(0)?, number(row, 1)?))
        })
        .optional()?;
    let issued_after_ms = match stored {
        // Nothing was ever accepted with this file.
        None if head == Head::EMPTY => 0,
        None => now_ms,
        Some((earlier, issued_after)) if boot.as_ref() == Some(&earlier) => issued_after,
        // Where the system does not tell, the machine may have been restarted.
        Some((_, issued_after)) => match durability {
            Durability::Process => now_ms,
            Durability::Disk => issued_after,
        },
    };
    db.execute(
        "INSERT OR REPLACE INTO machine (one, boot, issued_after_ms) VALUES (1, ?, ?)",
        params![boot.as_deref().unwrap_or(""), signed(issued_after_ms)],
    )?;
    Ok(issued_after_ms)
}

fn accepted(db: &Connection, now_ms: u64) -> rusqlite::Result<Vec<(Digest, u64)>> {
    let mut statement = db.prepare("SELECT proof, expires_ms FROM replay WHERE expires_ms >= ?")?;
    let since = now_ms.saturating_sub(super::KEPT_AFTER_EXPIRY_MS);
    statement.query_map([signed(since)], |row| Ok((row.get(0)?, number(row, 1)?)))?.collect()
}

fn revoked(db: &Connection) -> rusqlite::Result<Vec<(Revoked, Digest)>> {
    let mut statement = db.prepare("SELECT is_key, target FROM revocation")?;
    let revoked = |row: &rusqlite::Row| {
        let what = if row.get(0)? { Revoked::Key } else { Revoked::Proof };
        Ok((what, row.get(1)?))
    };
    statement.query_map([], revoked)?.collect()
}

fn credentials(db: &Connection) -> rusqlite::Result<Vec<Credential>> {
    let mut statement = db.prepare("SELECT credential, key, counter FROM credential")?;
    let credential = |row: &rusqlite::Row| {
        Ok(Credential { id: row.get(0)?, key: row.get(1)?, counter: row.get(2)? })
    };
    statement.query_map([], credential)?.collect()
}
