//! Reading a request: its fields, their bounds and their defaults.

mod rows;

use serde_json::Value;
use tollgate_bus::subject::is_pattern;

use super::{Code, Cursor, Failure, MOST_BYTES, MOST_VALUE_BYTES, Operation, Query};
use crate::event::{LAST_MS, is_kind};
use crate::fields::{Fields, Problem, Refusal, json};

const LIMIT: u64 = 1000;

/// A hundred years.
const LONGEST_TTL_SECONDS: u64 = 3_155_760_000;

const WHOLE: &str = "the request";

pub(super) fn read(name: &str, payload: &[u8]) -> Result<Operation, Failure> {
    if name == "echo" {
        return Ok(Operation::Echo(json(WHOLE, payload, MOST_BYTES)?));
    }
    // A request without fields may be empty.
    let payload = if payload.is_empty() { b"{}" } else { payload };
    let mut fields = Fields::parse(WHOLE, payload, MOST_BYTES)?;
    let operation = match name {
        "stats" => Operation::Stats {},
        "user" => Operation::User { username: fields.text("username", 255)? },
        "chat.recent" => Operation::RecentChat { limit: limit(&mut fields, 50)? },
        "events" => Operation::Events(query(&mut fields)?),
        "outbound.put" => Operation::OutboundPut { message: fields.text("message", 16_384)? },
        "outbound.get" => Operation::OutboundGet {
            limit: limit(&mut fields, 50)?,
            max_retries: fields.optional_whole("max_retries", 1..=30)?.unwrap_or(3) as u32,
        },
        "outbound.sent" => Operation::OutboundSent { id: outbound(&mut fields)? },
        "outbound.failed" => Operation::OutboundFailed {
            id: outbound(&mut fields)?,
            error: fields.text("error", 4096)?,
        },
        "kv.set" => Operation::KvSet {
            plugin: plugin(&mut fields)?,
            key: fields.text("key", 255)?,
            value: value(&mut fields)?,
            ttl_seconds: fields.optional_whole("ttl_seconds", 1..=LONGEST_TTL_SECONDS)?,
        },
        "kv.get" => {
            Operation::KvGet { plugin: plugin(&mut fields)?, key: fields.text("key", 255)? }
        }
        "kv.delete" => {
            Operation::KvDelete { plugin: plugin(&mut fields)?, key: fields.text("key", 255)? }
        }
        "kv.list" => Operation::KvList {
            plugin: plugin(&mut fields)?,
            prefix: prefix(&mut fields)?,
            limit: limit(&mut fields, 1000)?,
        },
        "row.register" | "row.insert" | "row.select" | "row.update" | "row.delete"
        | "row.search" => rows::read(name, &mut fields)?,
        "migrate.status" => Operation::MigrateStatus {},
        "health" => Operation::Health {},
        _ => {
            let message = format!("there is no operation {name:?}");
            return Err(Failure::new(Code::UnknownOperation, message));
        }
    };
    fields.end()?;
    Ok(operation)
}

fn limit(fields: &mut Fields, usual: u32) -> Result<u32, Refusal> {
    Ok(fields.optional_whole("limit", 1..=LIMIT)?.map_or(usual, |limit| limit as u32))
}

fn outbound(fields: &mut Fields) -> Result<u64, Refusal> {
    fields.whole("id", 1..=i64::MAX as u64)
}

fn plugin(fields: &mut Fields) -> Result<String, Refusal> {
    fields.text("plugin", 64)
}

fn prefix(fields: &mut Fields) -> Result<String, Refusal> {
    match fields.optional("prefix") {
        None => Ok(String::new()),
        Some(Value::String(text)) if text.len() <= 255 && !text.contains('\0') => Ok(text),
        Some(other) => Err(Refusal::not("prefix", &other, "a text of at most 255 bytes")),
    }
}

fn value(fields: &mut Fields) -> Result<Value, Refusal> {
    let value = fields.any("value")?;
    let bytes = value.to_string().len();
    if bytes > MOST_VALUE_BYTES {
        let problem = Problem::TooLarge { bytes, most: MOST_VALUE_BYTES };
        return Err(Refusal::new("value", problem));
    }
    Ok(value)
}

fn query(fields: &mut Fields) -> Result<Query, Refusal> {
    let kind = fields.optional_text("kind", 129)?;
    let subject = fields.optional_text("subject", 255)?;
    let told =
        |name: &str, text: &Option<String>, is_right: fn(&str) -> bool, wanted: &str| match text
            .as_ref()
            .filter(|text| !is_right(text))
        {
            Some(text) => Err(Refusal::not(name, &Value::String(text.clone()), wanted)),
            None => Ok(()),
        };
    told("kind", &kind, is_kind, "a kind of event")?;
    told("subject", &subject, is_pattern, "a subject or a pattern")?;
    Ok(Query {
        kind,
        subject,
        username: fields.optional_text("username", 255)?,
        correlation_id: fields.optional_uuid("correlation_id")?,
        since_ms: fields.optional_whole("since_ms", 0..=LAST_MS)?,
        until_ms: fields.optional_whole("until_ms", 0..=LAST_MS)?,
        after: match fields.optional_object("after")? {
            None => None,
            Some(mut after) => {
                let cursor = Cursor {
                    timestamp_ms: after.whole("timestamp_ms", 0..=LAST_MS)?,
                    id: after.uuid("id")?,
                };
                after.end()?;
                Some(cursor)
            }
        },
        limit: limit(fields, 100)?,
    })
}
