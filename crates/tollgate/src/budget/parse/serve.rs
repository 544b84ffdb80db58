//! A case with `serve` or `url`: a service, started or running already, and what is sent to it.

use std::time::Duration;

use crate::budget::mistake::Mistake;
use crate::budget::node::{Entry, Value};
use crate::budget::{Provided, ServeSource};

use super::Reading;
use super::beside::beside;
use super::case::misplaced;
use super::disturb::disturb;
use super::load::load;
use super::provided::{self, started};
use super::table::Table;
use super::value::text;

/// Time enough for a service that loads its data; a hang is noticed within the minute.
const READY: Duration = Duration::from_secs(30);

pub(super) fn serve(
    case: &Entry,
    table: &Table<'_>,
    reading: &mut Reading<'_>,
) -> Option<ServeSource> {
    let mistakes = &mut *reading.mistakes;
    for key in ["stdin", "params", "instructions", "exit-code", "format", "prepare", "cleanup"] {
        misplaced(table, key, "`run`", mistakes);
    }
    let url = url(table, mistakes);
    let (command, provided) = started(table, mistakes);
    let env = table.text_map("env", mistakes);
    check_port(table, mistakes);
    let mut source = ServeSource {
        command,
        provided,
        url,
        ready: ready(table, mistakes),
        dir: table.text("dir", mistakes),
        env,
        timeout: table.span("timeout", mistakes).unwrap_or(READY),
        allow_hosts: table.text_list("allow-hosts", mistakes).unwrap_or_default(),
        load: load(case, table.entry("load"), reading),
        beside: beside(table, reading),
        disturb: Vec::new(),
    };
    by_default(case, table, &mut source, reading.mistakes);
    provided::check(table, &source, reading.mistakes);
    source.disturb = disturb(table, &source, reading.mistakes);
    Some(source)
}

/// Messages need no service of the case's own: there is a bus inside the process.
fn by_default(
    case: &Entry,
    table: &Table<'_>,
    source: &mut ServeSource,
    mistakes: &mut Vec<Mistake>,
) {
    if table.entry("serve").is_some() || source.url.is_some() {
        return;
    }
    if source.load.is_of_messages() {
        source.provided = Some(Provided::Bus);
        return;
    }
    let title = format!("case `{}` measures nothing", case.key);
    match table.entry("url") {
        // What is no address is told already.
        Some(Entry { node, .. }) => {
            if matches!(&node.value, Value::Text { text, .. } if text.trim().is_empty()) {
                let label = "`url` is empty and there is no `serve`";
                mistakes.push(
                    Mistake::new(&node.span, title, label)
                        .help("set the variable, or add `serve` for when it is not set"),
                );
            }
        }
        None if source.load.users.is_empty() => {}
        None => mistakes.push(
            Mistake::new(&case.key_span, title, "has a `load`, but no `serve` or `url`")
                .help("add for example `serve = [\"target/release/api\", \"--port\", \"{port}\"]`"),
        ),
    }
}

/// An empty address counts as absent.
fn url(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<String> {
    let node = &table.entry("url")?.node;
    let words = text(node, "url", mistakes)?.trim();
    if words.is_empty() {
        return None;
    }
    if words.contains('@') {
        // What it is must not come into a log by way of this message.
        let title = "the address of a service holds a name or a password";
        mistakes.push(
            Mistake::new(&node.span, title, "would be shown in reports").help(
                "send it in a header: `headers = { Authorization = \"Bearer {{env TOKEN}}\" }`",
            ),
        );
        return None;
    }
    let authority = words
        .strip_prefix("http://")
        .or_else(|| words.strip_prefix("https://"))
        .or_else(|| words.strip_prefix("nats://"))
        .or_else(|| words.strip_prefix("tls://"))
        .and_then(|rest| rest.split('/').next());
    let graphic = words.chars().all(|c| c.is_ascii_graphic());
    let plain = !words.contains(['?', '#', '\\']);
    if authority.is_some_and(|host| !host.is_empty()) && graphic && plain {
        return Some(words.to_owned());
    }
    let title = format!("`{}` is no address of a service", words.escape_debug());
    let mistake =
        Mistake::new(&node.span, title, "expected `http://HOST:PORT`, `https://…` or `nats://…`");
    mistakes.push(if words.contains("://") || !graphic || !plain {
        mistake.help("a scheme, a host, perhaps a port and a path before every other; no more")
    } else {
        mistake.fix("perhaps", format!("\"http://{words}\""))
    });
    None
}

/// A service on a port of its own choosing could not be found, or would be another's.
fn check_port(table: &Table<'_>, mistakes: &mut Vec<Mistake>) {
    let Some(entry) = table.entry("serve") else { return };
    let mentions =
        |value: &Value| matches!(value, Value::Text { text, .. } if text.contains("{port}"));
    let Value::Array(words) = &entry.node.value else { return };
    let in_env = table.entry("env").is_some_and(|env| match &env.node.value {
        Value::Table(entries) => entries.iter().any(|entry| mentions(&entry.node.value)),
        _ => false,
    });
    if !words.is_empty() && !in_env && !words.iter().any(|word| mentions(&word.value)) {
        mistakes.push(
            Mistake::new(&entry.node.span, "the service is not told its port", "no `{port}` in it")
                .help("write `{port}` where the command or `env` takes the port to listen on"),
        );
    }
}

fn ready(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<String> {
    let path = table.text("ready", mistakes)?;
    let span = &table.entry("ready")?.node.span;
    if !path.starts_with('/') {
        let title = format!("the path `{path}` does not start with a slash");
        mistakes.push(
            Mistake::new(span, title, "a path on the service")
                .fix("paths are absolute", format!("\"/{path}\"")),
        );
    } else if !path.chars().all(|c| c.is_ascii_graphic()) {
        let title = format!("`{}` is no path", path.escape_debug());
        mistakes.push(Mistake::new(span, title, "holds a space or a character beyond ASCII"));
    }
    Some(path)
}
