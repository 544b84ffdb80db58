//! Messages that are to be sent to the channel, and are tried again after each failure, later and
//! later.

use super::StoreError;
use super::cell::{Param, Row};
use super::connection::Connection;
use super::room::Room;
use crate::operation::{Outbound, Queued};

/// After the first failure, twice of it; doubled with every other.
const PAUSE_MS: u64 = 60_000;

pub(super) fn put(db: &mut Connection, message: &str, now_ms: u64) -> Result<Queued, StoreError> {
    let row = db.row(
        "INSERT INTO outbound (timestamp_ms, message, due_ms) VALUES ($1, $2, $3) RETURNING id",
        &[Param::whole(now_ms), Param::Text(message), Param::whole(now_ms)],
    )?;
    let none = || StoreError::Failed { reason: "an insertion returned no id".to_owned() };
    Ok(Queued { id: row.ok_or_else(none)?.whole(0)? })
}

pub(super) fn due(
    db: &mut Connection,
    limit: u32,
    max_retries: u32,
    now_ms: u64,
) -> Result<Vec<Outbound>, StoreError> {
    let rows = db.rows(
        "SELECT id, timestamp_ms, message, retry_count, last_error FROM outbound \
         WHERE sent_ms IS NULL AND retry_count < $1 AND due_ms <= $2 ORDER BY id LIMIT $3",
        &[Param::Int(i64::from(max_retries)), Param::whole(now_ms), Param::Int(i64::from(limit))],
    )?;
    let message = |row: &Row| {
        Ok(Outbound {
            id: row.whole(0)?,
            timestamp_ms: row.whole(1)?,
            message: row.text(2)?,
            retry_count: row.whole(3)?,
            last_error: row.optional_text(4)?,
        })
    };
    let mut room = Room::default();
    // In JSON a character may take six times its bytes.
    let fitting =
        rows.iter().take_while(|row| room.takes(100 + 6 * (row.length(2) + row.length(4))));
    fitting.map(message).collect()
}

/// Returns whether there is such a message; saying it twice changes nothing.
pub(super) fn sent(db: &mut Connection, id: u64, now_ms: u64) -> Result<bool, StoreError> {
    let sql = "UPDATE outbound SET sent_ms = coalesce(sent_ms, $1) WHERE id = $2";
    Ok(db.run(sql, &[Param::whole(now_ms), Param::whole(id)])? == 1)
}

/// Returns whether there is such a message that was not sent.
pub(super) fn failed(
    db: &mut Connection,
    id: u64,
    error: &str,
    now_ms: u64,
) -> Result<bool, StoreError> {
    let sql = "SELECT retry_count FROM outbound WHERE id = $1 AND sent_ms IS NULL";
    let Some(row) = db.row(sql, &[Param::whole(id)])? else { return Ok(false) };
    let retries = row.whole(0)? + 1;
    // More than a year is never.
    let pause = PAUSE_MS << retries.min(20);
    db.run(
        "UPDATE outbound SET retry_count = $1, last_error = $2, due_ms = $3 WHERE id = $4",
        &[
            Param::whole(retries),
            Param::Text(error),
            Param::whole(now_ms + pause),
            Param::whole(id),
        ],
    )?;
    Ok(true)
}
