//! `[user.NAME]`: a class of users, its tasks, and the names they share.

use std::ops::Range;

use tollgate_load::workload::{Request, Task, Think, User};

use crate::budget::keys::{REQUEST, TASK, USER};
use crate::budget::mistake::Mistake;
use crate::budget::node::{Entry, Node};

use super::request::{METHODS, request};
use super::table::Table;
use super::template::Scope;
use super::value::{span, text};
use super::{Reading, Reference, Referred};

pub(super) fn user(entry: &Entry, reading: &mut Reading<'_>) -> Option<User> {
    let table = Table::open(&entry.node, USER, reading.mistakes)?;
    let mut names = Names { user: &entry.key, seen: Vec::new() };
    let mut scope = Scope::default();
    let start = requests(table.list("start", reading.mistakes), &mut scope, &mut names, reading);
    let nodes = table.list("task", reading.mistakes);
    let tasks = nodes.iter().filter_map(|node| task(node, &scope, &mut names, reading)).collect();
    if let Some(like) = table.entry("like") {
        alike(&entry.key, &table, like, reading);
    } else if nodes.is_empty() {
        let title = format!("user `{}` has nothing to do", entry.key);
        reading.mistakes.push(
            Mistake::new(&entry.key_span, title, "has no `task`")
                .help("add for example `task = [{ get = \"/\" }]`"),
        );
    }
    Some(User {
        name: entry.key.clone(),
        weight: table.integer("weight", reading.mistakes).unwrap_or(1),
        think: think(&table, reading.mistakes).unwrap_or_default(),
        start,
        tasks,
    })
}

/// A user who does the tasks of another.
pub(super) struct Alike {
    name: String,
    like: String,
    span: Range<usize>,
}

fn alike(user: &str, table: &Table<'_>, entry: &Entry, reading: &mut Reading<'_>) {
    for key in ["task", "start"] {
        if let Some(own) = table.entry(key) {
            let title = format!("`{key}` has no meaning beside `like`");
            let label = "the other user's are done";
            reading.mistakes.push(Mistake::new(&own.key_span, title, label));
        }
    }
    let Some(like) = table.text("like", reading.mistakes) else { return };
    let span = entry.node.span.clone();
    reading.references.push(Reference {
        to: Referred::User,
        name: like.clone(),
        from: String::new(),
        span: span.clone(),
    });
    reading.alike.push(Alike { name: user.to_owned(), like, span });
}

/// Gives those who do what others do their tasks, once all users are read.
pub(super) fn make_alike(reading: &mut Reading<'_>) {
    for alike in std::mem::take(&mut reading.alike) {
        let model = reading.users.iter().find(|user| user.name == alike.like).cloned();
        // That nobody is called so is told elsewhere.
        let Some(model) = model else { continue };
        if model.tasks.is_empty() {
            let title = format!("user `{}` has no tasks of its own", alike.like);
            let label = "named here by a user without tasks";
            reading.mistakes.push(Mistake::new(&alike.span, title, label));
        }
        if let Some(user) = reading.users.iter_mut().find(|user| user.name == alike.name) {
            user.start = model.start;
            user.tasks = model.tasks;
        }
    }
}

fn think(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<Think> {
    let entry = table.entry("think")?;
    let words = text(&entry.node, "think", mistakes)?;
    let (shortest, longest) = words.split_once("..").unwrap_or((words, words));
    let shortest = span(shortest.trim(), &entry.node, "think", mistakes);
    let longest = span(longest.trim(), &entry.node, "think", mistakes);
    let think = Think { shortest: shortest?, longest: longest? };
    if think.shortest > think.longest {
        let title = format!("the think time `{words}` runs backwards");
        mistakes.push(Mistake::new(&entry.node.span, title, "the shorter time comes first"));
    }
    Some(think)
}

fn task(
    node: &Node,
    start: &Scope,
    names: &mut Names<'_>,
    reading: &mut Reading<'_>,
) -> Option<Task> {
    let table = Table::open(node, TASK, reading.mistakes)?;
    let mut scope = Scope { feed: table.entry("feed").is_some(), ..start.clone() };
    let feed = table.text("feed", reading.mistakes);
    if let (Some(name), Some(entry)) = (&feed, table.entry("feed")) {
        reading.references.push(Reference {
            to: Referred::Feed,
            name: name.clone(),
            from: String::new(),
            span: entry.node.span.clone(),
        });
    }
    let weight = table.integer("weight", reading.mistakes).unwrap_or(1);
    let steps = if let Some(entry) = table.entry("steps") {
        check_steps(&table, reading.mistakes);
        let nodes = table.list("steps", reading.mistakes);
        if nodes.is_empty() {
            let title = "a task has no steps";
            reading.mistakes.push(Mistake::new(&entry.node.span, title, "an empty list"));
        }
        requests(nodes, &mut scope, names, reading)
    } else {
        one(&table, &mut scope, names, reading).into_iter().collect()
    };
    Some(Task { weight, feed, steps })
}

/// What a request says belongs to each step, not to the task beside them.
fn check_steps(table: &Table<'_>, mistakes: &mut Vec<Mistake>) {
    for key in METHODS.iter().chain(&["name", "headers", "body", "batch", "expect", "capture"]) {
        if let Some(entry) = table.entry(key) {
            let title = format!("`{key}` has no meaning beside `steps`");
            mistakes.push(Mistake::new(&entry.key_span, title, "belongs to one of the steps"));
        }
    }
}

fn requests(
    nodes: &[Node],
    scope: &mut Scope,
    names: &mut Names<'_>,
    reading: &mut Reading<'_>,
) -> Vec<Request> {
    let mut requests = Vec::new();
    for node in nodes {
        let Some(table) = Table::open(node, REQUEST, reading.mistakes) else { continue };
        requests.extend(one(&table, scope, names, reading));
    }
    requests
}

fn one(
    table: &Table<'_>,
    scope: &mut Scope,
    names: &mut Names<'_>,
    reading: &mut Reading<'_>,
) -> Option<Request> {
    let request = request(table, scope, reading.mistakes)?;
    names.add(table, &request, reading.mistakes);
    Some(request)
}

/// The operations of a user: requests that differ count together only where both are named so.
struct Names<'a> {
    user: &'a str,
    /// With whether the name is written out.
    seen: Vec<(Request, bool)>,
}

impl Names<'_> {
    fn add(&mut self, table: &Table<'_>, request: &Request, mistakes: &mut Vec<Mistake>) {
        let written = table.entry("name").is_some();
        let clash = self.seen.iter().any(|(known, named)| {
            known.name == request.name && !(written && *named) && known != request
        });
        if clash {
            let title =
                format!("user `{}` has two different requests named `{}`", self.user, request.name);
            mistakes.push(
                Mistake::new(&table.node.span, title, "again here")
                    .help("give each a `name`, the same one if they are to count together"),
            );
        }
        self.seen.push((request.clone(), written));
    }
}
