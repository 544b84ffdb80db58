//! Reads a budget file from text: every mistake at once, each with its place and a hint.

mod beside;
mod budgets;
mod bus;
mod case;
mod check;
mod disturb;
mod expect;
mod feed;
mod limit;
mod load;
mod provided;
mod request;
mod scenario;
mod serve;
mod table;
mod template;
mod user;
mod value;

use std::ops::Range;

use super::keys::{FILE, Form, PROJECT, sections};
use super::mistake::{Mistake, Mistakes, nearest};
use super::node::{Node, Value, overlay, read};
use super::places::Places;
use super::{BudgetFile, Project};
use table::Table;
use tollgate_load::scenario::Scenario;
use tollgate_load::workload::{Feed, User};

pub use limit::{LimitError, limit};

/// What a budget file is read from. Pure: variables come as a function.
pub struct Input<'a> {
    /// Shown in messages.
    pub path: &'a str,
    pub text: &'a str,
    /// The project's name when the file gives none.
    pub folder: &'a str,
    pub environment: Option<&'a str>,
    pub variables: &'a dyn Fn(&str) -> Option<String>,
}

/// Reads the file with the chosen environment applied. Environments that were not chosen are
/// checked as well, so that a mistake in one does not wait for its day.
pub fn parse(input: &Input<'_>) -> Result<BudgetFile, Mistakes> {
    let (root, mut mistakes) = read(input.text, input.variables);
    let fail = |list: Vec<Mistake>| Mistakes {
        path: input.path.to_owned(),
        text: input.text.to_owned(),
        list,
    };
    if !mistakes.is_empty() {
        mistakes.sort_by_key(|mistake| mistake.span.start);
        return Err(fail(mistakes));
    }
    let environments = environments(&root, &mut mistakes);
    let names: Vec<String> = environments.iter().map(|(name, _)| name.clone()).collect();
    let chosen = choose(input.environment, &environments, &mut mistakes);
    let file = read_root(input, &laid(&root, chosen), &names, &mut mistakes);
    for (_, other) in environments.iter().filter(|(_, node)| Some(*node) != chosen) {
        let before = mistakes.len();
        read_root(input, &laid(&root, Some(other)), &names, &mut mistakes);
        // What the base file already showed is not shown again.
        let (known, fresh) = mistakes.split_at(before);
        let fresh: Vec<Mistake> = fresh.iter().filter(|m| !known.contains(m)).cloned().collect();
        mistakes.truncate(before);
        mistakes.extend(fresh);
    }
    match file {
        Some(file) if mistakes.is_empty() => Ok(file),
        _ => {
            mistakes.sort_by_key(|mistake| (mistake.span.start, mistake.span.end));
            mistakes.dedup();
            Err(fail(mistakes))
        }
    }
}

fn environments<'n>(root: &'n Node, mistakes: &mut Vec<Mistake>) -> Vec<(String, &'n Node)> {
    let Some(entry) = root.get("environment") else { return Vec::new() };
    let Some(entries) = value::entries(&entry.node, "environment", mistakes) else {
        return Vec::new();
    };
    for inner in entries {
        check_overlay(root, inner, mistakes);
    }
    entries.iter().map(|entry| (entry.key.clone(), &entry.node)).collect()
}

/// An overlay changes what is there: a case it names must exist in the file.
fn check_overlay(root: &Node, environment: &super::node::Entry, mistakes: &mut Vec<Mistake>) {
    if let Some(inner) = environment.node.get("environment") {
        mistakes.push(Mistake::new(
            &inner.key_span,
            "an environment holds no environments",
            "not allowed here",
        ));
    }
    let (Some(cases), Some(known)) = (environment.node.get("case"), root.get("case")) else {
        return;
    };
    let (Value::Table(cases), Value::Table(known)) = (&cases.node.value, &known.node.value) else {
        return;
    };
    for case in cases {
        if known.iter().any(|entry| entry.key == case.key) {
            continue;
        }
        let title = format!("environment `{}` changes no case `{}`", environment.key, case.key);
        let mistake = Mistake::new(&case.key_span, title, "no such case in this file");
        let near = nearest(&case.key, known.iter().map(|entry| entry.key.as_str()));
        mistakes.push(match near {
            Some(name) => mistake.fix(format!("there is a case `{name}`"), name),
            None => mistake,
        });
    }
}

fn choose<'n>(
    name: Option<&str>,
    environments: &[(String, &'n Node)],
    mistakes: &mut Vec<Mistake>,
) -> Option<&'n Node> {
    let name = name?;
    let found = environments.iter().find(|(known, _)| known == name).map(|&(_, node)| node);
    if found.is_none() {
        let known: Vec<&str> = environments.iter().map(|(name, _)| name.as_str()).collect();
        let help = if known.is_empty() {
            "the file defines no environments".to_owned()
        } else {
            format!("environments: {}", known.join(", "))
        };
        mistakes.push(
            Mistake::new(&(0..0), format!("there is no environment `{name}`"), "in this file")
                .help(help),
        );
    }
    found
}

fn laid(root: &Node, environment: Option<&Node>) -> Node {
    let mut base = root.clone();
    if let Value::Table(entries) = &mut base.value {
        entries.retain(|entry| entry.key != "environment");
    }
    if let Some(environment) = environment {
        overlay(&mut base, environment);
    }
    base
}

/// Everything the sections of one file share while they are read.
struct Reading<'a> {
    places: Places<'a>,
    project: Project,
    users: Vec<User>,
    /// Users who do what others do.
    alike: Vec<user::Alike>,
    feeds: Vec<Feed>,
    scenarios: Vec<Scenario>,
    mistakes: &'a mut Vec<Mistake>,
    /// Names used in one place that must be defined in another.
    references: Vec<Reference>,
    /// The places of limits, in the order of the budgets.
    limits: Vec<check::Written>,
}

struct Reference {
    to: Referred,
    name: String,
    /// The case that refers.
    from: String,
    span: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Referred {
    Case,
    User,
    Feed,
    Scenario,
}

impl Reading<'_> {
    fn place(&self, span: &Range<usize>) -> super::Place {
        self.places.of(span.start)
    }
}

fn read_root(
    input: &Input<'_>,
    root: &Node,
    environments: &[String],
    mistakes: &mut Vec<Mistake>,
) -> Option<BudgetFile> {
    let table = Table::open(root, FILE, mistakes)?;
    let project = project(&table, input.folder, mistakes);
    let mut reading = Reading {
        places: Places::new(input.path, input.text),
        project: project.clone(),
        users: Vec::new(),
        alike: Vec::new(),
        feeds: Vec::new(),
        scenarios: Vec::new(),
        mistakes,
        references: Vec::new(),
        limits: Vec::new(),
    };
    reading.feeds = named(&table, "feed", &mut reading, feed::feed);
    reading.users = named(&table, "user", &mut reading, user::user);
    user::make_alike(&mut reading);
    reading.scenarios = named(&table, "scenario", &mut reading, scenario::scenario);
    let cases = named(&table, "case", &mut reading, case::case);
    if table.entry("case").is_none_or(
        |entry| matches!(&entry.node.value, Value::Table(entries) if entries.is_empty()),
    ) {
        reading.mistakes.push(
            Mistake::new(&(0..0), "the file has no cases", "nothing to measure")
                .help("add for example `[case.start]` with `run = [\"program\"]` and a budget"),
        );
    }
    let file = BudgetFile {
        project,
        cases,
        users: std::mem::take(&mut reading.users),
        feeds: std::mem::take(&mut reading.feeds),
        scenarios: std::mem::take(&mut reading.scenarios),
        environments: environments.to_vec(),
    };
    check::check(&file, root, &mut reading);
    Some(file)
}

fn project(root: &Table<'_>, folder: &str, mistakes: &mut Vec<Mistake>) -> Project {
    let mut project = Project {
        name: folder.to_owned(),
        build: Vec::new(),
        confidence: 0.95,
        baseline: None,
        default_branch: None,
    };
    let Some(table) =
        root.entry("project").and_then(|entry| Table::open(&entry.node, PROJECT, mistakes))
    else {
        return project;
    };
    project.name = table.text("name", mistakes).unwrap_or(project.name);
    project.build = table.commands("build", mistakes);
    project.confidence = confidence(&table, mistakes).unwrap_or(project.confidence);
    project.baseline = table.text("baseline", mistakes);
    project.default_branch = table.text("default-branch", mistakes);
    project
}

fn confidence(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<f64> {
    let number = table.number("confidence", mistakes)?;
    if (0.5..=0.9999).contains(&number) {
        return Some(number);
    }
    let span = &table.entry("confidence")?.node.span;
    let title = format!("`confidence = {number}` is out of range");
    mistakes.push(
        Mistake::new(span, title, "expected 0.5 to 0.9999")
            .help("a confidence is a fraction: 0.95 means 95 %"),
    );
    None
}

fn named<T>(
    root: &Table<'_>,
    key: &str,
    reading: &mut Reading<'_>,
    read: fn(&super::node::Entry, &mut Reading<'_>) -> Option<T>,
) -> Vec<T> {
    let Some(entry) = root.entry(key) else { return Vec::new() };
    let Some(entries) = value::entries(&entry.node, key, reading.mistakes) else {
        return Vec::new();
    };
    entries
        .iter()
        .filter_map(|entry| {
            check_name(key, entry, reading.mistakes);
            read(entry, reading)
        })
        .collect()
}

/// Names are used on command lines, in globs and in limits, so they are plain words.
fn check_name(what: &str, entry: &super::node::Entry, mistakes: &mut Vec<Mistake>) {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if entry.key.is_empty() || !entry.key.chars().all(plain) {
        mistakes.push(
            Mistake::new(
                &entry.key_span,
                format!("`{}` is no name for a {what}", entry.key),
                "used on command lines and in limits",
            )
            .help("letters, digits, `-`, `_`, `.` and `/`"),
        );
    }
}

/// The section a key belongs to, when it stands in another one.
fn elsewhere(name: &str) -> Option<&'static str> {
    sections()
        .filter(|section| section.header != FILE)
        .find(|section| {
            section.keys.iter().any(|key| key.name == name && key.form != Form::Overlay)
        })
        .map(|section| section.header)
}
