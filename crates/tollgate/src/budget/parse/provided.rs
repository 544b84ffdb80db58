//! `serve`: a command, or the name of a bus that Tollgate provides.

use crate::budget::mistake::{Mistake, nearest};
use crate::budget::node::Value;
use crate::budget::{Provided, ServeSource};

use super::case::misplaced;
use super::table::Table;

const NAMES: [&str; 2] = ["nats", "bus"];

/// The command, which is empty where there is none, or what takes its place.
pub(super) fn started(
    table: &Table<'_>,
    mistakes: &mut Vec<Mistake>,
) -> (Vec<String>, Option<Provided>) {
    let named = name(table, mistakes);
    if named != Some("nats") {
        misplaced(table, "server-config", "`serve = \"nats\"`", mistakes);
    }
    let provided = match named {
        Some("nats") => Provided::Nats { config: table.text("server-config", mistakes) },
        Some(_) => Provided::Bus,
        None => return (table.command("serve", mistakes).unwrap_or_default(), None),
    };
    if provided == Provided::Bus {
        misplaced(table, "env", "a service that is a process", mistakes);
        misplaced(table, "dir", "a service that is a process", mistakes);
    }
    (Vec::new(), Some(provided))
}

/// A bus has nothing to say to users who ask over HTTP, and introduces itself.
pub(super) fn check(table: &Table<'_>, source: &ServeSource, mistakes: &mut Vec<Mistake>) {
    if source.greets() {
        misplaced(table, "ready", "a service that speaks HTTP", mistakes);
    }
    let Some(entry) = table.entry("serve") else { return };
    if source.provided.is_some() && source.load.requests().any(|request| request.act.is_http()) {
        let title =
            format!("`{}` is a bus, and the users of this load ask over HTTP", source.words());
        mistakes.push(
            Mistake::new(&entry.node.span, title, "understands messages only")
                .help("a message is `publish`, `request`, `store` or `pull` in a user's task"),
        );
    }
}

fn name(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<&'static str> {
    let node = &table.entry("serve")?.node;
    let Value::Text { text, .. } = &node.value else { return None };
    let found = NAMES.into_iter().find(|name| name == text);
    if found.is_none()
        && let Some(near) = nearest(text, NAMES)
    {
        let title = format!("`serve` cannot be `{text}`");
        mistakes.push(
            Mistake::new(&node.span, title, "expected `nats`, `bus` or a command")
                .fix(format!("there is `{near}`"), format!("\"{near}\"")),
        );
        return Some(near);
    }
    found
}
