//! Values of answers that later requests use.

use std::sync::Arc;

use super::{Answer, Fault, json};
use crate::workload::{Capture, Origin};

/// What a user captured so far. A later value hides an earlier one of the same name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captured {
    values: Vec<(Arc<str>, String)>,
}

/// What is to be captured from the answers to a request.
#[derive(Clone, Debug, Default)]
pub struct Captures {
    captures: Vec<(Arc<str>, Origin)>,
}

impl Captured {
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.values.iter().rev().find(|(known, _)| **known == *name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn push(&mut self, name: Arc<str>, value: String) {
        self.values.push((name, value));
    }

    /// How many values there are, hidden ones included; see `truncate`.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Forgets what was captured after there were `len` values: at the end of a task, its own.
    pub fn truncate(&mut self, len: usize) {
        self.values.truncate(len);
    }

    /// The values alone, in the order captured; for what must not appear in reports.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(|(_, value)| value.as_str())
    }
}

impl Captures {
    #[must_use]
    pub fn new(captures: &[Capture]) -> Captures {
        let compiled = |capture: &Capture| (capture.name.as_str().into(), capture.from.clone());
        Captures { captures: captures.iter().map(compiled).collect() }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.captures.is_empty()
    }

    #[must_use]
    pub fn needs_body(&self) -> bool {
        self.captures.iter().any(|(_, from)| matches!(from, Origin::Json(_)))
    }

    #[must_use]
    pub fn needs_headers(&self) -> bool {
        self.captures.iter().any(|(_, from)| !matches!(from, Origin::Json(_)))
    }

    /// Adds what the answer has; at the first value it does not have, a fault, with the values
    /// before it added.
    pub fn extract(&self, answer: &Answer<'_>, into: &mut Captured) -> Result<(), Fault> {
        for (name, from) in &self.captures {
            let value = match from {
                Origin::Json(pointer) => {
                    let value = answer.json().and_then(|body| body.pointer(pointer));
                    value.map(|value| json::text(value).into_owned())
                }
                Origin::Header(header) => answer.values(header).next().and_then(text),
                Origin::Cookie(cookie) => set_cookie(answer, cookie),
            };
            let value = value.ok_or_else(|| Fault::Capture { name: name.to_string() })?;
            into.push(Arc::clone(name), value);
        }
        Ok(())
    }
}

fn text(value: &[u8]) -> Option<String> {
    std::str::from_utf8(value.trim_ascii()).ok().map(str::to_owned)
}

/// The value the answer gives a cookie; the last one, as it replaces those before it.
fn set_cookie(answer: &Answer<'_>, cookie: &str) -> Option<String> {
    let pairs = answer.values("set-cookie").filter_map(crate::cookies::pair);
    let value = pairs.filter(|(name, _)| *name == cookie).last();
    value.map(|(_, value)| value.to_owned())
}
