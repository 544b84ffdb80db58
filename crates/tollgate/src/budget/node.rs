//! The file as a tree that knows where each piece stands: variables filled in, overlays applied.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::Mistake;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub span: Range<usize>,
    pub value: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Text, and whether a variable was filled in (then it may stand for a number).
    Text {
        text: String,
        filled: bool,
    },
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Date(String),
    Array(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key with its value, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub key: String,
    pub key_span: Range<usize>,
    pub node: Node,
}

impl Value {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Value::Text { .. } => "a string",
            Value::Integer(_) => "an integer",
            Value::Float(_) => "a number",
            Value::Boolean(_) => "a boolean",
            Value::Date(_) => "a date",
            Value::Array(_) => "an array",
            Value::Table(_) => "a table",
        }
    }
}

impl Node {
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            Value::Table(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }
}

/// What surrounds the file: variables by name.
pub(super) type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Reads the text; every syntax error is a mistake.
pub(super) fn read(text: &str, variables: Variables<'_>) -> (Node, Vec<Mistake>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut mistakes: Vec<Mistake> = errors
        .iter()
        .map(|error| {
            let span = error.span().unwrap_or(0..0);
            Mistake::new(&span, format!("could not read this as TOML: {}", error.message()), "here")
        })
        .collect();
    let span = table.span();
    let node = Node { span, value: table_value(table.get_ref(), variables, &mut mistakes) };
    (node, mistakes)
}

fn table_value(
    table: &DeTable<'_>,
    variables: Variables<'_>,
    mistakes: &mut Vec<Mistake>,
) -> Value {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_span: key.span(),
            node: convert(value, variables, mistakes),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_span.start);
    Value::Table(entries)
}

fn convert(
    value: &Spanned<DeValue<'_>>,
    variables: Variables<'_>,
    mistakes: &mut Vec<Mistake>,
) -> Node {
    let span = value.span();
    let value = match value.get_ref() {
        DeValue::String(text) => fill(text, &span, variables, mistakes),
        DeValue::Integer(integer) => {
            let digits = integer.as_str().replace('_', "");
            i64::from_str_radix(&digits, integer.radix()).map_or_else(
                |_| {
                    let title = format!("the integer `{digits}` is too large");
                    mistakes.push(Mistake::new(&span, title, "does not fit 64 bits"));
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
        DeValue::Array(items) => {
            Value::Array(items.iter().map(|item| convert(item, variables, mistakes)).collect())
        }
        DeValue::Table(table) => table_value(table, variables, mistakes),
    };
    Node { span, value }
}

/// Replaces `${NAME}` and `${NAME:-default}`; `$${` stands for a literal `${`.
fn fill(
    text: &str,
    span: &Range<usize>,
    variables: Variables<'_>,
    mistakes: &mut Vec<Mistake>,
) -> Value {
    let mut out = String::new();
    let mut filled = false;
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            out.push_str(&rest[..at]);
            out.push('{');
            rest = &rest[at + 2..];
            continue;
        }
        out.push_str(&rest[..at]);
        let Some(length) = rest[at..].find('}') else {
            let title = format!("`{}` has no closing brace", &rest[at..]);
            mistakes.push(
                Mistake::new(span, title, "a variable starts here and does not end")
                    .help("write `$${` for a literal `${`"),
            );
            return Value::Text { text: text.to_owned(), filled: false };
        };
        let inside = &rest[at + 2..at + length];
        match variable(inside, variables) {
            Ok(value) => out.push_str(&value),
            Err(problem) => mistakes.push(Mistake::new(span, problem.0, problem.1).help(problem.2)),
        }
        filled = true;
        rest = &rest[at + length + 1..];
    }
    out.push_str(rest);
    Value::Text { text: out, filled }
}

fn variable(inside: &str, variables: Variables<'_>) -> Result<String, (String, String, String)> {
    let (name, default) = match inside.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (inside, None),
    };
    let valid = !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !valid {
        return Err((
            format!("`{name}` is not a variable's name"),
            "letters, digits and underscores only".into(),
            "write `${NAME}` or `${NAME:-default}`".into(),
        ));
    }
    // As in a shell, an empty variable counts as unset where a default is given.
    match (variables(name), default) {
        (Some(value), Some(default)) if value.is_empty() => Ok(default.to_owned()),
        (Some(value), _) => Ok(value),
        (None, Some(default)) => Ok(default.to_owned()),
        (None, None) => Err((
            format!("the variable `{name}` is not set"),
            "has no default".into(),
            format!("set it, or write `${{{name}:-default}}`"),
        )),
    }
}

/// Lays `over` on `base`: tables merge key by key, anything else is replaced.
pub(super) fn overlay(base: &mut Node, over: &Node) {
    let (Value::Table(below), Value::Table(above)) = (&mut base.value, &over.value) else {
        *base = over.clone();
        return;
    };
    for entry in above {
        match below.iter_mut().find(|known| known.key == entry.key) {
            Some(known) => overlay(&mut known.node, &entry.node),
            None => below.push(entry.clone()),
        }
    }
}
