//! Reading a JSON object from outside, field by field: what is missing, too large or not asked for
//! is refused by its name and its value.

use std::fmt;
use std::ops::RangeInclusive;

use serde_json::{Map, Value};
use thiserror::Error;
use uuid::Uuid;

/// Why a message is not taken.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{field} {problem}")]
pub struct Refusal {
    /// Where, `data.media.title` for one; `the event` for the whole of it.
    pub field: String,
    pub problem: Problem,
}

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Problem {
    #[error("is not JSON: {0}")]
    NotJson(String),
    #[error("is missing")]
    Missing,
    #[error("is {0}, which nobody asked for")]
    Unknown(String),
    #[error("is {is}, not {wanted}")]
    Not { is: String, wanted: String },
    #[error("has {bytes} bytes, and at most {most} are taken")]
    TooLarge { bytes: usize, most: usize },
    #[error("has values in each other more than {most} deep")]
    TooDeep { most: usize },
}

impl Refusal {
    #[must_use]
    pub fn new(field: impl Into<String>, problem: Problem) -> Refusal {
        Refusal { field: field.into(), problem }
    }

    #[must_use]
    pub fn not(field: impl Into<String>, is: &Value, wanted: impl fmt::Display) -> Refusal {
        Refusal::new(field, Problem::Not { is: shown(is), wanted: wanted.to_string() })
    }
}

/// How deep values may lie in each other. A reader goes twice as deep and more, so that what was
/// stored can be sent as a part of something else.
const DEEPEST: usize = 50;

/// The value in the bytes, which are called `whole`.
pub fn json(whole: &str, bytes: &[u8], most: usize) -> Result<Value, Refusal> {
    if bytes.len() > most {
        return Err(Refusal::new(whole, Problem::TooLarge { bytes: bytes.len(), most }));
    }
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|error| Refusal::new(whole, Problem::NotJson(error.to_string())))?;
    fits(whole, &value, 0)?;
    Ok(value)
}

/// Refuses a value that lies too deep once it lies in so many others.
pub fn fits(field: &str, value: &Value, within: usize) -> Result<(), Refusal> {
    if is_deeper(value, DEEPEST - within) {
        return Err(Refusal::new(field, Problem::TooDeep { most: DEEPEST }));
    }
    Ok(())
}

fn is_deeper(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels == 0 || items.iter().any(|item| is_deeper(item, levels - 1)),
        Value::Object(fields) => {
            levels == 0 || fields.values().any(|field| is_deeper(field, levels - 1))
        }
        _ => false,
    }
}

/// The fields of an object that were not taken yet.
#[derive(Debug)]
pub struct Fields {
    /// Before the names, `data.` for one.
    path: String,
    fields: Map<String, Value>,
}

impl Fields {
    /// The object in the bytes, which are called `whole`.
    pub fn parse(whole: &str, bytes: &[u8], most: usize) -> Result<Fields, Refusal> {
        Fields::of(whole, "", json(whole, bytes, most)?)
    }

    pub fn of(whole: &str, path: &str, value: Value) -> Result<Fields, Refusal> {
        match value {
            Value::Object(fields) => Ok(Fields { path: path.to_owned(), fields }),
            other => Err(Refusal::not(whole, &other, "an object")),
        }
    }

    /// A field of any kind; `null` counts as absent.
    pub fn optional(&mut self, name: &str) -> Option<Value> {
        self.fields.remove(name).filter(|value| !value.is_null())
    }

    /// A field of any kind, `null` included.
    pub fn any(&mut self, name: &str) -> Result<Value, Refusal> {
        self.fields.remove(name).ok_or_else(|| self.missing(name))
    }

    pub fn optional_text(&mut self, name: &str, most: usize) -> Result<Option<String>, Refusal> {
        let Some(value) = self.optional(name) else { return Ok(None) };
        let field = self.named(name);
        let Value::String(text) = value else { return Err(Refusal::not(field, &value, "a text")) };
        if text.len() > most {
            return Err(Refusal::new(field, Problem::TooLarge { bytes: text.len(), most }));
        }
        if text.is_empty() || text.contains('\0') {
            let value = Value::String(text);
            return Err(Refusal::not(field, &value, "a text of one or more characters, none NUL"));
        }
        Ok(Some(text))
    }

    pub fn text(&mut self, name: &str, most: usize) -> Result<String, Refusal> {
        self.optional_text(name, most)?.ok_or_else(|| self.missing(name))
    }

    pub fn optional_whole(
        &mut self,
        name: &str,
        range: RangeInclusive<u64>,
    ) -> Result<Option<u64>, Refusal> {
        let Some(value) = self.optional(name) else { return Ok(None) };
        match value.as_u64().filter(|number| range.contains(number)) {
            Some(number) => Ok(Some(number)),
            None => {
                let wanted = format!("a whole number from {} to {}", range.start(), range.end());
                Err(Refusal::not(self.named(name), &value, wanted))
            }
        }
    }

    pub fn whole(&mut self, name: &str, range: RangeInclusive<u64>) -> Result<u64, Refusal> {
        self.optional_whole(name, range)?.ok_or_else(|| self.missing(name))
    }

    pub fn optional_flag(&mut self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.optional(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(other) => Err(Refusal::not(self.named(name), &other, "true or false")),
        }
    }

    pub fn optional_uuid(&mut self, name: &str) -> Result<Option<Uuid>, Refusal> {
        let Some(value) = self.optional(name) else { return Ok(None) };
        // Only the usual form, so that one id has one text.
        let usual = value.as_str().filter(|text| text.len() == 36);
        match usual.and_then(|text| Uuid::try_parse(text).ok()) {
            Some(id) => Ok(Some(id)),
            None => Err(Refusal::not(self.named(name), &value, "a UUID")),
        }
    }

    pub fn uuid(&mut self, name: &str) -> Result<Uuid, Refusal> {
        self.optional_uuid(name)?.ok_or_else(|| self.missing(name))
    }

    /// The fields of an object within.
    pub fn optional_object(&mut self, name: &str) -> Result<Option<Fields>, Refusal> {
        let Some(value) = self.optional(name) else { return Ok(None) };
        let field = self.named(name);
        Fields::of(&field, &format!("{field}."), value).map(Some)
    }

    pub fn object(&mut self, name: &str) -> Result<Fields, Refusal> {
        self.optional_object(name)?.ok_or_else(|| self.missing(name))
    }

    /// All that is left, for an object with names of its own.
    #[must_use]
    pub fn rest(self) -> Map<String, Value> {
        self.fields
    }

    /// Refuses what is left.
    pub fn end(self) -> Result<(), Refusal> {
        match self.fields.iter().next() {
            None => Ok(()),
            Some((name, value)) => {
                Err(Refusal::new(self.named(name), Problem::Unknown(shown(value))))
            }
        }
    }

    #[must_use]
    pub fn missing(&self, name: &str) -> Refusal {
        Refusal::new(self.named(name), Problem::Missing)
    }

    #[must_use]
    pub fn named(&self, name: &str) -> String {
        format!("{}{name}", self.path)
    }
}

/// The value in at most sixty characters.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}
