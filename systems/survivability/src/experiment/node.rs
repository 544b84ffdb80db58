//! An experiment's text as a tree that knows where each piece stands, with what the command line
//! sets laid over it.

use std::fmt::{self, Display};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::{Mistake, Place, Source};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub place: Place,
    pub value: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Date(String),
    Array(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key with its value, in the order of the text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub key: String,
    pub place: Place,
    pub node: Node,
}

/// What was found, for messages.
impl Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) => write!(f, "{text:?}"),
            Value::Integer(number) => write!(f, "{number}"),
            Value::Float(number) => write!(f, "{number}"),
            Value::Boolean(boolean) => write!(f, "{boolean}"),
            Value::Date(date) => write!(f, "{date}"),
            Value::Array(_) => f.write_str("a list"),
            Value::Table(_) => f.write_str("a table"),
        }
    }
}

/// Reads the sources: the first is the file, the others are single keys that replace its values.
pub(super) fn read(sources: &[Source], mistakes: &mut Vec<Mistake>) -> Node {
    let empty = Place { source: 0, start: 0, end: 0 };
    let mut root = Node { place: empty, value: Value::Table(Vec::new()) };
    for (source, Source { text, .. }) in sources.iter().enumerate() {
        let reading = Reading { source, mistakes };
        overlay(&mut root, reading.root(text), mistakes);
    }
    root
}

/// The text of a key and its value as the command line gives them. A value that is no TOML, such
/// as a word without quotes, is taken for a string.
pub(super) fn assignment(key: &str, value: &str) -> String {
    let as_it_is = format!("{key} = {value}");
    let is_one_line = !value.contains(['\n', '\r']);
    let is_valid = DeTable::parse(&as_it_is).is_ok();
    if is_valid && is_one_line && !value.trim().is_empty() {
        return as_it_is;
    }
    format!("{key} = {}", toml::Value::String(value.to_owned()))
}

/// Lays a table over another: tables are merged, all else is replaced.
fn overlay(base: &mut Node, over: Node, mistakes: &mut Vec<Mistake>) {
    match (&mut base.value, over.value) {
        (Value::Table(base), Value::Table(entries)) => {
            for entry in entries {
                match base.iter_mut().find(|known| known.key == entry.key) {
                    Some(known) => {
                        known.place = entry.place;
                        overlay(&mut known.node, entry.node, mistakes);
                    }
                    None => base.push(entry),
                }
            }
        }
        (Value::Array(items), Value::Table(entries)) if holds_tables(items) => {
            match items.as_mut_slice() {
                [only] => {
                    let over = Node { place: over.place, value: Value::Table(entries) };
                    overlay(only, over, mistakes);
                }
                _ => mistakes.push(Mistake::new(
                    Some(over.place),
                    format!("a key of {} tables is set at once", items.len()),
                    "which of them is not clear",
                )),
            }
        }
        (_, value) => *base = Node { place: over.place, value },
    }
}

fn holds_tables(items: &[Node]) -> bool {
    items.first().is_some_and(|item| matches!(item.value, Value::Table(_)))
}

/// How many mistakes of syntax are told at most.
const MOST_OF_SYNTAX: usize = 10;

struct Reading<'a> {
    source: usize,
    mistakes: &'a mut Vec<Mistake>,
}

impl Reading<'_> {
    fn root(mut self, text: &str) -> Node {
        let (table, errors) = DeTable::parse_recoverable(text);
        // A file of something else has one in every line.
        for error in errors.iter().take(MOST_OF_SYNTAX) {
            let place = self.place(error.span().unwrap_or(0..0));
            let title = format!("could not read this as TOML: {}", error.message());
            self.mistakes.push(Mistake::new(Some(place), title, "here"));
        }
        let place = self.place(table.span());
        Node { place, value: self.table(table.get_ref()) }
    }

    fn place(&self, span: std::ops::Range<usize>) -> Place {
        Place { source: self.source, start: span.start, end: span.end }
    }

    fn table(&mut self, table: &DeTable<'_>) -> Value {
        let mut entries: Vec<Entry> = table
            .iter()
            .map(|(key, value)| Entry {
                key: key.get_ref().to_string(),
                place: self.place(key.span()),
                node: self.node(value),
            })
            .collect();
        entries.sort_by_key(|entry| entry.place);
        Value::Table(entries)
    }

    fn node(&mut self, value: &Spanned<DeValue<'_>>) -> Node {
        let place = self.place(value.span());
        let value = match value.get_ref() {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(integer) => {
                let digits = integer.as_str().replace('_', "");
                i64::from_str_radix(&digits, integer.radix()).map_or_else(
                    |_| {
                        let title = format!("the number {digits} is too large");
                        self.mistakes.push(Mistake::new(Some(place), title, "more than 64 bits"));
                        Value::Integer(0)
                    },
                    Value::Integer,
                )
            }
            DeValue::Float(float) => {
                Value::Float(float.as_str().replace('_', "").parse().unwrap_or(f64::NAN))
            }
            DeValue::Boolean(boolean) => Value::Boolean(*boolean),
            DeValue::Datetime(date) => Value::Date(date.to_string()),
            DeValue::Array(items) => Value::Array(items.iter().map(|i| self.node(i)).collect()),
            DeValue::Table(table) => self.table(table),
        };
        Node { place, value }
    }
}
