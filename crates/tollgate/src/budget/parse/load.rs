//! `[user.NAME]` and `[scenario.NAME]`: who loads a service, and in which shape.

use std::collections::BTreeMap;

use crate::budget::keys::{EXPECT, SCENARIO, STAGE, TASK, USER};
use crate::budget::mistake::Mistake;
use crate::budget::node::{Entry, Node, Value};
use crate::budget::{Expect, Scenario, Shape, Stage, Task, User};

use super::Reading;
use super::table::{Table, duration, entries, text};

pub(super) fn user(entry: &Entry, reading: &mut Reading<'_>) -> Option<User> {
    let table = Table::open(&entry.node, USER, reading.mistakes)?;
    let think_ns = think(&table, reading.mistakes);
    let nodes = table.list("task", reading.mistakes);
    let mut tasks: Vec<Task> = Vec::new();
    for node in nodes {
        let Some(task) = task(node, reading.mistakes) else { continue };
        if tasks.iter().any(|known| known.name == task.name) {
            let title = format!("user `{}` has two tasks named `{}`", entry.key, task.name);
            reading.mistakes.push(
                Mistake::new(&node.span, title, "again here").help("give one of them a `name`"),
            );
        }
        tasks.push(task);
    }
    if nodes.is_empty() {
        let title = format!("user `{}` has nothing to do", entry.key);
        reading.mistakes.push(
            Mistake::new(&entry.key_span, title, "has no `task`")
                .help("add for example `task = [{ get = \"/\" }]`"),
        );
    }
    Some(User {
        name: entry.key.clone(),
        weight: table.integer("weight", reading.mistakes).unwrap_or(1),
        think_ns,
        tasks,
        place: reading.place(&entry.key_span),
    })
}

fn think(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> (f64, f64) {
    let Some(entry) = table.entry("think") else { return (0.0, 0.0) };
    let Some(words) = text(&entry.node, "think", mistakes) else { return (0.0, 0.0) };
    let (shortest, longest) = words.split_once("..").unwrap_or((words, words));
    let shortest = duration(shortest.trim(), &entry.node, "think", mistakes);
    let longest = duration(longest.trim(), &entry.node, "think", mistakes);
    let (Some(shortest), Some(longest)) = (shortest, longest) else { return (0.0, 0.0) };
    if shortest > longest {
        let title = format!("the think time `{words}` runs backwards");
        mistakes.push(Mistake::new(&entry.node.span, title, "the shorter time comes first"));
    }
    (shortest, longest)
}

fn task(node: &Node, mistakes: &mut Vec<Mistake>) -> Option<Task> {
    let table = Table::open(node, TASK, mistakes)?;
    let methods: Vec<&str> = ["get", "post", "put", "patch", "delete", "head"]
        .into_iter()
        .filter(|method| table.entry(method).is_some())
        .collect();
    let &[method] = methods.as_slice() else {
        let title = if methods.is_empty() {
            "a task sends no request".to_owned()
        } else {
            format!("a task has both `{}` and `{}`", methods[0], methods[1])
        };
        mistakes.push(
            Mistake::new(&node.span, title, "one of get, post, put, patch, delete, head")
                .help("a task is one request"),
        );
        return None;
    };
    let path = table.text(method, mistakes)?;
    let expect = expect(&table, mistakes);
    if !path.starts_with('/') && !path.contains("{{") {
        let span = &table.entry(method)?.node.span;
        let title = format!("the path `{path}` does not start with a slash");
        mistakes.push(
            Mistake::new(span, title, "a path on the service")
                .fix("paths are absolute", format!("\"/{path}\"")),
        );
    }
    let method = method.to_ascii_uppercase();
    Some(Task {
        name: table.text("name", mistakes).unwrap_or_else(|| format!("{method} {path}")),
        weight: table.integer("weight", mistakes).unwrap_or(1),
        headers: table.text_map("headers", mistakes),
        body: table.text("body", mistakes),
        method,
        path,
        expect,
    })
}

fn expect(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Expect {
    let Some(entry) = table.entry("expect") else { return Expect::default() };
    let Some(table) = Table::open(&entry.node, EXPECT, mistakes) else { return Expect::default() };
    Expect {
        status: table.integer("status", mistakes).and_then(|status| u16::try_from(status).ok()),
        text: table.text("text", mistakes),
        headers: table.text_map("headers", mistakes),
        json: json(&table, mistakes),
    }
}

fn json(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> BTreeMap<String, serde_json::Value> {
    let Some(entry) = table.entry("json") else { return BTreeMap::new() };
    let Some(entries) = entries(&entry.node, "json", mistakes) else { return BTreeMap::new() };
    let mut values = BTreeMap::new();
    for entry in entries {
        if !entry.key.is_empty() && !entry.key.starts_with('/') {
            let title = format!("`{}` is not a JSON pointer", entry.key);
            mistakes.push(
                Mistake::new(&entry.key_span, title, "a pointer starts with a slash")
                    .fix("RFC 6901", format!("\"/{}\"", entry.key)),
            );
        }
        values.insert(entry.key.clone(), to_json(&entry.node));
    }
    values
}

fn to_json(node: &Node) -> serde_json::Value {
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

pub(super) fn scenario(entry: &Entry, reading: &mut Reading<'_>) -> Option<Scenario> {
    let table = Table::open(&entry.node, SCENARIO, reading.mistakes)?;
    let given: Vec<&str> =
        ["users", "rate", "stages"].into_iter().filter(|key| table.entry(key).is_some()).collect();
    let shape = match given.as_slice() {
        ["stages"] => stages(&table, reading.mistakes)?,
        [kind @ ("users" | "rate")] => {
            let Some(for_ns) = table.duration("for", reading.mistakes) else {
                if table.entry("for").is_none() {
                    let title = format!("scenario `{}` does not say how long", entry.key);
                    reading.mistakes.push(
                        Mistake::new(&entry.key_span, title, "has no `for`")
                            .help("add for example `for = \"30s\"`"),
                    );
                }
                return None;
            };
            match *kind {
                "users" => {
                    Shape::Users { users: table.integer("users", reading.mistakes)?, for_ns }
                }
                _ => Shape::Rate { per_second: table.rate("rate", reading.mistakes)?, for_ns },
            }
        }
        _ => {
            let title = format!("scenario `{}` has no clear shape", entry.key);
            reading.mistakes.push(Mistake::new(
                &entry.key_span,
                title,
                "expected exactly one of `users`, `rate` and `stages`",
            ));
            return None;
        }
    };
    Some(Scenario { name: entry.key.clone(), shape, place: reading.place(&entry.key_span) })
}

fn stages(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<Shape> {
    let nodes = table.list("stages", mistakes);
    if nodes.is_empty() {
        let span = &table.entry("stages")?.node.span;
        mistakes.push(Mistake::new(span, "a scenario has no stages", "an empty list"));
    }
    if let Some(entry) = table.entry("for") {
        let title = "`for` has no meaning beside `stages`";
        mistakes.push(Mistake::new(&entry.key_span, title, "each stage has its own `over`"));
    }
    let mut stages = Vec::new();
    for node in nodes {
        let Some(stage) = Table::open(node, STAGE, mistakes) else { continue };
        let (users, rate) = (stage.integer("users", mistakes), stage.rate("rate", mistakes));
        if stage.entry("users").is_some() == stage.entry("rate").is_some() {
            let title = "a stage has exactly one of `users` and `rate`";
            mistakes.push(Mistake::new(&node.span, title, "here"));
        }
        let Some(over_ns) = stage.duration("over", mistakes) else {
            if stage.entry("over").is_none() {
                let title = "a stage does not say how long it takes";
                mistakes.push(Mistake::new(&node.span, title, "has no `over`"));
            }
            continue;
        };
        stages.push(Stage { users, per_second: rate, over_ns });
    }
    Some(Shape::Stages(stages))
}
