//! The envelope of an event: who says what happened, and when. Its id is a UUID of version 7, and
//! an event with an id that was stored before is the same event.

mod body;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::fields::{Fields, Problem, Refusal};

pub use self::body::{
    Body, Change, Counts, Media, Message, Open, Person, Private, SHAPED_GROUPS, is_kind,
};

/// Bytes of an event in JSON at most.
pub const MOST_BYTES: usize = 262_144;

/// The last millisecond of the year 9999.
pub const LAST_MS: u64 = 253_402_300_799_999;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Value")]
pub struct Event {
    pub id: Uuid,
    /// Where it was published, if the producer says so.
    pub subject: Option<String>,
    pub body: Body,
    /// The version of the body's form.
    pub version: u16,
    pub source: String,
    pub correlation_id: Option<Uuid>,
    /// When it happened by the clock of the producer, in milliseconds since 1970.
    pub timestamp_ms: u64,
    pub priority: Priority,
    pub metadata: Map<String, Value>,
}

/// Carried, and never used to overtake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    Low = 1,
    #[default]
    Normal = 2,
    High = 3,
    Critical = 4,
}

impl Event {
    /// An event that nobody asked for, with nothing said about it.
    #[must_use]
    pub fn new(id: Uuid, source: impl Into<String>, timestamp_ms: u64, body: Body) -> Event {
        Event {
            id,
            subject: None,
            body,
            version: 1,
            source: source.into(),
            correlation_id: None,
            timestamp_ms,
            priority: Priority::Normal,
            metadata: Map::new(),
        }
    }

    /// Reads an event; whatever is wrong with it is named.
    pub fn decode(bytes: &[u8]) -> Result<Event, Refusal> {
        read(Fields::parse("the event", bytes, MOST_BYTES)?)
    }

    /// The event in JSON.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts, numbers and maps with texts as keys")
    }

    /// `chat.message` for one.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.body.kind()
    }

    /// Whom it is about.
    #[must_use]
    pub fn username(&self) -> Option<&str> {
        self.body.username()
    }
}

impl Priority {
    #[must_use]
    pub fn from_number(number: u64) -> Option<Priority> {
        [Priority::Low, Priority::Normal, Priority::High, Priority::Critical]
            .into_iter()
            .find(|priority| *priority as u64 == number)
    }
}

impl TryFrom<Value> for Event {
    type Error = Refusal;

    fn try_from(value: Value) -> Result<Event, Refusal> {
        read(Fields::of("the event", "", value)?)
    }
}

fn read(mut fields: Fields) -> Result<Event, Refusal> {
    let id = fields.uuid("id")?;
    if id.get_version_num() != 7 {
        let is = Value::String(id.to_string());
        return Err(Refusal::not("id", &is, "a UUID of version 7"));
    }
    let subject = fields.optional_text("subject", 255)?;
    if let Some(subject) = subject.as_ref().filter(|text| !tollgate_bus::subject::is_subject(text))
    {
        let is = Value::String(subject.clone());
        return Err(Refusal::not("subject", &is, "a subject without wildcards"));
    }
    let kind = fields.text("kind", 129)?;
    let version = fields.whole("version", 1..=u64::from(u16::MAX))? as u16;
    let event = Event {
        id,
        subject,
        body: Body::read(&kind, version, fields.object("data")?)?,
        version,
        source: fields.text("source", 128)?,
        correlation_id: fields.optional_uuid("correlation_id")?,
        timestamp_ms: fields.whole("timestamp_ms", 0..=LAST_MS)?,
        priority: match fields.optional_whole("priority", 1..=4)? {
            None => Priority::Normal,
            Some(number) => Priority::from_number(number)
                .ok_or_else(|| Refusal::new("priority", Problem::Missing))?,
        },
        metadata: fields.optional_object("metadata")?.map(Fields::rest).unwrap_or_default(),
    };
    fields.end()?;
    Ok(event)
}

/// The event as it is written, its fields in this order.
#[derive(Serialize)]
struct Written<'a> {
    id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    kind: &'a str,
    version: u16,
    source: &'a str,
    data: &'a Body,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<Uuid>,
    timestamp_ms: u64,
    priority: u8,
    #[serde(skip_serializing_if = "Map::is_empty")]
    metadata: &'a Map<String, Value>,
}

impl Serialize for Event {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = Written {
            id: self.id,
            subject: self.subject.as_deref(),
            kind: self.kind(),
            version: self.version,
            source: &self.source,
            data: &self.body,
            correlation_id: self.correlation_id,
            timestamp_ms: self.timestamp_ms,
            priority: self.priority as u8,
            metadata: &self.metadata,
        };
        written.serialize(serializer)
    }
}
