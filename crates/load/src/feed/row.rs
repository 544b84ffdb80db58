//! A row of a feed and its fields.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

/// One row: the text it was read from, and what is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    feed: Arc<str>,
    number: u64,
    raw: String,
    fields: Fields,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fields {
    Json(Value),
    Csv {
        names: Arc<[String]>,
        values: Vec<String>,
    },
    /// A line of text has none.
    None,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("feed `{feed}`, row {row}: no field `{field}`")]
pub struct FieldError {
    pub feed: String,
    /// Counted from 1.
    pub row: u64,
    pub field: String,
}

impl Row {
    pub(super) fn new(feed: &Arc<str>, number: u64, raw: String, fields: Fields) -> Row {
        Row { feed: Arc::clone(feed), number, raw, fields }
    }

    /// A row of one JSON value.
    #[must_use]
    pub fn from_json(feed: &str, number: u64, value: Value) -> Row {
        Row::new(&feed.into(), number, value.to_string(), Fields::Json(value))
    }

    /// The name of its feed.
    #[must_use]
    pub fn feed(&self) -> &str {
        &self.feed
    }

    /// Counted from 1 in the order of the source.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The text of the row as it was read, without the end of its line.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// A field: of CSV by the name of its column, dots included; of JSON by the names on the way to
    /// it, with numbers counting from 0 in arrays. The text of a string, and any other value as
    /// JSON writes it, null and objects too.
    pub fn field(&self, path: &str) -> Result<Cow<'_, str>, FieldError> {
        match &self.fields {
            Fields::Json(value) => match self.inner(value, path)? {
                Value::String(text) => Ok(Cow::Borrowed(text)),
                other => Ok(Cow::Owned(other.to_string())),
            },
            Fields::Csv { names, values } => {
                let value = names.iter().zip(values).find(|(name, _)| *name == path);
                value.map(|(_, value)| Cow::Borrowed(value.as_str())).ok_or_else(|| self.none(path))
            }
            Fields::None => Err(self.none(path)),
        }
    }

    /// Appends a field, see `field`. After an error nothing was appended.
    pub fn write_field(&self, path: &str, out: &mut Vec<u8>) -> Result<(), FieldError> {
        match &self.fields {
            Fields::Json(value) => match self.inner(value, path)? {
                Value::String(text) => out.extend_from_slice(text.as_bytes()),
                other => serde_json::to_writer(out, other).expect("JSON is written to memory"),
            },
            _ => out.extend_from_slice(self.field(path)?.as_bytes()),
        }
        Ok(())
    }

    fn inner<'v>(&self, value: &'v Value, path: &str) -> Result<&'v Value, FieldError> {
        let step = |value: &'v Value, name: &str| match value {
            Value::Object(fields) => fields.get(name),
            Value::Array(items) => name.parse::<usize>().ok().and_then(|at| items.get(at)),
            _ => None,
        };
        path.split('.').try_fold(value, step).ok_or_else(|| self.none(path))
    }

    fn none(&self, field: &str) -> FieldError {
        let feed = self.feed.to_string();
        FieldError { feed, row: self.number, field: field.to_owned() }
    }
}
