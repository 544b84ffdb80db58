//! `[scenario.NAME]`: a named workload shape.

use std::time::Duration;

use tollgate_load::scenario::{Level, Override, Scenario, Search, Shape, Stage};
use tollgate_load::workload::Arrivals;

use crate::budget::keys::{SCENARIO, SEARCH, STAGE};
use crate::budget::mistake::Mistake;
use crate::budget::node::{Entry, Node};

use super::table::Table;
use super::{Reading, Reference, Referred};

pub(super) fn scenario(entry: &Entry, reading: &mut Reading<'_>) -> Option<Scenario> {
    let table = Table::open(&entry.node, SCENARIO, reading.mistakes)?;
    let before = reading.mistakes.len();
    let shape = shape(entry, &table, reading.mistakes);
    let classes = table.text_list("classes", reading.mistakes).unwrap_or_default();
    if let Some(entry) = table.entry("classes") {
        reading.references.extend(classes.iter().map(|name| Reference {
            to: Referred::User,
            name: name.clone(),
            from: String::new(),
            span: entry.node.span.clone(),
        }));
    }
    let scenario = Scenario {
        name: entry.key.clone(),
        classes,
        warmup: table.span("warmup", reading.mistakes),
        requests: table.integer("requests", reading.mistakes).map(u64::from),
        shape: shape?,
    };
    if reading.mistakes.len() == before
        && let Err(problem) = scenario.overridden(&Override::default())
    {
        let span = table.entry("warmup").map_or(&entry.key_span, |entry| &entry.node.span);
        reading.mistakes.push(Mistake::new(span, problem, "nothing would be measured"));
    }
    Some(scenario)
}

fn shape(entry: &Entry, table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<Shape> {
    let given: Vec<&str> = ["users", "rate", "stages", "search"]
        .into_iter()
        .filter(|key| table.entry(key).is_some())
        .collect();
    let &[kind] = given.as_slice() else {
        let title = format!("scenario `{}` has no clear shape", entry.key);
        let label = "expected exactly one of `users`, `rate`, `stages` and `search`";
        mistakes.push(Mistake::new(&entry.key_span, title, label));
        return None;
    };
    let idle: &[&str] = match kind {
        "users" => &["arrivals"],
        "rate" => &["spawn-rate"],
        "stages" => &["for", "ramp", "spawn-rate"],
        _ => &["for", "ramp", "spawn-rate", "requests"],
    };
    for key in idle {
        if let Some(entry) = table.entry(key) {
            let title = format!("`{key}` has no meaning beside `{kind}`");
            mistakes.push(Mistake::new(&entry.key_span, title, "has no effect"));
        }
    }
    let arrivals = match table.choice("arrivals", mistakes) {
        Some("poisson") => Arrivals::Poisson,
        _ => Arrivals::Even,
    };
    match kind {
        "users" => {
            let users = table.integer("users", mistakes);
            let (ramp, hold) = (ramp(table, users, mistakes), hold(entry, table, mistakes));
            Some(Shape::Users { users: users?, ramp, hold: hold? })
        }
        "rate" => {
            let per_second = table.rate("rate", mistakes);
            let (ramp, hold) = (ramp(table, None, mistakes), hold(entry, table, mistakes));
            Some(Shape::Rate { per_second: per_second?, arrivals, ramp, hold: hold? })
        }
        "stages" => stages(table, arrivals, mistakes),
        _ => search(table, arrivals, mistakes).map(Shape::Search),
    }
}

fn hold(entry: &Entry, table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<Duration> {
    let Some(given) = table.entry("for") else {
        let title = format!("scenario `{}` does not say how long", entry.key);
        mistakes.push(
            Mistake::new(&entry.key_span, title, "has no `for`")
                .help("add for example `for = \"30s\"`"),
        );
        return None;
    };
    let hold = table.span("for", mistakes)?;
    if hold.is_zero() {
        let title = format!("scenario `{}` lasts no time", entry.key);
        mistakes.push(Mistake::new(&given.node.span, title, "nothing would be measured"));
        return None;
    }
    Some(hold)
}

/// The time to the full level: as written, or so many users a second.
fn ramp(table: &Table<'_>, users: Option<u32>, mistakes: &mut Vec<Mistake>) -> Duration {
    let spawned = users.and_then(|users| {
        let per_second = table.rate("spawn-rate", mistakes)?;
        Duration::try_from_secs_f64(f64::from(users) / per_second).ok()
    });
    if let (Some(ramp), Some(spawn)) = (table.entry("ramp"), table.entry("spawn-rate")) {
        let title = "`ramp` and `spawn-rate` say the same";
        mistakes.push(
            Mistake::new(&spawn.key_span, title, "one of them").other(&ramp.key_span, "and this"),
        );
    }
    table.span("ramp", mistakes).or(spawned).unwrap_or_default()
}

fn stages(table: &Table<'_>, arrivals: Arrivals, mistakes: &mut Vec<Mistake>) -> Option<Shape> {
    let span = &table.entry("stages")?.node.span;
    let nodes = table.list("stages", mistakes);
    let stages: Vec<Option<Stage>> = nodes.iter().map(|node| stage(node, mistakes)).collect();
    let stages: Vec<Stage> = stages.into_iter().collect::<Option<_>>()?;
    let Some(first) = stages.first() else {
        mistakes.push(Mistake::new(span, "a scenario has no stages", "an empty list"));
        return None;
    };
    let of_users = |stage: &Stage| matches!(stage.level, Level::Users(_));
    if let Some(other) = stages.iter().position(|stage| of_users(stage) != of_users(first)) {
        let title = "some stages are of users and some of rates";
        mistakes.push(
            Mistake::new(&nodes[other].span, title, "unlike the first")
                .help("make two scenarios of it"),
        );
    }
    if stages.iter().all(|stage| matches!(stage.level, Level::Users(0))) {
        mistakes.push(Mistake::new(span, "no stage has any users", "nothing would be sent"));
    }
    if let (true, Some(entry)) = (of_users(first), table.entry("arrivals")) {
        let title = "`arrivals` has no meaning beside stages of users";
        mistakes.push(Mistake::new(&entry.key_span, title, "has no effect"));
    }
    Some(Shape::Stages { stages, arrivals })
}

fn stage(node: &Node, mistakes: &mut Vec<Mistake>) -> Option<Stage> {
    let table = Table::open(node, STAGE, mistakes)?;
    let (users, rate) = (table.integer("users", mistakes), table.rate("rate", mistakes));
    if table.entry("users").is_some() == table.entry("rate").is_some() {
        let title = "a stage has exactly one of `users` and `rate`";
        mistakes.push(Mistake::new(&node.span, title, "here"));
    }
    let (over, hold) = (table.span("over", mistakes), table.span("for", mistakes));
    if table.entry("over").is_none() && table.entry("for").is_none() {
        let title = "a stage does not say how long it takes";
        mistakes.push(Mistake::new(&node.span, title, "has neither `over` nor `for`"));
        return None;
    }
    Some(Stage {
        level: users.map(Level::Users).or(rate.map(Level::Rate))?,
        over: over.unwrap_or_default(),
        hold: hold.unwrap_or_default(),
    })
}

fn search(table: &Table<'_>, arrivals: Arrivals, mistakes: &mut Vec<Mistake>) -> Option<Search> {
    let node = &table.entry("search")?.node;
    let table = Table::open(node, SEARCH, mistakes)?;
    for key in ["from", "to"] {
        if table.entry(key).is_none() {
            let title = format!("a search has no `{key}`");
            mistakes.push(
                Mistake::new(&node.span, title, "a search goes from one rate to another")
                    .help("write for example `search = { from = \"50/s\", to = \"10000/s\" }`"),
            );
        }
    }
    let (from, to) = (table.rate("from", mistakes), table.rate("to", mistakes));
    let step = table.span("step", mistakes).unwrap_or(STEP);
    if let (true, Some(entry)) = (step.is_zero(), table.entry("step")) {
        let title = "each rate is held for no time";
        mistakes.push(Mistake::new(&entry.node.span, title, "nothing would be measured"));
    }
    let precision = table.number("precision", mistakes).unwrap_or(PRECISION);
    if let (false, Some(entry)) = ((0.001..=0.5).contains(&precision), table.entry("precision")) {
        let title = format!("`precision = {precision}` is out of range");
        mistakes.push(Mistake::new(&entry.node.span, title, "expected 0.001 to 0.5"));
    }
    let (from, to) = (from?, to?);
    if let (true, Some(entry)) = (from >= to, table.entry("to")) {
        let title = "a search ends where it begins";
        mistakes.push(Mistake::new(&entry.node.span, title, "expected a rate above `from`"));
    }
    Some(Search { from, to, arrivals, step, precision })
}

const STEP: Duration = Duration::from_secs(5);
const PRECISION: f64 = 0.05;
