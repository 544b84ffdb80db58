//! `[user.NAME.task.expect]`: what an answer must be to count as a success.

use std::ops::Range;

use tollgate_load::workload::{Expect, Expected, Status};

use crate::budget::keys::EXPECT;
use crate::budget::mistake::Mistake;
use crate::budget::node::Value;

use super::request::headers;
use super::table::Table;
use super::template::{Scope, template};
use super::value::{entries, to_json, wrong};

pub(super) fn expect(table: &Table<'_>, scope: &Scope, mistakes: &mut Vec<Mistake>) -> Expect {
    let Some(entry) = table.entry("expect") else { return Expect::default() };
    let Some(table) = Table::open(&entry.node, EXPECT, mistakes) else { return Expect::default() };
    let text = table.entry("text").and_then(|entry| {
        table.text("text", mistakes)?;
        template(&entry.node, "text", scope, mistakes)
    });
    Expect {
        status: status(&table, scope, mistakes).unwrap_or_default(),
        text,
        headers: headers(&table, scope, mistakes),
        json: json(&table, scope, mistakes),
    }
}

fn status(table: &Table<'_>, scope: &Scope, mistakes: &mut Vec<Mistake>) -> Option<Status> {
    let node = &table.entry("status")?.node;
    let code = match &node.value {
        Value::Integer(code) => *code,
        Value::Text { text, filled: true } if text.trim().parse::<i64>().is_ok() => {
            text.trim().parse().ok()?
        }
        Value::Text { text, .. } if text.contains("{{") => {
            return template(node, "status", scope, mistakes).map(Status::From);
        }
        _ => return wrong(node, "status", "a status code or a slot that gives one", mistakes),
    };
    if !(100..=599).contains(&code) {
        let title = format!("`status = {code}` is out of range");
        mistakes.push(Mistake::new(&node.span, title, "expected 100 to 599"));
        return None;
    }
    u16::try_from(code).ok().map(Status::Is)
}

fn json(table: &Table<'_>, scope: &Scope, mistakes: &mut Vec<Mistake>) -> Vec<(String, Expected)> {
    let Some(entry) = table.entry("json") else { return Vec::new() };
    let Some(entries) = entries(&entry.node, "json", mistakes) else { return Vec::new() };
    let mut values = Vec::new();
    for entry in entries {
        check_pointer(&entry.key, &entry.key_span, mistakes);
        let node = &entry.node;
        let value = match &node.value {
            Value::Text { .. } => template(node, "json", scope, mistakes)
                .filter(|template| template.slots().next().is_some())
                .map(Expected::From),
            _ => None,
        };
        let value = value.unwrap_or_else(|| Expected::Is(to_json(node)));
        values.push((entry.key.clone(), value));
    }
    values
}

/// The empty pointer is the whole document; any other begins with a slash.
pub(super) fn check_pointer(pointer: &str, span: &Range<usize>, mistakes: &mut Vec<Mistake>) {
    if !pointer.is_empty() && !pointer.starts_with('/') {
        let title = format!("`{pointer}` is not a JSON pointer");
        mistakes.push(
            Mistake::new(span, title, "a pointer starts with a slash")
                .fix("RFC 6901", format!("\"/{pointer}\"")),
        );
    }
}
