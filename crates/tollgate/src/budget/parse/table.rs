//! Typed access to one table of the file: each value of the wrong form is a mistake, and so is
//! each key the table does not know.

use std::collections::BTreeMap;

use crate::budget::keys::{self, Form, Section};
use crate::budget::mistake::{Mistake, nearest};
use crate::budget::node::{Entry, Node, Value};
use crate::quantity::{Dimension, Quantity};

pub(super) struct Table<'n> {
    pub node: &'n Node,
    section: &'static Section,
}

impl<'n> Table<'n> {
    /// Checks that `node` is a table and knows all its keys.
    pub fn open(node: &'n Node, header: &str, mistakes: &mut Vec<Mistake>) -> Option<Table<'n>> {
        let section = keys::section(header);
        let entries = entries(node, section.header, mistakes)?;
        for entry in entries {
            if !section.keys.iter().any(|key| key.name == entry.key) {
                mistakes.push(unknown(entry, section));
            }
        }
        Some(Table { node, section })
    }

    pub fn entry(&self, key: &str) -> Option<&'n Entry> {
        debug_assert!(self.section.keys.iter().any(|known| known.name == key), "{key}");
        self.node.get(key)
    }

    pub fn text(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<String> {
        let entry = self.entry(key)?;
        let text = text(&entry.node, key, mistakes)?;
        if text.trim().is_empty() {
            let title = format!("`{key}` is empty");
            mistakes.push(Mistake::new(&entry.node.span, title, "expected text"));
            return None;
        }
        Some(text.to_owned())
    }

    pub fn boolean(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<bool> {
        let entry = self.entry(key)?;
        match &entry.node.value {
            Value::Boolean(boolean) => Some(*boolean),
            Value::Text { text, filled: true } if text == "true" || text == "false" => {
                Some(text == "true")
            }
            _ => wrong(&entry.node, key, "true or false", mistakes),
        }
    }

    pub fn number(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<f64> {
        let entry = self.entry(key)?;
        match &entry.node.value {
            Value::Float(number) => Some(*number),
            #[expect(clippy::cast_precision_loss, reason = "small numbers in practice")]
            Value::Integer(number) => Some(*number as f64),
            Value::Text { text, filled: true } if text.parse::<f64>().is_ok() => text.parse().ok(),
            _ => wrong(&entry.node, key, "a number", mistakes),
        }
    }

    /// An integer within the bounds its key has.
    pub fn integer(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<u32> {
        let entry = self.entry(key)?;
        let number = match &entry.node.value {
            Value::Integer(number) => *number,
            Value::Text { text, filled: true } if text.trim().parse::<i64>().is_ok() => {
                text.trim().parse().ok()?
            }
            _ => return wrong(&entry.node, key, "an integer", mistakes),
        };
        let form = self.section.keys.iter().find(|known| known.name == key).map(|known| known.form);
        let Some(Form::Integer { min, max }) = form else { return None };
        if number < min || number > max {
            let title = format!("`{key} = {number}` is out of range");
            let label = format!("expected {min} to {max}");
            mistakes.push(Mistake::new(&entry.node.span, title, label));
            return None;
        }
        u32::try_from(number).ok()
    }

    pub fn duration(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<f64> {
        let entry = self.entry(key)?;
        let text = text(&entry.node, key, mistakes)?;
        duration(text, &entry.node, key, mistakes)
    }

    pub fn rate(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<f64> {
        let entry = self.entry(key)?;
        let text = text(&entry.node, key, mistakes)?;
        match Quantity::parse(text) {
            Ok(Quantity { value, dimension: Dimension::RATE }) if value > 0.0 => Some(value),
            _ => {
                let title = format!("`{text}` is not a rate");
                mistakes.push(
                    Mistake::new(&entry.node.span, title, "expected a number per time")
                        .help("write for example `500/s` or `30/min`"),
                );
                None
            }
        }
    }

    pub fn command(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<Vec<String>> {
        command(&self.entry(key)?.node, key, mistakes)
    }

    /// One command, or a list of them.
    pub fn commands(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Vec<Vec<String>> {
        let Some(entry) = self.entry(key) else { return Vec::new() };
        match &entry.node.value {
            Value::Array(items) if items.iter().any(|i| matches!(i.value, Value::Array(_))) => {
                items.iter().filter_map(|item| command(item, key, mistakes)).collect()
            }
            _ => command(&entry.node, key, mistakes).into_iter().collect(),
        }
    }

    pub fn text_list(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<Vec<String>> {
        let entry = self.entry(key)?;
        let Value::Array(items) = &entry.node.value else {
            return wrong(&entry.node, key, "a list of strings", mistakes);
        };
        let list: Vec<String> =
            items.iter().filter_map(|item| text(item, key, mistakes).map(str::to_owned)).collect();
        for (index, item) in list.iter().enumerate() {
            if list[..index].contains(item) {
                let title = format!("`{item}` stands twice in `{key}`");
                mistakes.push(Mistake::new(&items[index].span, title, "again here"));
            }
        }
        Some(list)
    }

    pub fn text_map(&self, key: &str, mistakes: &mut Vec<Mistake>) -> BTreeMap<String, String> {
        let Some(entry) = self.entry(key) else { return BTreeMap::new() };
        let Some(entries) = entries(&entry.node, key, mistakes) else { return BTreeMap::new() };
        entries
            .iter()
            .filter_map(|entry| Some((entry.key.clone(), scalar(&entry.node, key, mistakes)?)))
            .collect()
    }

    /// The tables of a list, such as a user's tasks.
    pub fn list(&self, key: &str, mistakes: &mut Vec<Mistake>) -> &'n [Node] {
        let Some(entry) = self.entry(key) else { return &[] };
        match &entry.node.value {
            Value::Array(items) => items,
            _ => wrong(&entry.node, key, "a list of tables", mistakes).unwrap_or(&[]),
        }
    }
}

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

fn command(node: &Node, key: &str, mistakes: &mut Vec<Mistake>) -> Option<Vec<String>> {
    let Value::Array(items) = &node.value else {
        if let Value::Text { text, .. } = &node.value {
            let words: Vec<String> = text.split_whitespace().map(|w| format!("\"{w}\"")).collect();
            mistakes.push(
                Mistake::new(&node.span, format!("`{key}` is one string"), "expected a list").fix(
                    "commands run without a shell; give the words as a list",
                    format!("[{}]", words.join(", ")),
                ),
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

fn unknown(entry: &Entry, section: &'static Section) -> Mistake {
    let header = section.header;
    let names = section.keys.iter().map(|key| key.name);
    let mistake = Mistake::new(
        &entry.key_span,
        format!("unknown key `{}` in {header}", entry.key),
        "not a key of this table",
    );
    if let Some(name) = nearest(&entry.key, names.clone()) {
        return mistake.fix(format!("there is a key `{name}`"), name);
    }
    if let Some(known) = super::elsewhere(&entry.key) {
        return mistake.help(format!("`{}` belongs to {known}", entry.key));
    }
    mistake.help(format!("known keys: {}", names.collect::<Vec<_>>().join(", ")))
}
