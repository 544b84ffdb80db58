//! `[case.NAME.load]`: who loads a service, in which shape, and how the requests travel.

use std::path::PathBuf;

use tollgate_load::scenario::{Override, Scenario};
use tollgate_load::workload::{Feed, Http, Protocol, Tls, User};

use crate::budget::keys::{LOAD, SET};
use crate::budget::load::{DEFAULT_SCENARIO, Load, Misfit, Until};
use crate::budget::mistake::Mistake;
use crate::budget::node::{Entry, Node, Value};

use super::bus::{bus, unmixed};
use super::table::Table;
use super::{Reading, Reference, Referred};

pub(super) fn load(case: &Entry, given: Option<&Entry>, reading: &mut Reading<'_>) -> Load {
    let table = given.and_then(|entry| Table::open(&entry.node, LOAD, reading.mistakes));
    let Some(table) = table else {
        if given.is_none() {
            let title = format!("nothing is sent to the service of case `{}`", case.key);
            reading.mistakes.push(
                Mistake::new(&case.key_span, title, "has no `load`")
                    .help("add `load = { users = [\"NAME\"] }` and a table `[user.NAME]`"),
            );
        }
        return Load::default();
    };
    let names = users(case, &table, reading);
    let named = reading.users.iter().filter(|user| names.contains(&user.name));
    let users: Vec<User> = named.cloned().collect();
    let tasks = || users.iter().flat_map(|user| &user.tasks);
    let used = |feed: &&Feed| tasks().any(|task| task.feed.as_ref() == Some(&feed.name));
    let load = Load {
        feeds: reading.feeds.iter().filter(used).cloned().collect(),
        scenario: scenario(&table, reading),
        set: set(&table, reading.mistakes),
        protocol: protocol(&table, reading.mistakes),
        bus: bus(&table, reading.mistakes),
        until: match table.choice("until", reading.mistakes) {
            Some("decided") => Until::Decided,
            _ => Until::End,
        },
        out: table.text("out", reading.mistakes).filter(|out| !out.is_empty()).map(PathBuf::from),
        threads: table.integer("threads", reading.mistakes),
        users,
    };
    if load.users.len() < names.len() || names.is_empty() {
        // Told already; whether the scenario fits is not known.
        return load;
    }
    unmixed(&load, &table, reading.mistakes);
    fitted(load, &table, reading.mistakes)
}

/// Lays what is set over the scenario.
fn fitted(load: Load, table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Load {
    match load.under(&load.scenario) {
        Ok(load) => load,
        Err(problem) => {
            let key = if matches!(problem, Misfit::Set(_)) { "set" } else { "scenario" };
            let span = table.entry(key).map_or(&table.node.span, |entry| &entry.node.span);
            let label = format!("the scenario is `{}`", load.scenario.name);
            mistakes.push(Mistake::new(span, problem.to_string(), label));
            load
        }
    }
}

fn users(case: &Entry, table: &Table<'_>, reading: &mut Reading<'_>) -> Vec<String> {
    let names = table.text_list("users", reading.mistakes).unwrap_or_default();
    if names.is_empty() {
        let title = format!("the load on case `{}` has no users", case.key);
        reading.mistakes.push(
            Mistake::new(&table.node.span, title, "nobody sends anything")
                .help("add `users = [\"NAME\"]` and a table `[user.NAME]`"),
        );
    }
    if let Some(Entry { node, .. }) = table.entry("users")
        && let Value::Array(items) = &node.value
    {
        reading.references.extend(names.iter().zip(items).map(|(name, item)| Reference {
            to: Referred::User,
            name: name.clone(),
            from: String::new(),
            span: item.span.clone(),
        }));
    }
    names
}

fn scenario(table: &Table<'_>, reading: &mut Reading<'_>) -> Scenario {
    let named = table.text("scenario", reading.mistakes);
    if let (Some(name), Some(entry)) = (&named, table.entry("scenario")) {
        reading.references.push(Reference {
            to: Referred::Scenario,
            name: name.clone(),
            from: String::new(),
            span: entry.node.span.clone(),
        });
    }
    let name = named.as_deref().unwrap_or(DEFAULT_SCENARIO);
    let own = reading.scenarios.iter().find(|scenario| scenario.name == name).cloned();
    // A scenario that cannot be read is a mistake already.
    own.or_else(|| Scenario::preset(name)).unwrap_or_else(|| Load::default().scenario)
}

/// What is empty, such as by an unset variable, is not set.
fn set(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Override {
    let Some(entry) = table.entry("set") else { return Override::default() };
    let given = without_empty(&entry.node);
    let Some(table) = Table::open(&given, SET, mistakes) else { return Override::default() };
    Override {
        users: table.integer("users", mistakes),
        rate: table.rate("rate", mistakes),
        ramp: None,
        spawn: table.rate("spawn-rate", mistakes),
        hold: table.span("for", mistakes),
        warmup: table.span("warmup", mistakes),
        requests: table.integer("requests", mistakes).map(u64::from),
    }
}

fn without_empty(node: &Node) -> Node {
    let mut node = node.clone();
    if let Value::Table(entries) = &mut node.value {
        let empty =
            |value: &Value| matches!(value, Value::Text { text, .. } if text.trim().is_empty());
        entries.retain(|entry| !empty(&entry.node.value));
    }
    node
}

fn protocol(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Protocol {
    let usual = Protocol::default();
    Protocol {
        http: match table.choice("http", mistakes) {
            Some("2") => Http::Two,
            _ => Http::One,
        },
        keep_alive: table.boolean("keep-alive", mistakes).unwrap_or(usual.keep_alive),
        compression: table.boolean("compression", mistakes).unwrap_or(usual.compression),
        cookies: table.boolean("cookies", mistakes).unwrap_or(usual.cookies),
        redirects: table.integer("redirects", mistakes).unwrap_or(usual.redirects),
        timeout: timeout(table, mistakes).unwrap_or(usual.timeout),
        connections: table.integer("connections", mistakes).unwrap_or(usual.connections),
        largest_body: usual.largest_body,
        tls: tls(table, mistakes),
    }
}

fn timeout(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<std::time::Duration> {
    let timeout = table.span("timeout", mistakes)?;
    if timeout.is_zero() {
        let span = &table.entry("timeout")?.node.span;
        mistakes.push(Mistake::new(span, "no answer takes no time", "every request would fail"));
    }
    Some(timeout)
}

fn tls(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Tls {
    let insecure = table.choice("tls", mistakes) == Some("insecure");
    match table.text("authority", mistakes) {
        Some(_) if insecure => {
            let span = table.entry("authority").map_or(&table.node.span, |entry| &entry.key_span);
            let title = "`authority` has no meaning beside `tls = \"insecure\"`";
            mistakes.push(Mistake::new(span, title, "anybody is believed"));
            Tls::Anyone
        }
        Some(path) => Tls::Authority(PathBuf::from(path)),
        None if insecure => Tls::Anyone,
        None => Tls::System,
    }
}
