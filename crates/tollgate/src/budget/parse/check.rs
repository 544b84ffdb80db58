//! What no single key shows: names that must exist elsewhere, units against metrics, limits that
//! contradict each other or cannot be met.

use std::ops::Range;

use crate::budget::mistake::{Mistake, nearest};
use crate::budget::node::{Node, Value};
use crate::budget::{Bound, Budget, BudgetFile, Case, Limit, Source};
use crate::metric::{METRICS, Metric, Source as From, Statistic, known};
use crate::plan::labels;
use crate::quantity::{Dimension, show};

use tollgate_load::scenario::PRESETS;

use super::{Reading, Referred};

/// A budget and where its key and limit stand.
pub(super) struct Written {
    pub budget: Budget,
    pub key: Range<usize>,
    pub limit: Range<usize>,
}

pub(super) fn check(file: &BudgetFile, root: &Node, reading: &mut Reading<'_>) {
    references(root, reading);
    let limits = std::mem::take(&mut reading.limits);
    for (index, written) in limits.iter().enumerate() {
        let Some(case) = file.cases.iter().find(|case| case.name == written.budget.case) else {
            continue;
        };
        let found = check_metric(case, written)
            .into_iter()
            .chain(check_operation(case, written))
            .chain(check_units(written))
            .chain(check_sense(written))
            .chain(check_pair(written, &limits[..index]));
        reading.mistakes.extend(found);
    }
}

fn references(root: &Node, reading: &mut Reading<'_>) {
    for reference in &reading.references {
        let what = match reference.to {
            Referred::Case => "case",
            Referred::User => "user",
            Referred::Feed => "feed",
            Referred::Scenario => "scenario",
        };
        let mut known = defined(root, what);
        if reference.to == Referred::Scenario {
            known.extend(PRESETS);
        }
        let name = reference.name.as_str();
        if !known.contains(&name) {
            let title = format!("there is no {what} `{name}`");
            let mistake = Mistake::new(&reference.span, title, "named here");
            reading.mistakes.push(match nearest(name, known.iter().copied()) {
                Some(near) => mistake.help(format!("there is a {what} `{near}`")),
                None if known.is_empty() => mistake.help(format!("the file defines no {what}")),
                None => mistake.help(format!("known: {}", known.join(", "))),
            });
        } else if reference.to == Referred::Case && reference.from == name {
            let title = format!("case `{name}` is held against itself");
            reading.mistakes.push(Mistake::new(&reference.span, title, "always equal"));
        }
    }
}

/// The names the file gives, whether or not what they stand for could be read.
fn defined<'n>(root: &'n Node, what: &str) -> Vec<&'n str> {
    match root.get(what).map(|entry| &entry.node.value) {
        Some(Value::Table(entries)) => entries.iter().map(|entry| entry.key.as_str()).collect(),
        _ => Vec::new(),
    }
}

/// Whether the case can have the metric at all.
fn check_metric(case: &Case, written: &Written) -> Option<Mistake> {
    let key = &written.budget.key;
    let Some(metric) = known(&key.metric) else { return check_spelling(case, written) };
    let given = match &case.source {
        Source::Run(_) => From::Process,
        Source::Serve(_) => From::Load,
        Source::Import(_) => return None,
    };
    let fits = match (metric.source, given) {
        // A program may report latencies of its own.
        (From::Process | From::Load, From::Process) => true,
        (From::Server, From::Process) | (From::Process, _) => false,
        (From::Load | From::Server, _) => true,
    };
    if !fits {
        let (needs, has) = match metric.source {
            From::Process => ("`run`", "serves"),
            From::Load | From::Server => ("`serve` or `url`", "runs a program"),
        };
        let title = format!("`{}` is not measured in case `{}`", metric.name, case.name);
        let label = format!("needs a case with {needs}; this one {has}");
        return Some(Mistake::new(&written.key, title, label));
    }
    if let Source::Run(run) = &case.source
        && metric.name == "instructions"
        && !run.instructions
    {
        let title = format!("case `{}` does not count instructions", case.name);
        return Some(
            Mistake::new(&written.key, title, "counted only on request")
                .help("add `instructions = true` to the case"),
        );
    }
    None
}

/// A name that is almost a known metric is a typing error, not a metric of the program's own.
fn check_spelling(case: &Case, written: &Written) -> Option<Mistake> {
    let name = &written.budget.key.metric;
    if let Some(mistake) = check_statistic(name, written) {
        return Some(mistake);
    }
    let near = METRICS.iter().map(|metric| metric.name).find(|known| {
        strsim::damerau_levenshtein(name, known) <= if known.len() > 4 { 2 } else { 1 }
            && fits_source(case, known)
    })?;
    let statistic = written.budget.key.statistic;
    let fix = statistic.map_or(near.to_owned(), |statistic| format!("{near} {statistic}"));
    let title = format!("unknown metric `{name}`");
    let label = "almost a metric that Tollgate measures";
    Some(
        Mistake::new(&written.key, title, label)
            .fix(format!("there is a metric `{near}`"), format!("\"{fix}\"")),
    )
}

/// A known metric with almost a statistic behind it names that statistic.
fn check_statistic(name: &str, written: &Written) -> Option<Mistake> {
    const NAMED: [&str; 8] = ["min", "mean", "median", "max", "stddev", "rate", "total", "growth"];
    let (metric, word) = name.rsplit_once(' ')?;
    known(metric)?;
    let title = format!("`{word}` is no statistic");
    let mistake = Mistake::new(&written.key, title, format!("after the metric `{metric}`"));
    if let Some(near) = nearest(word, NAMED) {
        return Some(
            mistake.fix(format!("there is a statistic `{near}`"), format!("\"{metric} {near}\"")),
        );
    }
    let percentile =
        word.strip_prefix('p').is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()));
    percentile.then(|| mistake.help("a percentile lies between p0 and p100, such as p99 or p99.9"))
}

fn fits_source(case: &Case, name: &str) -> bool {
    let source = known(name).map(|metric| metric.source);
    match &case.source {
        Source::Run(_) => source != Some(From::Server),
        Source::Serve(_) => source != Some(From::Process),
        Source::Import(_) => true,
    }
}

/// An operation that looks like a parameter's value must be one.
fn check_operation(case: &Case, written: &Written) -> Option<Mistake> {
    let operation = written.budget.operation.as_deref()?;
    let Source::Run(run) = &case.source else { return None };
    let (first, _) = operation.split_once('=')?;
    run.params.iter().find(|parameter| parameter.name == first)?;
    let labels = labels(&run.params);
    let own = operation.split(" / ").next().unwrap_or(operation);
    if labels.iter().any(|label| label == own) {
        return None;
    }
    let title = format!("case `{}` has no operation `{operation}`", case.name);
    let label = "no such combination of parameters";
    Some(
        Mistake::new(&written.key, title, label).help(format!("operations: {}", labels.join("; "))),
    )
}

fn limits(budget: &Budget) -> impl Iterator<Item = &Limit> {
    let accepted = budget.accept.as_ref().map(|accept| &accept.limit);
    budget.hard.iter().chain(&budget.soft).chain(accepted)
}

fn check_units(written: &Written) -> Option<Mistake> {
    let budget = &written.budget;
    let statistic = budget.statistic();
    let expected = match known(&budget.key.metric) {
        Some(metric) => match expected_dimension(metric, statistic) {
            Ok(dimension) => Some(dimension),
            Err(mistake) => {
                return Some(Mistake::new(&written.key, mistake, "has no such statistic"));
            }
        },
        None => None,
    };
    for limit in limits(budget) {
        let Bound::Absolute(quantity) = &limit.bound else { continue };
        let fits = match expected {
            Some(expected) => quantity.dimension == expected || is_zero(quantity.value),
            // The program says what it measures; only growth and rate are known to be per time.
            None => {
                !matches!(statistic, Statistic::Growth | Statistic::Rate)
                    || quantity.dimension.per_time
                    || is_zero(quantity.value)
            }
        };
        if fits {
            continue;
        }
        let (what, units) = expected.map_or(
            ("something per time".to_owned(), "for example 50MB/h or 100/s"),
            |dimension| (dimension.to_string(), dimension.units()),
        );
        let title =
            format!("`{}` is measured in {what}, not in {}", budget.key, quantity.dimension);
        let mistake = Mistake::new(&written.limit, title, format!("expected {units}"));
        // `0.1` for a share most likely means per cent, but only the author knows.
        return Some(match expected {
            Some(Dimension::SHARE) if quantity.dimension == Dimension::COUNT => {
                mistake.help(format!("write `{} {}%`", limit.op.symbol(), quantity.value))
            }
            _ => mistake,
        });
    }
    None
}

fn is_zero(value: f64) -> bool {
    value.abs() <= 0.0
}

fn expected_dimension(metric: &Metric, statistic: Statistic) -> Result<Dimension, String> {
    statistic
        .dimension(metric.dimension)
        .ok_or_else(|| format!("`{}` is per time already; it has no {statistic}", metric.name))
}

/// Limits nothing can keep, or nothing can break.
fn check_sense(written: &Written) -> Option<Mistake> {
    let budget = &written.budget;
    let signed = matches!(budget.statistic(), Statistic::Growth);
    let measured = known(&budget.key.metric).is_some();
    for limit in limits(budget) {
        let Bound::Absolute(quantity) = &limit.bound else { continue };
        let value = quantity.value;
        let impossible = measured
            && !signed
            && limit.op.is_upper()
            && (value < 0.0 || (is_zero(value) && !limit.op.holds(0.0, value)));
        let beyond = measured
            && quantity.dimension == Dimension::SHARE
            && !budget.key.metric.contains("cpu")
            && !limit.op.is_upper()
            && !limit.op.holds(1.0, value);
        if impossible || beyond {
            let title = format!("nothing can keep to `{}`", limit.text);
            let bound = if beyond { "is never above 100 %" } else { "is never below zero" };
            let label = format!("`{}` {bound}", budget.key);
            return Some(Mistake::new(&written.limit, title, label));
        }
        let idle = measured
            && !signed
            && !limit.op.is_upper()
            && value <= 0.0
            && limit.op.holds(0.0, value);
        if idle {
            let title = format!("nothing can break `{}`", limit.text);
            let label = format!("`{}` is never below zero", budget.key);
            return Some(Mistake::new(&written.limit, title, label));
        }
    }
    check_soft(written)
}

/// A soft limit warns before the hard one breaks, or it never speaks.
fn check_soft(written: &Written) -> Option<Mistake> {
    let (Some(hard), Some(soft)) = (&written.budget.hard, &written.budget.soft) else {
        return None;
    };
    if hard.op.is_upper() != soft.op.is_upper() {
        let title = format!("`{}` and `{}` point in opposite directions", hard.text, soft.text);
        return Some(Mistake::new(&written.limit, title, "hard and soft limit of one budget"));
    }
    let (Bound::Absolute(outer), Bound::Absolute(inner)) = (&hard.bound, &soft.bound) else {
        return None;
    };
    let idle =
        if hard.op.is_upper() { inner.value >= outer.value } else { inner.value <= outer.value };
    if !idle {
        return None;
    }
    let title = format!("the soft limit `{}` never warns", soft.text);
    let label = format!("the hard limit `{}` breaks first", hard.text);
    Some(
        Mistake::new(&written.limit, title, label)
            .help("the soft limit is the stricter one of the two"),
    )
}

/// Two budgets on the same number: the same limit again, or limits that exclude each other.
fn check_pair(written: &Written, before: &[Written]) -> Option<Mistake> {
    let budget = &written.budget;
    let same = before.iter().filter(|other| {
        other.budget.case == budget.case
            && other.budget.operation == budget.operation
            && other.budget.key.metric == budget.key.metric
            && other.budget.statistic() == budget.statistic()
    });
    for other in same {
        if other.key != written.key {
            let title = format!("`{}` and `{}` are the same budget", other.budget.key, budget.key);
            return Some(
                Mistake::new(&written.key, title, format!("{} again", budget.statistic()))
                    .other(&other.key, "first here")
                    .help("several limits on one number are a list: `[\"<= 5ms\", \"<= baseline + 5%\"]`"),
            );
        }
        let (Some(a), Some(b)) = (&other.budget.hard, &budget.hard) else { continue };
        if let Some(title) = conflict(a, b) {
            return Some(
                Mistake::new(&written.limit, title, "this one").other(&other.limit, "and this one"),
            );
        }
    }
    None
}

fn conflict(a: &Limit, b: &Limit) -> Option<String> {
    let (Bound::Absolute(first), Bound::Absolute(second)) = (&a.bound, &b.bound) else {
        return (a.op == b.op && a.bound == b.bound)
            .then(|| format!("the limit `{}` stands twice", b.text));
    };
    if a.op.is_upper() == b.op.is_upper() {
        return Some(format!("`{}` and `{}` bound the same side", a.text, b.text));
    }
    let (upper, lower) = if a.op.is_upper() { (first, second) } else { (second, first) };
    (lower.value > upper.value).then(|| {
        format!(
            "nothing is both above {} and below {}",
            show(lower.value, lower.dimension),
            show(upper.value, upper.dimension)
        )
    })
}
