//! Reads a context's bytes as they are: a flat JSON object.
//!
//! Of the canonical form this checks what can be seen without writing the object again: no space
//! between tokens, names in rising order (so none twice), and numbers that are whole.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use crate::refusal::Refusal;

const FIELD: &str = "context";

/// A value that a field of a context may have.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Text(Cow<'a, str>),
    Whole(u64),
    /// Negative or not whole.
    Number(f64),
    Bool,
}

/// How strictly the form is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Canonical,
    /// Any order of the names and any space, but no name twice.
    Any,
}

type Take<'t> = &'t mut dyn FnMut(&str, &Value<'_>) -> Result<(), Refusal>;

/// Hands each field to `take`, whose refusal ends the reading.
pub(super) fn each_field(bytes: &[u8], form: Form, take: Take<'_>) -> Result<(), Refusal> {
    if form == Form::Canonical && has_space(bytes) {
        return Err(Refusal::malformed(FIELD, "space between tokens, which RFC 8785 has none of"));
    }
    let mut refused = None;
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = Fields { form, take, refused: &mut refused }.deserialize(&mut json);
    match read.and_then(|()| json.end()) {
        Ok(()) => Ok(()),
        Err(error) => Err(refused.unwrap_or_else(|| Refusal::json(FIELD, &error))),
    }
}

/// Whether white space stands outside of strings.
fn has_space(bytes: &[u8]) -> bool {
    let mut in_string = false;
    let mut escaped = false;
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b' ' | b'\t' | b'\n' | b'\r' if !in_string => return true,
            _ => {}
        }
    }
    false
}

struct Fields<'t, 'r> {
    form: Form,
    take: Take<'t>,
    refused: &'r mut Option<Refusal>,
}

impl<'de> DeserializeSeed<'de> for Fields<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Fields<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let mut before: Vec<Cow<'de, str>> = Vec::with_capacity(1);
        while let Some(Text(name)) = map.next_key()? {
            if before.contains(&name) {
                return Err(M::Error::custom("a name is given twice"));
            }
            if before.len() == MOST_FIELDS {
                return Err(M::Error::custom("more fields than any type has"));
            }
            if self.form == Form::Canonical {
                if before.last().is_some_and(|last| last.encode_utf16().gt(name.encode_utf16())) {
                    return Err(M::Error::custom("the names do not rise as in RFC 8785"));
                }
                // Where names rise, one that is given twice follows itself.
                before.clear();
            }
            let value: Value<'de> = map.next_value()?;
            if let Err(refusal) = (self.take)(&name, &value) {
                *self.refused = Some(refusal);
                return Err(M::Error::custom("refused"));
            }
            before.push(name);
        }
        Ok(())
    }
}

/// More than any type has, and few enough to look through for each name.
const MOST_FIELDS: usize = 64;

struct Text<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Text(text) => Ok(Self(text)),
            _ => Err(D::Error::custom("a name is no string")),
        }
    }
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number or a truth value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value<'de>, E> {
        Ok(Value::Whole(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value<'de>, E> {
        Ok(Value::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value<'de>, E> {
        Ok(Value::Number(value))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool)
    }
}
