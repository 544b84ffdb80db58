//! What a load of messages needs beside its users: subscribers, streams, a login.

use std::path::PathBuf;

use tollgate_bus::subject::is_pattern;
use tollgate_load::template::Template;
use tollgate_load::workload::{Bus, Login, Stream};

use crate::budget::keys::{LOGIN, STREAM};
use crate::budget::load::Load;
use crate::budget::mistake::Mistake;
use crate::budget::node::{Node, Value};

use super::table::Table;
use super::template::{Scope, template};

/// The keys that have no meaning without messages.
const KEYS: &[&str] = &["subscribers", "subscribe", "streams", "login"];

pub(super) fn bus(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Bus {
    let usual = Bus::default();
    let streams = table.list("streams", mistakes);
    Bus {
        subscribers: table.integer("subscribers", mistakes).unwrap_or(usual.subscribers),
        subscribe: patterns(table, "subscribe", mistakes),
        streams: streams.iter().filter_map(|node| stream(node, mistakes)).collect(),
        login: login(table, mistakes).unwrap_or_default(),
    }
}

/// A load speaks to one service, in one way.
pub(super) fn unmixed(load: &Load, table: &Table<'_>, mistakes: &mut Vec<Mistake>) {
    let of_messages = load.is_of_messages();
    if of_messages && load.requests().any(|request| request.act.is_http()) {
        let span = table.entry("users").map_or(&table.node.span, |entry| &entry.node.span);
        let title = "a load sends messages and requests of HTTP";
        mistakes.push(
            Mistake::new(span, title, "some of these users do one, some the other")
                .help("a case measures one service; give each its own"),
        );
    }
    if of_messages {
        return;
    }
    for entry in KEYS.iter().filter_map(|key| table.entry(key)) {
        let title = format!("`{}` has no meaning without messages", entry.key);
        mistakes.push(
            Mistake::new(&entry.key_span, title, "the users of this load ask over HTTP")
                .help("a message is `publish`, `request`, `store` or `pull` in a user's task"),
        );
    }
}

fn patterns(table: &Table<'_>, key: &str, mistakes: &mut Vec<Mistake>) -> Vec<String> {
    let Some(patterns) = table.text_list(key, mistakes) else { return Vec::new() };
    let Some(entry) = table.entry(key) else { return Vec::new() };
    let Value::Array(items) = &entry.node.value else { return Vec::new() };
    for (pattern, item) in patterns.iter().zip(items).filter(|(pattern, _)| !is_pattern(pattern)) {
        let title = format!("nothing can subscribe to `{}`", pattern.escape_debug());
        mistakes.push(
            Mistake::new(&item.span, title, "no subject")
                .help("tokens joined by dots; `*` is any one token, `>` at the end any more"),
        );
    }
    patterns
}

fn stream(node: &Node, mistakes: &mut Vec<Mistake>) -> Option<Stream> {
    let table = Table::open(node, STREAM, mistakes)?;
    let name = table.text("name", mistakes);
    let subjects = patterns(&table, "subjects", mistakes);
    let most = table.size("most", mistakes);
    match &name {
        Some(name) if name.is_empty() || name.contains(|c: char| ".*>/ \t\\".contains(c)) => {
            let span = table.entry("name").map_or(&node.span, |entry| &entry.node.span);
            let title = format!("a stream cannot be called `{}`", name.escape_debug());
            mistakes.push(Mistake::new(span, title, "no dots, wildcards, slashes or spaces"));
        }
        None if table.entry("name").is_none() => {
            mistakes.push(Mistake::new(&node.span, "a stream has no `name`", "here"));
        }
        _ => {}
    }
    if subjects.is_empty() && table.entry("subjects").is_none() {
        let label = "it would keep nothing";
        mistakes.push(Mistake::new(&node.span, "a stream has no `subjects`", label));
    }
    Some(Stream {
        name: name?,
        subjects,
        in_memory: table.choice("storage", mistakes) == Some("memory"),
        // Sizes are whole numbers of bytes, far below what a float holds exactly.
        most_bytes: most.map(|bytes| bytes as u64),
    })
}

fn login(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<Login> {
    let entry = table.entry("login")?;
    let table = Table::open(&entry.node, LOGIN, mistakes)?;
    let mut filled = |key: &str| -> Option<Template> {
        template(&table.entry(key)?.node, key, &Scope::default(), mistakes)
    };
    let (user, password, token) = (filled("user"), filled("password"), filled("token"));
    let nkey = table.text("nkey", mistakes).map(PathBuf::from);
    let credentials = table.text("credentials", mistakes).map(PathBuf::from);
    match (user, password, token, nkey, credentials) {
        (Some(name), Some(password), None, None, None) => Some(Login::User { name, password }),
        (None, None, Some(token), None, None) => Some(Login::Token(token)),
        (None, None, None, Some(path), None) => Some(Login::Nkey(path)),
        (None, None, None, None, Some(path)) => Some(Login::Credentials(path)),
        _ => {
            let title = "a login is one of four kinds";
            let label = "`user` and `password`, `token`, `nkey` or `credentials`";
            mistakes.push(Mistake::new(&entry.node.span, title, label));
            None
        }
    }
}
