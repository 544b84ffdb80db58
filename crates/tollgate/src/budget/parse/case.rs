//! `[case.NAME]`: what is measured, and how often.

use crate::budget::keys::CASE;
use crate::budget::mistake::Mistake;
use crate::budget::node::{Entry, Value};
use crate::budget::{Case, ImportSource, Parameter, RunSource, Source};

use super::Reading;
use super::budgets::budgets;
use super::serve::serve;
use super::table::Table;
use super::value::{entries, scalar, wrong};

/// Ten minutes: long enough for a soak's step, short enough that a hang is noticed the same hour.
const TIMEOUT_NS: f64 = 600e9;

pub(super) fn case(entry: &Entry, reading: &mut Reading<'_>) -> Option<Case> {
    let table = Table::open(&entry.node, CASE, reading.mistakes)?;
    let budgets = budgets(&entry.key, &table, reading);
    let source = source(entry, &table, reading)?;
    let once = match &source {
        Source::Run(_) => false,
        Source::Serve(_) => true,
        Source::Import(import) => import.producer.is_none(),
    };
    let runs = matches!(&source, Source::Run(_));
    Some(Case {
        name: entry.key.clone(),
        about: table.text("about", reading.mistakes),
        trials: table.integer("trials", reading.mistakes).unwrap_or(if once { 1 } else { 10 }),
        warmups: table.integer("warmups", reading.mistakes).unwrap_or(u32::from(runs)),
        sets: table.text_list("sets", reading.mistakes).unwrap_or_else(|| vec!["quick".to_owned()]),
        needs: table.text_list("needs", reading.mistakes).unwrap_or_default(),
        budgets,
        place: reading.place(&entry.key_span),
        source,
    })
}

fn source(entry: &Entry, table: &Table<'_>, reading: &mut Reading<'_>) -> Option<Source> {
    let kinds: Vec<&str> = ["run", "serve", "url", "import"]
        .into_iter()
        .filter(|key| table.entry(key).is_some())
        .collect();
    match kinds.as_slice() {
        ["run"] => Some(Source::Run(run(table, reading)?)),
        ["serve" | "url"] | ["serve", "url"] => {
            serve(entry, table, reading).map(|serve| Source::Serve(Box::new(serve)))
        }
        ["import"] => Some(Source::Import(import(table, None, reading)?)),
        ["run", "import"] => {
            let producer = run(table, reading)?;
            Some(Source::Import(import(table, Some(producer), reading)?))
        }
        [] if table.entry("load").is_some() => {
            serve(entry, table, reading).map(|serve| Source::Serve(Box::new(serve)))
        }
        [] => {
            reading.mistakes.push(
                Mistake::new(
                    &entry.key_span,
                    format!("case `{}` measures nothing", entry.key),
                    "has no `run`, `serve`, `url` or `import`",
                )
                .help("add for example `run = [\"target/release/program\"]`"),
            );
            None
        }
        [_] => unreachable!("the list holds the four keys above"),
        [first, second, ..] => {
            let other = table.entry(second).map(|entry| entry.key_span.clone());
            reading.mistakes.push(
                Mistake::new(
                    &other.unwrap_or(entry.key_span.clone()),
                    format!("case `{}` has both `{first}` and `{second}`", entry.key),
                    "a case is measured one way",
                )
                .help("make two cases of it; only `import` may stand beside `run`, and `url` beside `serve`"),
            );
            None
        }
    }
}

fn run(table: &Table<'_>, reading: &mut Reading<'_>) -> Option<RunSource> {
    let mistakes = &mut *reading.mistakes;
    for key in ["ready", "load", "allow-hosts", "server-config", "beside", "disturb"] {
        misplaced(table, key, "`serve` or `url`", mistakes);
    }
    let params = parameters(table, mistakes);
    let run = RunSource {
        command: table.command("run", mistakes)?,
        dir: table.text("dir", mistakes),
        env: table.text_map("env", mistakes),
        stdin: table.text("stdin", mistakes),
        timeout_ns: Some(table.duration("timeout", mistakes).unwrap_or(TIMEOUT_NS)),
        exit_code: table
            .integer("exit-code", mistakes)
            .map_or(0, |code| i32::try_from(code).unwrap_or(0)),
        prepare: table.command("prepare", mistakes),
        cleanup: table.command("cleanup", mistakes),
        params,
        instructions: table.boolean("instructions", mistakes).unwrap_or(false),
    };
    check_parameters(table, &run, mistakes);
    Some(run)
}

fn import(
    table: &Table<'_>,
    producer: Option<RunSource>,
    reading: &mut Reading<'_>,
) -> Option<ImportSource> {
    let mistakes = &mut *reading.mistakes;
    for key in ["beside", "disturb"] {
        if producer.is_none() {
            misplaced(table, key, "`serve` or `url`", mistakes);
        }
    }
    if producer.is_none() {
        for key in ["stdin", "params", "instructions", "exit-code", "prepare", "cleanup", "warmups"]
        {
            misplaced(table, key, "`run`", mistakes);
        }
    }
    Some(ImportSource {
        path: table.text("import", mistakes)?,
        format: table.choice("format", mistakes).map(str::to_owned),
        producer,
    })
}

/// A key that has a meaning only beside another one.
pub(super) fn misplaced(table: &Table<'_>, key: &str, with: &str, mistakes: &mut Vec<Mistake>) {
    if let Some(entry) = table.entry(key) {
        mistakes.push(Mistake::new(
            &entry.key_span,
            format!("`{key}` has no meaning in this case"),
            format!("goes with {with}"),
        ));
    }
}

fn parameters(table: &Table<'_>, mistakes: &mut Vec<Mistake>) -> Vec<Parameter> {
    let Some(entry) = table.entry("params") else { return Vec::new() };
    let Some(entries) = entries(&entry.node, "params", mistakes) else { return Vec::new() };
    let mut parameters = Vec::new();
    for entry in entries {
        let Value::Array(items) = &entry.node.value else {
            wrong::<()>(&entry.node, &entry.key, "a list of values", mistakes);
            continue;
        };
        let values: Vec<String> =
            items.iter().filter_map(|item| scalar(item, &entry.key, mistakes)).collect();
        if values.is_empty() {
            let title = format!("the parameter `{}` has no values", entry.key);
            mistakes.push(Mistake::new(&entry.node.span, title, "nothing would be measured"));
        }
        for (index, value) in values.iter().enumerate() {
            if values[..index].contains(value) {
                let title = format!("the value `{value}` stands twice");
                mistakes.push(Mistake::new(&items[index].span, title, "again here"));
            }
        }
        parameters.push(Parameter { name: entry.key.clone(), values });
    }
    parameters
}

/// A parameter that nothing uses measures the same thing several times under different names.
fn check_parameters(table: &Table<'_>, run: &RunSource, mistakes: &mut Vec<Mistake>) {
    let Some(entry) = table.entry("params") else { return };
    for parameter in &run.params {
        let hole = format!("{{{}}}", parameter.name);
        let commands = [Some(&run.command), run.prepare.as_ref(), run.cleanup.as_ref()];
        let used = commands.into_iter().flatten().flatten().any(|word| word.contains(&hole))
            || run.env.values().chain(&run.stdin).chain(&run.dir).any(|text| text.contains(&hole));
        if !used && parameter.values.len() > 1 {
            let span = entry.node.get(&parameter.name).map(|entry| entry.key_span.clone());
            mistakes.push(
                Mistake::new(
                    &span.unwrap_or(entry.key_span.clone()),
                    format!("nothing uses the parameter `{}`", parameter.name),
                    "every value would measure the same",
                )
                .help(format!("write `{hole}` in `run`, `env`, `stdin`, `prepare` or `cleanup`")),
            );
        }
    }
}
