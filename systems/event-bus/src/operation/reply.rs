//! What an operation answers, inside `{"success": true, "data": ...}`.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Code, Cursor, Failure};
use crate::event::Event;
use uuid::Uuid;

/// The `data` of an answer, by operation.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Reply {
    Stats(Stats),
    User(User),
    RecentChat(Vec<ChatLine>),
    Events(Page),
    OutboundPut(Queued),
    OutboundGet(Vec<Outbound>),
    /// `outbound.sent`, `outbound.failed`, `kv.set` and `row.register` have nothing to say.
    Done {},
    KvGet(Valued),
    /// `kv.delete` and `row.delete`
    Deleted(Deleted),
    KvList(Keys),
    RowInsert(Ids),
    RowSelect(Found),
    RowUpdate(Updated),
    RowSearch(Rows),
    Migrations(Migrations),
    Health(Health),
    Echo(Value),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    pub channel: Channel,
    /// The ten with the most messages.
    pub top_chatters: Vec<Chatter>,
    pub total_users_seen: u64,
    /// The ten media that were played most.
    pub top_media: Vec<Play>,
}

/// The most that were ever in the channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    pub chat_users: Option<HighWater>,
    pub connected_users: Option<HighWater>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HighWater {
    pub users: u64,
    pub timestamp_ms: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chatter {
    pub username: String,
    pub chat_lines: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Play {
    pub r#type: String,
    pub id: String,
    pub title: String,
    pub plays: u64,
    pub last_played_ms: u64,
}

/// What is known about a user, by the clocks of the producers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub username: String,
    pub first_seen_ms: u64,
    pub last_seen_ms: u64,
    pub chat_lines: u64,
    /// Of the sessions that have ended.
    pub connected_ms: u64,
    /// Since when the user is here.
    pub session_start_ms: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatLine {
    pub id: Uuid,
    pub timestamp_ms: u64,
    pub username: String,
    pub message: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page {
    pub events: Vec<Event>,
    /// There may be more behind this one; a page may have fewer events than asked for.
    pub next: Option<Cursor>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queued {
    pub id: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outbound {
    pub id: u64,
    pub timestamp_ms: u64,
    pub message: String,
    pub retry_count: u64,
    pub last_error: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Valued {
    pub exists: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    pub deleted: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    pub keys: Vec<String>,
    pub count: u64,
    /// There are more than the limit.
    pub truncated: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ids {
    pub ids: Vec<u64>,
    pub created: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Found {
    pub exists: bool,
    /// With `id`, `created_at` and `updated_at`, the latter two in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Map<String, Value>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Updated {
    /// Whether there is such a row.
    pub updated: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    pub rows: Vec<Map<String, Value>>,
    pub count: u64,
    /// More rows fit the filter behind these.
    pub truncated: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migrations {
    pub current_version: u32,
    pub applied: Vec<Step>,
    pub pending: Vec<Step>,
}

/// A step of the schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub version: u32,
    pub name: String,
    /// SHA-256 of what it does, in hexadecimal digits.
    pub checksum: String,
    /// When it was taken, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied_ms: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// `sqlite` or `postgres`.
    pub backend: String,
    /// Its version, in its own words.
    pub backend_version: String,
    /// What a commit survives, `process` or `disk`.
    pub durability: String,
    pub schema_version: u32,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Written<'a> {
    Success { success: bool, data: &'a Reply },
    Failure { success: bool, error: &'a Failure },
}

/// An answer in JSON.
#[must_use]
pub fn write_answer(answer: &Result<Reply, Failure>) -> Vec<u8> {
    let written = match answer {
        Ok(data) => Written::Success { success: true, data },
        Err(error) => Written::Failure { success: false, error },
    };
    serde_json::to_vec(&written).expect("texts, numbers and maps with texts as keys")
}

/// Reads an answer, for who has asked.
pub fn read_answer<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Answer {
        success: bool,
        data: Option<Value>,
        error: Option<Failure>,
    }
    let strange = |what: String| Failure::new(Code::InvalidJson, format!("the answer {what}"));
    let answer: Answer =
        serde_json::from_slice(bytes).map_err(|error| strange(format!("is not one: {error}")))?;
    match answer {
        Answer { success: false, data: None, error: Some(failure) } => Err(failure),
        Answer { success: true, data, error: None } => {
            serde_json::from_value(data.unwrap_or_default())
                .map_err(|error| strange(format!("has other data: {error}")))
        }
        _ => Err(strange("is neither a success nor a failure".to_owned())),
    }
}
