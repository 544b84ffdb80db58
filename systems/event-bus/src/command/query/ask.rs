//! What can be asked, as people type it.

use clap::Subcommand;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::command::BadInput;
use crate::operation::{self, Operation};

#[derive(Debug, Subcommand)]
pub enum Ask {
    /// The channel as a whole: most users, busiest chatters, most played media
    Stats,
    /// One user
    User { username: String },
    /// The last messages of the chat
    Recent {
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Stored events, oldest first
    Events(Events),
    /// Values that plugins keep
    #[command(subcommand)]
    Kv(Kv),
    /// Messages that are to be sent to the channel
    #[command(subcommand)]
    Outbound(Outbound),
    /// The service's database
    Health,
    /// The steps of the database's schema
    Migrations,
    /// Any operation by its name, with its request as JSON
    Raw {
        operation: String,
        #[arg(default_value = "{}")]
        request: String,
    },
}

#[derive(Debug, clap::Args)]
pub struct Events {
    /// Of this kind, for example chat.message
    #[arg(long)]
    kind: Option<String>,
    /// Published to subjects of this pattern
    #[arg(long)]
    subject: Option<String>,
    /// About this user
    #[arg(long)]
    username: Option<String>,
    /// That belong together by this id
    #[arg(long)]
    correlation: Option<Uuid>,
    /// From this time on, in milliseconds since 1970
    #[arg(long, value_name = "MS")]
    since: Option<u64>,
    /// Before this time, in milliseconds since 1970
    #[arg(long, value_name = "MS")]
    until: Option<u64>,
    /// Behind an earlier page: its `next`, TIMESTAMP_MS/ID
    #[arg(long, value_parser = cursor)]
    after: Option<operation::Cursor>,
    #[arg(long, default_value_t = 100)]
    limit: u32,
}

#[derive(Debug, Subcommand)]
pub enum Kv {
    /// The value of a key
    Get { plugin: String, key: String },
    /// Give a key a value in JSON
    Set {
        plugin: String,
        key: String,
        value: String,
        /// Seconds after which it is gone
        #[arg(long, value_name = "SECONDS")]
        ttl: Option<u64>,
    },
    /// Remove a key
    Delete { plugin: String, key: String },
    /// The keys that begin so
    List {
        plugin: String,
        #[arg(default_value = "")]
        prefix: String,
        #[arg(long, default_value_t = 1000)]
        limit: u32,
    },
}

#[derive(Debug, Subcommand)]
pub enum Outbound {
    /// Queue a message
    Put { message: String },
    /// Those whose time has come
    Get {
        #[arg(long, default_value_t = 50)]
        limit: u32,
        #[arg(long, value_name = "N", default_value_t = 3)]
        max_retries: u32,
    },
    /// One was sent
    Sent { id: u64 },
    /// One could not be sent
    Failed { id: u64, error: String },
}

impl Ask {
    /// The name of the operation and its request; whatever is wrong with it is told here already,
    /// with the words of the service.
    pub fn request(&self) -> Result<(String, Vec<u8>), BadInput> {
        let (name, request) = self.parts()?;
        let payload = request.to_string().into_bytes();
        if !matches!(self, Ask::Raw { .. }) {
            Operation::read(name, &payload).map_err(|failure| BadInput(failure.message))?;
        }
        Ok((name.to_owned(), payload))
    }

    fn parts(&self) -> Result<(&str, Value), BadInput> {
        let json = |what: &str, text: &str| {
            let read = serde_json::from_str::<Value>(text);
            read.map_err(|error| BadInput(format!("the {what} is not JSON: {error}")))
        };
        Ok(match self {
            Ask::Stats => ("stats", json!({})),
            Ask::User { username } => ("user", json!({ "username": username })),
            Ask::Recent { limit } => ("chat.recent", json!({ "limit": limit })),
            Ask::Events(events) => ("events", events.request()),
            Ask::Kv(Kv::Get { plugin, key }) => ("kv.get", json!({ "plugin": plugin, "key": key })),
            Ask::Kv(Kv::Set { plugin, key, value, ttl }) => {
                let value = json("value", value)?;
                let request =
                    json!({ "plugin": plugin, "key": key, "value": value, "ttl_seconds": ttl });
                ("kv.set", request)
            }
            Ask::Kv(Kv::Delete { plugin, key }) => {
                ("kv.delete", json!({ "plugin": plugin, "key": key }))
            }
            Ask::Kv(Kv::List { plugin, prefix, limit }) => {
                ("kv.list", json!({ "plugin": plugin, "prefix": prefix, "limit": limit }))
            }
            Ask::Outbound(Outbound::Put { message }) => {
                ("outbound.put", json!({ "message": message }))
            }
            Ask::Outbound(Outbound::Get { limit, max_retries }) => {
                ("outbound.get", json!({ "limit": limit, "max_retries": max_retries }))
            }
            Ask::Outbound(Outbound::Sent { id }) => ("outbound.sent", json!({ "id": id })),
            Ask::Outbound(Outbound::Failed { id, error }) => {
                ("outbound.failed", json!({ "id": id, "error": error }))
            }
            Ask::Health => ("health", json!({})),
            Ask::Migrations => ("migrate.status", json!({})),
            Ask::Raw { operation, request } => (operation, json("request", request)?),
        })
    }
}

impl Events {
    fn request(&self) -> Value {
        let query = operation::Query {
            kind: self.kind.clone(),
            subject: self.subject.clone(),
            username: self.username.clone(),
            correlation_id: self.correlation,
            since_ms: self.since,
            until_ms: self.until,
            after: self.after,
            limit: self.limit,
        };
        json!(query)
    }
}

fn cursor(text: &str) -> Result<operation::Cursor, String> {
    let parts =
        text.split_once('/').and_then(|(ms, id)| Some((ms.parse().ok()?, id.parse().ok()?)));
    let (timestamp_ms, id) = parts.ok_or("it is TIMESTAMP_MS/ID, both from `next` of a page")?;
    Ok(operation::Cursor { timestamp_ms, id })
}
