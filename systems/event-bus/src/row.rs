//! Rows that plugins keep in tables of their own: which fields a table has, and what a row may be.

mod filter;
#[cfg(test)]
mod tests;
mod update;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::fields::{Fields, Problem, Refusal};

pub use self::filter::{Filter, Order, Sort, sort};
pub use self::update::Update;

/// Fields of a table at most.
const MOST_FIELDS: usize = 64;

/// What every row has besides its own fields.
const RESERVED: [&str; 3] = ["id", "created_at", "updated_at"];

/// The fields of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub r#type: Type,
    pub required: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Type {
    /// Up to 255 characters.
    String,
    Text,
    Integer,
    Float,
    Boolean,
    /// Milliseconds since 1970.
    Datetime,
}

impl Type {
    const ALL: [(&'static str, Type); 6] = [
        ("string", Type::String),
        ("text", Type::Text),
        ("integer", Type::Integer),
        ("float", Type::Float),
        ("boolean", Type::Boolean),
        ("datetime", Type::Datetime),
    ];

    fn takes(self, value: &Value) -> bool {
        match self {
            Type::String => value.as_str().is_some_and(|text| text.chars().count() <= 255),
            Type::Text => value.is_string(),
            Type::Integer | Type::Datetime => value.is_i64(),
            Type::Float => value.is_number(),
            Type::Boolean => value.is_boolean(),
        }
    }

    fn wanted(self) -> &'static str {
        match self {
            Type::String => "a text of at most 255 characters",
            Type::Text => "a text",
            Type::Integer => "a whole number",
            Type::Float => "a number",
            Type::Boolean => "true or false",
            Type::Datetime => "a whole number of milliseconds",
        }
    }
}

/// Whether it begins with a lower-case letter and goes on with those, digits and `_`.
#[must_use]
pub fn is_name(text: &str, most: usize) -> bool {
    let is_plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
    text.len() <= most
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(is_plain)
}

impl Schema {
    /// Reads `{"fields": [{"name": ..., "type": ..., "required": ...}]}`.
    pub fn read(mut schema: Fields) -> Result<Schema, Refusal> {
        let named = schema.named("fields");
        let list = schema.any("fields")?;
        let Value::Array(items) = list else {
            return Err(Refusal::not(named, &list, "a list of fields"));
        };
        schema.end()?;
        if !(1..=MOST_FIELDS).contains(&items.len()) {
            let wanted = format!("from 1 to {MOST_FIELDS}");
            return Err(Refusal::not(
                format!("the number of {named}"),
                &items.len().into(),
                wanted,
            ));
        }
        let mut fields: Vec<Field> = Vec::with_capacity(items.len());
        for (item, at) in items.into_iter().zip(0..) {
            let whole = format!("{named}[{at}]");
            let field = field(Fields::of(&whole, &format!("{whole}."), item)?)?;
            if fields.iter().any(|other| other.name == field.name) {
                let name = Value::from(field.name);
                return Err(Refusal::not(format!("{whole}.name"), &name, "a name of its own"));
            }
            fields.push(field);
        }
        Ok(Schema { fields })
    }

    /// Refuses a row that does not fit; `null` is no value.
    pub fn check(&self, row: &Map<String, Value>) -> Result<(), Refusal> {
        for (name, value) in row {
            let named = format!("data.{name}");
            match self.fields.iter().find(|field| field.name == *name) {
                None => return Err(Refusal::new(named, Problem::Unknown(value.to_string()))),
                Some(field) if !value.is_null() && !field.r#type.takes(value) => {
                    return Err(Refusal::not(named, value, field.r#type.wanted()));
                }
                Some(_) => {}
            }
        }
        let lacks =
            |field: &&Field| field.required && row.get(&field.name).is_none_or(Value::is_null);
        match self.fields.iter().find(lacks) {
            Some(field) => Err(Refusal::new(format!("data.{}", field.name), Problem::Missing)),
            None => Ok(()),
        }
    }

    /// Whether rows can be asked for by this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        RESERVED.contains(&name) || self.fields.iter().any(|field| field.name == name)
    }
}

fn field(mut field: Fields) -> Result<Field, Refusal> {
    let name = field.text("name", 64)?;
    if !is_name(&name, 64) || RESERVED.contains(&&*name) {
        let wanted = "a lower-case letter and then those, digits and _, and none of \
             id, created_at and updated_at";
        return Err(Refusal::not(field.named("name"), &name.into(), wanted));
    }
    let word = field.text("type", 16)?;
    let Some((_, r#type)) = Type::ALL.iter().find(|(known, _)| *known == word) else {
        let wanted = "string, text, integer, float, boolean or datetime";
        return Err(Refusal::not(field.named("type"), &word.into(), wanted));
    };
    let required = field.optional_flag("required")?.unwrap_or(false);
    field.end()?;
    Ok(Field { name, r#type: *r#type, required })
}
