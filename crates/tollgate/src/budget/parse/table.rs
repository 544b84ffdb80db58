//! Typed access to one table of the file: each value of the wrong form is a mistake, and so is
//! each key the table does not know.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::budget::keys::{self, Form, Section};
use crate::budget::mistake::{Mistake, nearest};
use crate::budget::node::{Entry, Node, Value};

use super::value::{command, duration, entries, rate, scalar, size, span, text, wrong};

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
            if !section.all().any(|key| key.name == entry.key) {
                mistakes.push(unknown(entry, section));
            }
        }
        Some(Table { node, section })
    }

    pub fn entry(&self, key: &str) -> Option<&'n Entry> {
        debug_assert!(self.section.all().any(|known| known.name == key), "{key}");
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
        let form = self.section.all().find(|known| known.name == key).map(|known| known.form);
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

    pub fn span(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<Duration> {
        let entry = self.entry(key)?;
        let text = text(&entry.node, key, mistakes)?;
        span(text, &entry.node, key, mistakes)
    }

    pub fn rate(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<f64> {
        rate(&self.entry(key)?.node, key, mistakes)
    }

    /// A number of bytes.
    pub fn size(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<f64> {
        size(&self.entry(key)?.node, key, mistakes)
    }

    /// One of the words its key allows.
    pub fn choice(&self, key: &str, mistakes: &mut Vec<Mistake>) -> Option<&'static str> {
        let entry = self.entry(key)?;
        let form = self.section.all().find(|known| known.name == key).map(|known| known.form);
        let Some(Form::Choice(words)) = form else { return None };
        let word = scalar(&entry.node, key, mistakes)?;
        let found = words.iter().copied().find(|known| *known == word);
        if found.is_some() && matches!(entry.node.value, Value::Text { .. }) {
            return found;
        }
        let few = words.len() < 5;
        let label =
            if few { format!("expected {}", words.join(" or ")) } else { "not known".to_owned() };
        let title = format!("`{key}` cannot be `{word}`");
        let mistake = Mistake::new(&entry.node.span, title, label);
        let near = found.or_else(|| nearest(&word, words.iter().copied()));
        mistakes.push(match near {
            Some(near) => mistake.fix(format!("there is `{near}`"), format!("\"{near}\"")),
            None if few => mistake,
            None => mistake.help(format!("known: {}", words.join(", "))),
        });
        None
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

fn unknown(entry: &Entry, section: &'static Section) -> Mistake {
    let header = section.header;
    let names = section.all().map(|key| key.name);
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
