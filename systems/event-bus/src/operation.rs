//! What the service can be asked, over `{prefix}.db.{operation}`, and the one form of its answers.

mod failure;
mod read;
mod reply;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::row::{Schema, Sort};

pub use self::failure::{Code, Failure};
pub use self::reply::{
    Channel, ChatLine, Chatter, Deleted, Found, Health, HighWater, Ids, Keys, Migrations, Outbound,
    Page, Play, Queued, Reply, Rows, Stats, Step, Updated, User, Valued, read_answer, write_answer,
};

/// Bytes of a request at most: a value of a key, and what is around it.
pub const MOST_BYTES: usize = 131_072;

/// Bytes of a value in JSON at most.
pub const MOST_VALUE_BYTES: usize = 65_536;

/// A request, whose payload is the JSON object of its fields.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Operation {
    /// `stats`: the channel as a whole.
    Stats {},
    /// `user`: one user.
    User { username: String },
    /// `chat.recent`: the last messages, oldest first.
    RecentChat { limit: u32 },
    /// `events`: stored events, oldest first.
    Events(Query),
    /// `outbound.put`: a message that is to be sent to the channel.
    OutboundPut { message: String },
    /// `outbound.get`: those whose time has come.
    OutboundGet { limit: u32, max_retries: u32 },
    /// `outbound.sent`: it was sent.
    OutboundSent { id: u64 },
    /// `outbound.failed`: it could not be sent, and is tried again later.
    OutboundFailed { id: u64, error: String },
    /// `kv.set`
    KvSet {
        plugin: String,
        key: String,
        value: Value,
        #[serde(skip_serializing_if = "Option::is_none")]
        ttl_seconds: Option<u64>,
    },
    /// `kv.get`
    KvGet { plugin: String, key: String },
    /// `kv.delete`
    KvDelete { plugin: String, key: String },
    /// `kv.list`: the keys that begin so, in order.
    KvList { plugin: String, prefix: String, limit: u32 },
    /// `row.register`: a table of a plugin's own.
    RowRegister { plugin: String, table: String, schema: Schema },
    /// `row.insert`: one row or several.
    RowInsert { plugin: String, table: String, data: Vec<Map<String, Value>> },
    /// `row.select`
    RowSelect { plugin: String, table: String, id: u64 },
    /// `row.update`: what [`crate::row::Update`] reads.
    RowUpdate { plugin: String, table: String, id: u64, operations: Map<String, Value> },
    /// `row.delete`
    RowDelete { plugin: String, table: String, id: u64 },
    /// `row.search`
    RowSearch(Search),
    /// `migrate.status`
    MigrateStatus {},
    /// `health`
    Health {},
    /// `echo`: what was sent.
    Echo(Value),
}

/// Which stored events are wanted.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Query {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// A subject, or a pattern with `*` and `>`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<Uuid>,
    /// From this time of the producer's on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since_ms: Option<u64>,
    /// Before this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<u64>,
    /// Behind this one: the `next` of an earlier page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Cursor>,
    pub limit: u32,
}

/// Which rows of a table are wanted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Search {
    pub plugin: String,
    pub table: String,
    /// What [`crate::row::Filter`] reads.
    pub filters: Map<String, Value>,
    pub sort: Vec<Sort>,
    pub limit: u32,
    pub offset: u32,
}

/// A place in the order of the events, which is that of their times and, within one, of their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cursor {
    pub timestamp_ms: u64,
    pub id: Uuid,
}

impl Operation {
    /// Reads the request to an operation, by its name and its payload.
    pub fn read(name: &str, payload: &[u8]) -> Result<Operation, Failure> {
        read::read(name, payload)
    }

    /// What follows `{prefix}.db.` in its subject.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Operation::Stats {} => "stats",
            Operation::User { .. } => "user",
            Operation::RecentChat { .. } => "chat.recent",
            Operation::Events(_) => "events",
            Operation::OutboundPut { .. } => "outbound.put",
            Operation::OutboundGet { .. } => "outbound.get",
            Operation::OutboundSent { .. } => "outbound.sent",
            Operation::OutboundFailed { .. } => "outbound.failed",
            Operation::KvSet { .. } => "kv.set",
            Operation::KvGet { .. } => "kv.get",
            Operation::KvDelete { .. } => "kv.delete",
            Operation::KvList { .. } => "kv.list",
            Operation::RowRegister { .. } => "row.register",
            Operation::RowInsert { .. } => "row.insert",
            Operation::RowSelect { .. } => "row.select",
            Operation::RowUpdate { .. } => "row.update",
            Operation::RowDelete { .. } => "row.delete",
            Operation::RowSearch(_) => "row.search",
            Operation::MigrateStatus {} => "migrate.status",
            Operation::Health {} => "health",
            Operation::Echo(_) => "echo",
        }
    }

    /// Whether it changes what is stored, so that it belongs to the writer.
    #[must_use]
    pub fn is_write(&self) -> bool {
        matches!(
            self,
            Operation::OutboundPut { .. }
                | Operation::OutboundSent { .. }
                | Operation::OutboundFailed { .. }
                | Operation::KvSet { .. }
                | Operation::KvDelete { .. }
                | Operation::RowRegister { .. }
                | Operation::RowInsert { .. }
                | Operation::RowUpdate { .. }
                | Operation::RowDelete { .. }
        )
    }

    /// The payload of the request.
    #[must_use]
    pub fn payload(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts, numbers and maps with texts as keys")
    }
}
