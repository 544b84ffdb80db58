//! What is said on a connection, in either direction: JSON objects with a type.

use std::borrow::Cow;

use axum::body::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::service::clock;

/// What a client says. Whatever else stands in the object is not read.
#[derive(Debug, Deserialize)]
pub struct Incoming<'a> {
    #[serde(rename = "type", borrow)]
    pub kind: Cow<'a, str>,
    #[serde(default)]
    pub stream_id: Option<String>,
    #[serde(default, borrow)]
    payload: Option<&'a RawValue>,
}

/// What a client is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    pub text: String,
    /// What follows at once, as a binary message of its own.
    pub cells: Option<Bytes>,
}

#[derive(Serialize)]
struct Envelope<'a, T> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_id: Option<&'a str>,
    timestamp: u64,
    payload: T,
}

/// The longest name of a stream.
pub const LONGEST_ID: usize = 64;

impl<'a> Incoming<'a> {
    pub fn read(text: &'a str) -> Result<Incoming<'a>, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The text of the payload, if there is one.
    pub fn payload(&self) -> Option<&'a str> {
        self.payload.map(RawValue::get)
    }
}

impl Outgoing {
    pub fn new(kind: &str, stream_id: Option<&str>, payload: impl Serialize) -> Outgoing {
        let envelope = Envelope { kind, stream_id, timestamp: clock::now_ms(), payload };
        let text = serde_json::to_string(&envelope).expect("payloads have names and numbers alone");
        Outgoing { text, cells: None }
    }

    /// Bytes that wait to be sent.
    pub fn size(&self) -> usize {
        self.text.len() + self.cells.as_ref().map_or(0, Bytes::len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_needs_a_type_and_nothing_else() {
        let read =
            Incoming::read(r#"{"type": "pong", "timestamp": "never", "more": [1]}"#).unwrap();
        assert_eq!((&*read.kind, read.stream_id.is_none(), read.payload()), ("pong", true, None));
        let read = Incoming::read(r#"{"type": "auth", "payload": {"a": 1}}"#).unwrap();
        assert_eq!(read.payload(), Some(r#"{"a": 1}"#));
        for bad in ["", "{}", "[]", "null", r#"{"type": 1}"#, r#"{"type": "a", "stream_id": 2}"#] {
            assert!(Incoming::read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_told_is_read_again() {
        let told = Outgoing::new("error", Some("a \"b\""), serde_json::json!({ "message": "no" }));
        let read = Incoming::read(&told.text).unwrap();
        assert_eq!((&*read.kind, read.stream_id.as_deref()), ("error", Some("a \"b\"")));
        assert_eq!(read.payload(), Some(r#"{"message":"no"}"#));
        assert!(!Outgoing::new("init", None, ()).text.contains("stream_id"));
    }
}
