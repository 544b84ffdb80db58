//! `[case.NAME.beside.PROGRAM]`: programs that run beside the service.

use std::time::Duration;

use crate::budget::company::{Beside, NETWORK, Ready, SERVICE};
use crate::budget::keys::BESIDE;
use crate::budget::mistake::Mistake;
use crate::budget::node::Entry;

use super::table::Table;
use super::value::entries;
use super::{Reading, check_name};

const TIMEOUT: Duration = Duration::from_secs(30);
const LINE: &str = "line:";

pub(super) fn beside(table: &Table<'_>, reading: &mut Reading<'_>) -> Vec<Beside> {
    let Some(entry) = table.entry("beside") else { return Vec::new() };
    let Some(entries) = entries(&entry.node, "beside", reading.mistakes) else { return Vec::new() };
    entries.iter().filter_map(|entry| one(entry, reading.mistakes)).collect()
}

fn one(entry: &Entry, mistakes: &mut Vec<Mistake>) -> Option<Beside> {
    check_name("program beside a service", entry, mistakes);
    if [SERVICE, NETWORK].contains(&entry.key.as_str()) {
        let title = format!("no program can be called `{}`", entry.key);
        let label = "stands for something else in `disturb`";
        mistakes.push(Mistake::new(&entry.key_span, title, label));
    }
    let table = Table::open(&entry.node, BESIDE, mistakes)?;
    if table.entry("run").is_none() {
        mistakes.push(
            Mistake::new(
                &entry.key_span,
                format!("`{}` starts nothing", entry.key),
                "has no `run`",
            )
            .help("add for example `run = [\"program\", \"{url}\"]`"),
        );
    }
    let program = Beside {
        name: entry.key.clone(),
        command: table.command("run", mistakes)?,
        dir: table.text("dir", mistakes),
        env: table.text_map("env", mistakes),
        ready: ready(&table, mistakes),
        timeout: table.span("timeout", mistakes).unwrap_or(TIMEOUT),
    };
    check_port(&program, &table, mistakes);
    Some(program)
}

fn ready(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<Ready> {
    let text = table.text("ready", mistakes)?;
    let span = &table.entry("ready")?.node.span;
    if let Some(line) = text.strip_prefix(LINE) {
        if line.trim().is_empty() {
            let label = "every line would do";
            mistakes.push(Mistake::new(span, "`ready` names no text of a line", label));
        }
        return Some(Ready::Line(line.to_owned()));
    }
    if !text.starts_with('/') || !text.chars().all(|c| c.is_ascii_graphic()) {
        let title = format!("`{}` is neither a path nor a line", text.escape_debug());
        mistakes.push(
            Mistake::new(span, title, "expected `/PATH` or `line:TEXT`")
                .help("a path is asked for at the program's port, a line awaited in its output"),
        );
        return None;
    }
    Some(Ready::Path(text))
}

/// A path can be asked for only where the port is known.
fn check_port(program: &Beside, table: &Table<'_>, mistakes: &mut Vec<Mistake>) {
    let mut words = program.command.iter().chain(program.env.values());
    if matches!(program.ready, Some(Ready::Path(_)))
        && !words.any(|word| word.contains("{port}"))
        && let Some(entry) = table.entry("run")
    {
        let title = format!("`{}` is not told its port", program.name);
        mistakes.push(
            Mistake::new(&entry.node.span, title, "no `{port}` in it, though `ready` is a path")
                .help("write `{port}` where the command or `env` takes the port to listen on"),
        );
    }
}
