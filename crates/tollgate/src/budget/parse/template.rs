//! Texts with slots: each slot must have something to be filled from where it stands.

use tollgate_load::template::{Piece, Slot, Template, near_miss};

use crate::budget::mistake::{Mistake, nearest};
use crate::budget::node::{Node, Value};

use super::value::{scalar, to_json};

/// What the slots of a request may use.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// Names captured from earlier answers.
    pub captured: Vec<String>,
    /// Whether the task takes rows from a feed.
    pub feed: bool,
}

/// Slots that need nothing captured.
pub(super) const SLOTS: &[&str] = &["uuid", "int", "letters", "now", "env", "user", "feed"];

/// Reads the text of a node.
pub(super) fn template(
    node: &Node,
    key: &str,
    scope: &Scope,
    mistakes: &mut Vec<Mistake>,
) -> Option<Template> {
    let words = scalar(node, key, mistakes)?;
    match Template::parse(&words) {
        Ok(template) => {
            mistakes.extend(template.slots().filter_map(|slot| unfilled(slot, node, scope)));
            Some(template)
        }
        Err(error) => {
            let title = format!("could not read the slots of `{words}`");
            mistakes.push(Mistake::new(&node.span, title, error.to_string()));
            None
        }
    }
}

/// A table as compact JSON whose texts may have slots.
pub(super) fn json_template(
    node: &Node,
    scope: &Scope,
    mistakes: &mut Vec<Mistake>,
) -> Option<Template> {
    let before = mistakes.len();
    check_texts(node, scope, mistakes);
    if mistakes.len() > before {
        return None;
    }
    Template::parse(&to_json(node).to_string()).ok()
}

/// Each text by itself, so that a mistake is told at its place.
fn check_texts(node: &Node, scope: &Scope, mistakes: &mut Vec<Mistake>) {
    match &node.value {
        Value::Text { .. } => {
            template(node, "json", scope, mistakes);
        }
        Value::Array(items) => items.iter().for_each(|item| check_texts(item, scope, mistakes)),
        Value::Table(entries) => {
            entries.iter().for_each(|entry| check_texts(&entry.node, scope, mistakes));
        }
        _ => {}
    }
}

/// The texts between the slots.
pub(super) fn texts(template: &Template) -> impl Iterator<Item = &str> {
    template.pieces.iter().filter_map(|piece| match piece {
        Piece::Text(text) => Some(text.as_str()),
        Piece::Slot(_) => None,
    })
}

fn unfilled(slot: &Slot, node: &Node, scope: &Scope) -> Option<Mistake> {
    match slot {
        Slot::Row | Slot::Field(_) if !scope.feed => Some(
            Mistake::new(&node.span, "a slot takes a row and there is no feed", "uses `{{feed}}`")
                .help("add `feed = \"NAME\"` to the task; requests at the start have none"),
        ),
        Slot::Captured(name) if !scope.captured.contains(name) => {
            let title = format!("nothing has captured `{name}` when it is used");
            let mistake = Mistake::new(&node.span, title, format!("uses `{{{{{name}}}}}`"));
            let captured = || scope.captured.iter().map(String::as_str);
            let near = nearest(name, captured()).or_else(|| near_miss(name));
            Some(match near {
                Some(near) => mistake.help(format!("there is `{{{{{near}}}}}`")),
                None => {
                    let known: Vec<&str> = captured().chain(SLOTS.iter().copied()).collect();
                    mistake.help(format!("known here: {}", known.join(", ")))
                }
            })
        }
        _ => None,
    }
}
