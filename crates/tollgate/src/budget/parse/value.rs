//! One value of the file in the form its key has, or the mistake of another form.

use std::time::Duration;

use crate::budget::mistake::Mistake;
use crate::budget::node::{Entry, Node, Value};
use crate::quantity::{Dimension, Quantity};

const LONGEST_S: f64 = 3650.0 * 86400.0;

/// The entries of a node that must be a table.
pub(super) fn entries<'n>(
    node: &'n Node,
    what: &str,
    mistakes: &mut Vec<Mistake>,
) -> Option<&'n [Entry]> {
    match &node.value {
        Value::Table(entries) => Some(entries),
        _ => wrong(node, what, "a table", mistakes),
    }
}

pub(super) fn text<'n>(node: &'n Node, key: &str, mistakes: &mut Vec<Mistake>) -> Option<&'n str> {
    match &node.value {
        Value::Text { text, .. } => Some(text),
        _ => wrong(node, key, "a string", mistakes),
    }
}

/// A string, or the text of a number or boolean.
pub(super) fn scalar(node: &Node, key: &str, mistakes: &mut Vec<Mistake>) -> Option<String> {
    match &node.value {
        Value::Text { text, .. } => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(boolean) => Some(boolean.to_string()),
        _ => wrong(node, key, "a string or a number", mistakes),
    }
}

pub(super) fn duration(
    text: &str,
    node: &Node,
    key: &str,
    mistakes: &mut Vec<Mistake>,
) -> Option<f64> {
    match Quantity::parse(text) {
        Ok(Quantity { value, dimension: Dimension::TIME }) if value >= 0.0 => Some(value),
        _ => {
            let title = format!("`{text}` is not a duration");
            mistakes.push(
                Mistake::new(&node.span, title, format!("expected a duration for `{key}`"))
                    .help("write for example `500ms`, `30s`, `5m`, `2h` or `7d`"),
            );
            None
        }
    }
}

/// How one string is written as a list. What means something to a shell alone needs one.
fn words_of(text: &str) -> (&'static str, String) {
    let quoted = |word: &str| toml::Value::String(word.to_owned()).to_string();
    if text.contains(['|', '&', ';', '<', '>', '$', '`', '*', '\'', '"', '\\']) {
        let list = format!("[\"sh\", \"-c\", {}]", quoted(text));
        return ("commands run without a shell; name one where it is needed", list);
    }
    let words: Vec<String> = text.split_whitespace().map(quoted).collect();
    ("commands run without a shell; give the words as a list", format!("[{}]", words.join(", ")))
}

pub(super) fn command(node: &Node, key: &str, mistakes: &mut Vec<Mistake>) -> Option<Vec<String>> {
    let Value::Array(items) = &node.value else {
        if let Value::Text { text, .. } = &node.value {
            let (help, list) = words_of(text);
            mistakes.push(
                Mistake::new(&node.span, format!("`{key}` is one string"), "expected a list")
                    .fix(help, list),
            );
            return None;
        }
        return wrong(node, key, "a list of strings", mistakes);
    };
    let words: Vec<String> = items.iter().filter_map(|item| scalar(item, key, mistakes)).collect();
    if words.first().is_none_or(|program| program.trim().is_empty()) {
        mistakes.push(Mistake::new(
            &node.span,
            format!("`{key}` names no program"),
            "empty command",
        ));
        return None;
    }
    Some(words)
}

/// A rate per second; a variable may give it as a plain number.
pub(super) fn rate(node: &Node, key: &str, mistakes: &mut Vec<Mistake>) -> Option<f64> {
    let words = text(node, key, mistakes)?;
    let plain = matches!(node.value, Value::Text { filled: true, .. });
    match Quantity::parse(words) {
        Ok(Quantity { value, dimension })
            if value > 0.0
                && (dimension == Dimension::RATE || (plain && dimension == Dimension::COUNT)) =>
        {
            Some(value)
        }
        _ => {
            let title = format!("`{words}` is not a rate");
            mistakes.push(
                Mistake::new(&node.span, title, "expected a number per time")
                    .help("write for example `500/s` or `30/min`"),
            );
            None
        }
    }
}

pub(super) fn size(node: &Node, key: &str, mistakes: &mut Vec<Mistake>) -> Option<f64> {
    let words = text(node, key, mistakes)?;
    match Quantity::parse(words) {
        Ok(Quantity { value, dimension: Dimension::BYTES }) if value >= 1.0 => Some(value),
        _ => {
            let title = format!("`{words}` is not a size");
            mistakes.push(
                Mistake::new(&node.span, title, "expected a number of bytes")
                    .help("write for example `256MiB` or `1GB`"),
            );
            None
        }
    }
}

/// A duration that adds up with others without overflow.
pub(super) fn span(
    text: &str,
    node: &Node,
    key: &str,
    mistakes: &mut Vec<Mistake>,
) -> Option<Duration> {
    let seconds = duration(text, node, key, mistakes)? / 1e9;
    if seconds > LONGEST_S {
        let title = format!("`{key} = \"{text}\"` is out of range");
        mistakes.push(Mistake::new(&node.span, title, "longer than ten years"));
        return None;
    }
    Some(Duration::from_secs_f64(seconds))
}

pub(super) fn wrong<T>(
    node: &Node,
    key: &str,
    expected: &str,
    mistakes: &mut Vec<Mistake>,
) -> Option<T> {
    let title = format!("`{key}` is {}", node.value.kind());
    mistakes.push(Mistake::new(&node.span, title, format!("expected {expected}")));
    None
}

/// The value as JSON; dates become texts.
pub(super) fn to_json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Text { text, .. } | Value::Date(text) => text.as_str().into(),
        Value::Integer(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::Boolean(boolean) => (*boolean).into(),
        Value::Array(items) => items.iter().map(to_json).collect(),
        Value::Table(entries) => {
            entries.iter().map(|entry| (entry.key.clone(), to_json(&entry.node))).collect()
        }
    }
}
