//! The budgets on a case: limits by metric, for the case as a whole and for its operations.

use crate::budget::keys::{ACCEPT, LIMIT, OPERATION};
use crate::budget::mistake::Mistake;
use crate::budget::node::{Node, Value};
use crate::budget::{Accept, Budget, Limit, OnCannotTell};
use crate::calendar::Date;
use crate::metric::{Better, Key, known};
use crate::quantity::{Dimension, Kind};

use super::check::Written;
use super::table::Table;
use super::value::{entries, text, wrong};
use super::{Reading, Reference, Referred, limit};

pub(super) fn budgets(case: &str, table: &Table<'_>, reading: &mut Reading<'_>) -> Vec<Budget> {
    let mut list = Vec::new();
    if let Some(entry) = table.entry("budget") {
        budget_table(case, None, &entry.node, reading, &mut list);
    }
    let Some(entry) = table.entry("operation") else { return list };
    let Some(entries) = entries(&entry.node, "operation", reading.mistakes) else { return list };
    for operation in entries {
        if operation.key.trim().is_empty() {
            let title = "an operation has an empty name";
            reading.mistakes.push(Mistake::new(&operation.key_span, title, "here"));
        }
        if let Some(inner) = Table::open(&operation.node, OPERATION, reading.mistakes)
            && let Some(budget) = inner.entry("budget")
        {
            budget_table(case, Some(&operation.key), &budget.node, reading, &mut list);
        }
    }
    list
}

fn budget_table(
    case: &str,
    operation: Option<&str>,
    node: &Node,
    reading: &mut Reading<'_>,
    list: &mut Vec<Budget>,
) {
    let Some(entries) = entries(node, "budget", reading.mistakes) else { return };
    for entry in entries {
        if entry.key.trim().is_empty() {
            reading.mistakes.push(Mistake::new(
                &entry.key_span,
                "a budget names no metric",
                "here",
            ));
            continue;
        }
        let items: Vec<&Node> = match &entry.node.value {
            Value::Array(items) => items.iter().collect(),
            _ => vec![&entry.node],
        };
        if items.is_empty() {
            let title = format!("the budget `{}` has no limits", entry.key);
            reading.mistakes.push(Mistake::new(&entry.node.span, title, "an empty list"));
        }
        for item in items {
            let mut budget = Budget {
                case: case.to_owned(),
                operation: operation.map(str::to_owned),
                key: Key::parse(&entry.key),
                hard: None,
                soft: None,
                on_cannot_tell: None,
                baseline: reading.project.baseline.clone(),
                any_machine: false,
                accept: None,
                confidence: reading.project.confidence,
                place: reading.place(&item.span),
            };
            if fill(&mut budget, item, reading) {
                reading.limits.push(Written {
                    budget: budget.clone(),
                    key: entry.key_span.clone(),
                    limit: item.span.clone(),
                });
                list.push(budget);
            }
        }
    }
}

/// Reads the limits of one budget; false when it has none that can be read.
fn fill(budget: &mut Budget, node: &Node, reading: &mut Reading<'_>) -> bool {
    if let Value::Text { .. } = &node.value {
        budget.hard = one_limit(node, budget, reading);
        return budget.hard.is_some();
    }
    if !matches!(&node.value, Value::Table(_)) {
        let fix = match &node.value {
            Value::Integer(number) => Some(likely(budget, &number.to_string())),
            Value::Float(number) => Some(likely(budget, &number.to_string())),
            _ => None,
        };
        let title = format!("the limit of `{}` is {}", budget.key, node.value.kind());
        let mistake = Mistake::new(&node.span, title, "expected a string such as \"<= 150ms\"");
        reading.mistakes.push(match fix {
            Some(fix) => mistake.fix("a limit is a string with an operator and a unit", fix),
            None => mistake,
        });
        return false;
    }
    let Some(table) = Table::open(node, LIMIT, reading.mistakes) else { return false };
    budget.hard = table.entry("hard").and_then(|entry| one_limit(&entry.node, budget, reading));
    budget.soft = table.entry("soft").and_then(|entry| one_limit(&entry.node, budget, reading));
    if table.entry("hard").is_none() && table.entry("soft").is_none() {
        let title = format!("the budget `{}` has no limit", budget.key);
        reading.mistakes.push(
            Mistake::new(&node.span, title, "neither `hard` nor `soft`")
                .help("write for example `{ hard = \"<= 100MiB\", soft = \"<= 60MiB\" }`"),
        );
    }
    budget.on_cannot_tell = on_cannot_tell(&table, reading.mistakes);
    budget.baseline = table.text("baseline", reading.mistakes).or(budget.baseline.take());
    budget.any_machine = table.boolean("any-machine", reading.mistakes).unwrap_or(false);
    budget.confidence = super::confidence(&table, reading.mistakes).unwrap_or(budget.confidence);
    budget.accept = accept(&table, budget, reading);
    budget.hard.is_some() || budget.soft.is_some()
}

/// The limit that a bare number was most likely meant to be; without a unit where only the program
/// knows what it counts.
fn likely(budget: &Budget, number: &str) -> String {
    let metric = known(&budget.key.metric);
    let dimension = metric
        .and_then(|metric| budget.statistic().dimension(metric.dimension))
        .unwrap_or(Dimension::COUNT);
    let unit = match (dimension.kind, dimension.per_time) {
        (Kind::Time, false) => "ms",
        (Kind::Time, true) => "ms/h",
        (Kind::Bytes, false) => "MiB",
        (Kind::Bytes, true) => "MB/h",
        (Kind::Count, false) => "",
        (Kind::Count, true) => "/s",
        (Kind::Share, false) => "%",
        (Kind::Share, true) => "%/h",
    };
    let is_least = metric.is_some_and(|metric| metric.better == Better::Higher);
    format!("\"{} {number}{unit}\"", if is_least { ">=" } else { "<=" })
}

fn one_limit(node: &Node, budget: &Budget, reading: &mut Reading<'_>) -> Option<Limit> {
    let words = text(node, &budget.key.to_string(), reading.mistakes)?;
    match limit(words) {
        Ok(limit) => {
            if let crate::budget::Bound::Case { name, .. } = &limit.bound {
                reading.references.push(Reference {
                    to: Referred::Case,
                    name: name.clone(),
                    from: budget.case.clone(),
                    span: node.span.clone(),
                });
            }
            Some(limit)
        }
        Err(error) => {
            let title = format!("could not read the limit `{words}` of `{}`", budget.key);
            let mut mistake = Mistake::new(&node.span, title, error.problem);
            mistake.help = error.help;
            mistake.fix = error.fix.map(|fix| format!("\"{fix}\""));
            if mistake.fix.is_some() && mistake.help.is_none() {
                mistake.help = Some("perhaps".into());
            }
            reading.mistakes.push(mistake);
            None
        }
    }
}

fn on_cannot_tell(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Option<OnCannotTell> {
    match table.choice("on-cannot-tell", mistakes)? {
        "fail" => Some(OnCannotTell::Fail),
        "warn" => Some(OnCannotTell::Warn),
        _ => Some(OnCannotTell::Pass),
    }
}

fn accept(table: &Table<'_>, budget: &Budget, reading: &mut Reading<'_>) -> Option<Accept> {
    let entry = table.entry("accept")?;
    let table = Table::open(&entry.node, ACCEPT, reading.mistakes)?;
    for key in ["limit", "until", "reason"] {
        if table.entry(key).is_none() {
            let title = format!("`accept` has no `{key}`");
            reading.mistakes.push(
                Mistake::new(&entry.node.span, title, "an accepted breach says how much, how long and why")
                    .help("write `accept = { limit = \"<= 120MiB\", until = \"2027-01-31\", reason = \"…\" }`"),
            );
        }
    }
    let limit = table.entry("limit").and_then(|entry| one_limit(&entry.node, budget, reading))?;
    let until = until(&table, reading)?;
    Some(Accept { limit, until, reason: table.text("reason", reading.mistakes)? })
}

fn until(table: &Table<'_>, reading: &mut Reading<'_>) -> Option<String> {
    let entry = table.entry("until")?;
    let words = match &entry.node.value {
        Value::Text { text, .. } | Value::Date(text) => text.clone(),
        _ => return wrong(&entry.node, "until", "a date", reading.mistakes),
    };
    if Date::parse(&words).is_some() {
        return Some(words);
    }
    let title = format!("`{words}` is not a date");
    reading.mistakes.push(Mistake::new(&entry.node.span, title, "expected YYYY-MM-DD"));
    None
}
