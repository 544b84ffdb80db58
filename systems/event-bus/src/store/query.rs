//! Stored events by what they have in common, in pages.

use serde_json::{Map, Value, json};
use tollgate_bus::subject::matches;

use super::StoreError;
use super::cell::{Param, Row};
use super::connection::Connection;
use crate::event::{Body, Event};
use crate::operation::{ChatLine, Cursor, Page, Query};

/// Events read for one page at most: a pattern that few subjects fit ends a page early.
const MOST_READ: usize = 10_000;

/// Events read at once.
const CHUNK: u32 = 1000;

const COLUMNS: &str = "id, timestamp_ms, kind, version, subject, source, correlation_id, \
     priority, data, metadata";

pub(super) fn events(db: &mut Connection, wanted: &Query) -> Result<Page, StoreError> {
    let is_pattern = wanted.subject.as_ref().is_some_and(|text| text.contains(['*', '>']));
    let limit = wanted.limit as usize;
    let (mut events, mut read, mut after) = (Vec::new(), 0, wanted.after);
    loop {
        let chunk = if is_pattern { CHUNK } else { wanted.limit };
        let rows = select(db, wanted, is_pattern, after, chunk)?;
        for row in &rows {
            let event = event(row)?;
            after = Some(Cursor { timestamp_ms: event.timestamp_ms, id: event.id });
            let fits = match (&wanted.subject, &event.subject) {
                (None, _) => true,
                (Some(pattern), Some(subject)) => matches(pattern, subject),
                (Some(_), None) => false,
            };
            if fits {
                events.push(event);
            }
            if events.len() == limit {
                return Ok(Page { events, next: after });
            }
        }
        read += rows.len();
        if rows.len() < chunk as usize {
            return Ok(Page { events, next: None });
        }
        if read >= MOST_READ {
            return Ok(Page { events, next: after });
        }
    }
}

/// The last messages, oldest first.
pub(super) fn recent_chat(db: &mut Connection, limit: u32) -> Result<Vec<ChatLine>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM event WHERE kind = 'chat.message' \
         ORDER BY timestamp_ms DESC, id DESC LIMIT $1"
    );
    let rows = db.rows(&sql, &[Param::Int(i64::from(limit))])?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows.iter().rev() {
        let Event { id, timestamp_ms, body, .. } = event(row)?;
        if let Body::Message(said) = body {
            let (username, message) = (said.username, said.message);
            lines.push(ChatLine { id, timestamp_ms, username, message });
        }
    }
    Ok(lines)
}

fn select(
    db: &mut Connection,
    wanted: &Query,
    is_pattern: bool,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Vec<Row>, StoreError> {
    let (mut sql, mut params) = (format!("SELECT {COLUMNS} FROM event WHERE 1 = 1"), Vec::new());
    let mut hold = |condition: &str, param| {
        params.push(param);
        sql.push_str(&format!(" AND {condition} ${}", params.len()));
    };
    if let Some(kind) = &wanted.kind {
        hold("kind =", Param::Text(kind));
    }
    if let Some(subject) = wanted.subject.as_ref().filter(|_| !is_pattern) {
        hold("subject =", Param::Text(subject));
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
    params.push(Param::Int(i64::from(limit)));
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
