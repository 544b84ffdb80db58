//! Where messages go: `{prefix}.events.{group}.{action}` and `{prefix}.db.{operation}`, and who
//! gets what is sent to a subject.

#[cfg(test)]
mod tests;

use serde_json::Value;
use tollgate_bus::subject::{is_pattern, is_subject, matches};

use crate::fields::Refusal;

/// What all subjects of a deployment begin with: `rosey`, or `rosey.staging` for an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix(String);

/// What a subject means under a prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address<'a> {
    /// An event of this kind.
    Event { kind: &'a str },
    /// A request to this operation.
    Request { operation: &'a str },
}

impl Default for Prefix {
    fn default() -> Prefix {
        Prefix("rosey".to_owned())
    }
}

impl Prefix {
    /// One or more tokens.
    pub fn new(text: &str) -> Result<Prefix, Refusal> {
        if text.len() > 100 || !is_subject(text) {
            let is = Value::String(text.to_owned());
            return Err(Refusal::not("the prefix", &is, "tokens joined by dots, up to 100 bytes"));
        }
        Ok(Prefix(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The subject of events of a kind.
    #[must_use]
    pub fn event(&self, kind: &str) -> String {
        format!("{}.events.{kind}", self.0)
    }

    /// The pattern of all events.
    #[must_use]
    pub fn events(&self) -> String {
        format!("{}.events.>", self.0)
    }

    /// The subject of requests to an operation.
    #[must_use]
    pub fn request(&self, operation: &str) -> String {
        format!("{}.db.{operation}", self.0)
    }

    /// The pattern of all requests.
    #[must_use]
    pub fn requests(&self) -> String {
        format!("{}.db.>", self.0)
    }

    /// What the subject means here.
    #[must_use]
    pub fn parse<'a>(&self, subject: &'a str) -> Option<Address<'a>> {
        if !is_subject(subject) {
            return None;
        }
        let rest = subject.strip_prefix(&self.0)?.strip_prefix('.')?;
        if let Some(kind) = rest.strip_prefix("events.") {
            return Some(Address::Event { kind });
        }
        rest.strip_prefix("db.").map(|operation| Address::Request { operation })
    }
}

/// Who gets what: patterns, each with a target, in the order in which they were added.
#[derive(Clone, Debug)]
pub struct Router<T> {
    routes: Vec<(String, T)>,
}

impl<T> Default for Router<T> {
    fn default() -> Router<T> {
        Router { routes: Vec::new() }
    }
}

impl<T> Router<T> {
    pub fn add(&mut self, pattern: &str, target: T) -> Result<(), Refusal> {
        if !is_pattern(pattern) {
            let is = Value::String(pattern.to_owned());
            return Err(Refusal::not("the pattern", &is, "tokens joined by dots, with * and >"));
        }
        self.routes.push((pattern.to_owned(), target));
        Ok(())
    }

    /// The targets of every pattern that fits.
    pub fn route<'a>(&'a self, subject: &'a str) -> impl Iterator<Item = &'a T> {
        let fitting = self.routes.iter().filter(|(pattern, _)| matches(pattern, subject));
        fitting.map(|(_, target)| target)
    }
}
