//! What no single key shows: names that must exist elsewhere, units against metrics, limits that
//! contradict each other or cannot be met.

mod limits;

use std::ops::Range;

use tollgate_load::scenario::PRESETS;

use crate::budget::mistake::{Mistake, nearest};
use crate::budget::node::{Node, Value};
use crate::budget::{Budget, BudgetFile, Case, ServeSource, Source};
use crate::metric::{METRICS, Source as From, known};
use crate::plan::labels;

use super::{Reading, Referred};
use limits::{check_pair, check_sense, check_units};

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
    if let Source::Serve(serve) = &case.source
        && metric.source == From::Server
        && !serve.starts_process()
        && !written.budget.operation.as_ref().is_some_and(|name| serve.has_beside(name))
    {
        let title = format!("`{}` is not measured in case `{}`", metric.name, case.name);
        let label = "needs a service with a process that is started here";
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
        // A short word with another beginning is another word, as `cost` and `lost` are.
        let is_long = known.len() > 4;
        let most = if is_long { 2 } else { 1 };
        // Each letter too many is a step by itself: most words need no more than that to differ.
        let letters = |word: &str| word.chars().count();
        letters(name).abs_diff(letters(known)) <= most
            && (is_long || known.chars().next() == name.chars().next())
            && fits_source(case, known)
            && strsim::osa_distance(name, known) <= most
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
    let run = match &case.source {
        Source::Run(run) => run,
        Source::Serve(serve) => return check_request(case, serve, operation, written),
        Source::Import(_) => return None,
    };
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

/// An operation of a service is a request that its users make.
fn check_request(
    case: &Case,
    serve: &ServeSource,
    operation: &str,
    written: &Written,
) -> Option<Mistake> {
    let of_program =
        known(&written.budget.key.metric).is_some_and(|metric| metric.source == From::Server);
    let requests = serve.load.operations().filter(|_| !of_program || serve.beside.is_empty());
    let programs = serve.beside.iter().map(|program| program.name.as_str());
    let mut names: Vec<&str> = requests.chain(programs.filter(|_| of_program)).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() || names.contains(&operation) {
        return None;
    }
    let title = format!("case `{}` has no operation `{operation}`", case.name);
    let label = match serve.has_beside(operation) {
        true => "of a program beside the service, what it needs is measured",
        false if of_program => "no program beside the service has that name",
        false => "no user makes such a request",
    };
    let mistake = Mistake::new(&written.key, title, label);
    Some(match nearest(operation, names.iter().copied()) {
        Some(near) => mistake.help(format!("there is an operation `{near}`")),
        None => mistake.help(format!("operations: {}", names.join("; "))),
    })
}
