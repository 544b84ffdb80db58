//! The chain: each row holds a digest of itself and of the digest before, so that no row can be
//! changed, left out or put in without all later digests changing too.
//!
//! Somebody who can write to the file can make a new chain; a digest that was copied elsewhere
//! gives him away, because it is not on the new one.

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::entry::Digest;

/// The end of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number of its last row; rows count from one.
    pub sequence: u64,
    pub hash: Digest,
}

/// The first place at which the chain does not hold.
#[derive(Debug, Error)]
pub enum Broken {
    #[error("row {sequence} of the audit log was changed, or a row before it")]
    Changed { sequence: u64 },
    #[error("row {sequence} of the audit log is missing")]
    Missing { sequence: u64 },
    #[error("the audit log ends at row {found}, but was written up to row {stated}")]
    CutOff { found: u64, stated: u64 },
    #[error("the audit log says that its last row has another digest than row {sequence}")]
    OtherEnd { sequence: u64 },
    #[error("failed to read the audit log after row {sequence}: {source}")]
    Unreadable { sequence: u64, source: rusqlite::Error },
}

/// A row as it is stored, without its digest.
pub(super) struct Row<'a> {
    pub(super) sequence: u64,
    pub(super) at_ms: u64,
    pub(super) client: &'a str,
    pub(super) event: &'a str,
    pub(super) subject: &'a [u8],
    pub(super) detail: &'a str,
}

impl Head {
    pub(super) const EMPTY: Head = Head { sequence: 0, hash: [0; 32] };

    /// The end of the chain once the row is on it.
    pub(super) fn then(self, row: &Row) -> Head {
        let mut sha = Sha256::new();
        sha.update(b"proofs/audit/v1\0");
        sha.update(self.hash);
        sha.update(row.sequence.to_be_bytes());
        sha.update(row.at_ms.to_be_bytes());
        // Lengths go first, so that no two rows have the same bytes.
        for field in
            [row.client.as_bytes(), row.event.as_bytes(), row.subject, row.detail.as_bytes()]
        {
            sha.update((field.len() as u64).to_be_bytes());
            sha.update(field);
        }
        Head { sequence: row.sequence, hash: sha.finalize().into() }
    }

    pub(super) fn read(db: &Connection) -> rusqlite::Result<Head> {
        let row = db
            .prepare_cached("SELECT sequence, hash FROM head")?
            .query_row([], |row| Ok(Head { sequence: number(row, 0)?, hash: row.get(1)? }))
            .optional()?;
        Ok(row.unwrap_or(Head::EMPTY))
    }

    pub(super) fn write(self, db: &Connection) -> rusqlite::Result<()> {
        db.prepare_cached("INSERT OR REPLACE INTO head (one, sequence, hash) VALUES (1, ?, ?)")?
            .execute(params![signed(self.sequence), self.hash])?;
        Ok(())
    }
}

/// Walks the whole chain.
pub(super) fn verify(db: &Connection) -> Result<Head, Broken> {
    let mut head = Head::EMPTY;
    let unreadable = |sequence| move |source| Broken::Unreadable { sequence, source };
    // One snapshot, so that a writer at work is no contradiction.
    let db = db.unchecked_transaction().map_err(unreadable(0))?;
    let stated = Head::read(&db).map_err(unreadable(0))?;
    let mut statement = db
        .prepare(
            "SELECT sequence, at_ms, client, event, subject, detail, hash FROM audit
             ORDER BY sequence",
        )
        .map_err(unreadable(0))?;
    let mut rows = statement.query([]).map_err(unreadable(0))?;
    while let Some(row) = rows.next().map_err(unreadable(head.sequence))? {
        let (next, stored) = step(head, row).map_err(unreadable(head.sequence))?;
        if next.sequence != head.sequence + 1 {
            return Err(Broken::Missing { sequence: head.sequence + 1 });
        }
        if next.hash != stored {
            return Err(Broken::Changed { sequence: next.sequence });
        }
        head = next;
    }
    if head.sequence != stated.sequence {
        return Err(Broken::CutOff { found: head.sequence, stated: stated.sequence });
    }
    if head.hash != stated.hash {
        return Err(Broken::OtherEnd { sequence: head.sequence });
    }
    Ok(head)
}

/// The row with the digest.
pub(super) fn find(db: &Connection, digest: &Digest) -> rusqlite::Result<Option<u64>> {
    db.query_row("SELECT sequence FROM audit WHERE hash = ?", [digest], |row| number(row, 0))
        .optional()
}

/// Where the chain would be after the row, and what the row says.
fn step(head: Head, row: &rusqlite::Row) -> rusqlite::Result<(Head, Digest)> {
    let client: String = row.get(2)?;
    let event: String = row.get(3)?;
    let subject: Vec<u8> = row.get(4)?;
    let detail: String = row.get(5)?;
    let next = head.then(&Row {
        sequence: number(row, 0)?,
        at_ms: number(row, 1)?,
        client: &client,
        event: &event,
        subject: &subject,
        detail: &detail,
    });
    Ok((next, row.get(6)?))
}

/// SQLite has only signed numbers; ours are never so large.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn number(row: &rusqlite::Row, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}
