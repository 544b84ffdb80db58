//! Stored events by what they have in common, in pages.

use serde_json::{Map, Value, json};
use tollgate_bus::subject::matches;

use super::StoreError;
use super::cell::{Param, Row};
use super::connection::Connection;
use super::room::Room;
use crate::event::{Body, Event};
use crate::operation::{ChatLine, Cursor, Page, Query};

/// Events read for one page at most: a subject that few events have ends a page early.
const MOST_READ: usize = 10_000;

/// Events read at once.
const CHUNK: usize = 200;

const COLUMNS: &str = "id, timestamp_ms, kind, version, subject, source, correlation_id, \
     priority, data, metadata";

pub(super) fn events(db: &mut Connection, wanted: &Query) -> Result<Page, StoreError> {
    let limit = wanted.limit as usize;
    let (mut events, mut read, mut room) = (Vec::new(), 0, Room::default());
    let mut next = wanted.after;
    loop {
        // A subject is compared here, since it may be a pattern, and has no index.
        let chunk = if wanted.subject.is_some() { CHUNK } else { CHUNK.min(limit - events.len()) };
        let rows = select(db, wanted, next, chunk)?;
        for row in &rows {
            let event = event(row)?;
            let place = Cursor { timestamp_ms: event.timestamp_ms, id: event.id };
            if fits(wanted, &event) {
                if !room.takes(size(row)) {
                    return Ok(Page { events, next });
                }
                events.push(event);
            }
            next = Some(place);
            if events.len() == limit {
                return Ok(Page { events, next });
            }
        }
        read += rows.len();
        if rows.len() < chunk {
            return Ok(Page { events, next: None });
        }
        if read >= MOST_READ {
            return Ok(Page { events, next });
        }
    }
}

fn fits(wanted: &Query, event: &Event) -> bool {
    match (&wanted.subject, &event.subject) {
        (None, _) => true,
        (Some(pattern), Some(subject)) => matches(pattern, subject),
        (Some(_), None) => false,
    }
}

/// About as many bytes as the event has in an answer.
fn size(row: &Row) -> usize {
    600 + row.length(8) + row.length(9)
}

/// The last messages, oldest first.
pub(super) fn recent_chat(db: &mut Connection, limit: u32) -> Result<Vec<ChatLine>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM event WHERE kind = 'chat.message' \
         ORDER BY timestamp_ms DESC, id DESC LIMIT $1"
    );
    let rows = db.rows(&sql, &[Param::Int(i64::from(limit))])?;
    let (mut lines, mut room) = (Vec::with_capacity(rows.len()), Room::default());
    for row in rows.iter().take_while(|row| room.takes(size(row))) {
        let Event { id, timestamp_ms, body, .. } = event(row)?;
        if let Body::Message(said) = body {
            let (username, message) = (said.username, said.message);
            lines.push(ChatLine { id, timestamp_ms, username, message });
        }
    }
    lines.reverse();
    Ok(lines)
}

fn select(
    db: &mut Connection,
    wanted: &Query,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let (mut sql, mut params) = (format!("SELECT {COLUMNS} FROM event WHERE 1 = 1"), Vec::new());
    let mut hold = |condition: &str, param| {
        params.push(param);
        sql.push_str(&format!(" AND {condition} ${}", params.len()));
    };
    if let Some(kind) = &wanted.kind {
        hold("kind =", Param::Text(kind));
    }
    if let Some(username) = &wanted.username {
        hold("username =", Param::Text(username));
    }
    if let Some(id) = &wanted.correlation_id {
        hold("correlation_id =", Param::Bytes(id.as_bytes()));
    }
    if let Some(since) = wanted.since_ms {
        hold("timestamp_ms >=", Param::whole(since));
    }
    if let Some(until) = wanted.until_ms {
        hold("timestamp_ms <", Param::whole(until));
    }
    if let Some(after) = &after {
        hold("timestamp_ms >=", Param::whole(after.timestamp_ms));
        let at = params.len();
        params.push(Param::Bytes(after.id.as_bytes()));
        let place = [at, at + 1].map(|at| format!("${at}")).join(", ");
        sql.push_str(&format!(" AND (timestamp_ms, id) > ({place})"));
    }
    params.push(Param::whole(limit as u64));
    sql.push_str(&format!(" ORDER BY timestamp_ms, id LIMIT ${}", params.len()));
    db.rows(&sql, &params)
}

fn event(row: &Row) -> Result<Event, StoreError> {
    let told = |reason: String| StoreError::Failed { reason: format!("a stored event: {reason}") };
    let object = |text: String| -> Result<Map<String, Value>, StoreError> {
        serde_json::from_str(&text).map_err(|error| told(error.to_string()))
    };
    let metadata = row.optional_text(9)?.map(object).transpose()?;
    let value = json!({
        "id": row.uuid(0)?,
        "timestamp_ms": row.whole(1)?,
        "kind": row.text(2)?,
        "version": row.whole(3)?,
        "subject": row.optional_text(4)?,
        "source": row.text(5)?,
        "correlation_id": row.optional_uuid(6)?,
        "priority": row.whole(7)?,
        "data": object(row.text(8)?)?,
        "metadata": metadata,
    });
    Event::try_from(value).map_err(|refusal| told(refusal.to_string()))
}
