//! What goes over the bus.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;

use crate::headers::Headers;

/// A message, cheap to copy: its parts are shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub subject: Subject,
    /// Where an answer is expected.
    pub reply: Option<Subject>,
    pub headers: Option<Headers>,
    pub payload: Bytes,
}

impl Message {
    pub fn new(subject: impl Into<Subject>, payload: impl Into<Bytes>) -> Message {
        Message { subject: subject.into(), reply: None, headers: None, payload: payload.into() }
    }

    /// What counts against the limit: the headers as they are encoded, and the payload.
    #[must_use]
    pub fn size(&self) -> usize {
        self.headers.as_ref().map_or(0, |headers| headers.as_bytes().len()) + self.payload.len()
    }
}

/// A subject or a pattern, shared by all messages that name it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject(Arc<str>);

impl Deref for Subject {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

// A map from subjects is asked by text: both hash alike.
impl Borrow<str> for Subject {
    fn borrow(&self) -> &str {
        self
    }
}

impl AsRef<str> for Subject {
    fn as_ref(&self) -> &str {
        self
    }
}

impl From<&str> for Subject {
    fn from(text: &str) -> Subject {
        Subject(text.into())
    }
}

impl From<String> for Subject {
    fn from(text: String) -> Subject {
        Subject(text.into())
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
