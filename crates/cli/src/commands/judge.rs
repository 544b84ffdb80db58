//! `tollgate judge`: verdicts on what is already measured, by Tollgate or by another tool.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use tollgate::budget::parse::limit;
use tollgate::budget::{Budget, BudgetFile, Place, Source};
use tollgate::history::{History, new_id};
use tollgate::judge::judge as judged;
use tollgate::machine;
use tollgate::measure::import::{Format, Imported, read_path};
use tollgate::metric::Key;
use tollgate::run::{FORMAT, Outcome, PlannedTrials, Run, RunHead, RunState, Trial};

use crate::args::{Global, Judge};
use crate::exit::Exit;
use crate::output::note;
use crate::project::{self, Project};

use super::check::{conclude, strictness};
use super::report::Reports;

/// The name of the case when no budget file gives one.
const CASE: &str = "imported";

pub fn judge(global: &Global, args: &Judge) -> Result<Exit> {
    let reports = Reports::parse(&args.output, global.color)?;
    let project = optional(global)?;
    let files = args.what.iter().filter(|what| Path::new(what).exists()).count();
    if files == args.what.len() {
        return files_judged(global, args, project.as_ref(), &reports);
    }
    let [reference] = args.what.as_slice() else {
        let missing = args.what.iter().find(|what| !Path::new(what).exists());
        bail!("there is no file {}", missing.map_or("?", String::as_str));
    };
    let history = project::stored(global)
        .with_context(|| format!("`{reference}` is no file, and no stored run either"))?;
    let mut run = history.load(reference)?;
    // Cases of one name mean different things in different projects.
    let own = project.as_ref().filter(|own| own.file.project.name == run.head.project);
    match (own, &project) {
        (Some(own), _) => run.head.budgets = of_measured(&own.file, &run),
        (None, Some(other)) => note(&format!(
            "run {} is of project `{}`, the budget file of `{}`: judged by the budgets stored \
             with the run",
            run.head.id, run.head.project, other.file.project.name
        )),
        (None, None) => {}
    }
    if !args.budgets.is_empty() {
        run.head.budgets.extend(given(args, &budgeted_case(args, &run)?)?);
    }
    let default = own.map(|own| &own.file.project);
    let baselines = super::baseline::wanted(&history, &run, default)?;
    conclude(&judged(&run, &baselines, strictness(args.output.strict)), &reports)
}

/// The budget file, where one is named or found; without one, budgets come by `--budget`.
fn optional(global: &Global) -> Result<Option<Project>> {
    if global.file.is_some() {
        return Project::read(global).map(Some);
    }
    match Project::read(global) {
        Ok(project) => Ok(Some(project)),
        // A file with mistakes must be told; its absence is no mistake here.
        Err(error) if error.is::<tollgate::budget::mistake::Mistakes>() => Err(error),
        Err(_) => Ok(None),
    }
}

/// The budgets of today's file on the cases the run measured.
fn of_measured(file: &BudgetFile, run: &Run) -> Vec<Budget> {
    let measured = |budget: &&Budget| run.head.planned.iter().any(|own| own.case == budget.case);
    let budgets = file.cases.iter().flat_map(|case| &case.budgets);
    budgets.filter(measured).cloned().collect()
}

/// The case that `--budget` is about: the one named, or the only one of the run.
fn budgeted_case(args: &Judge, run: &Run) -> Result<String> {
    let mut cases: Vec<&str> = run.head.planned.iter().map(|own| own.case.as_str()).collect();
    cases.sort_unstable();
    cases.dedup();
    match (&args.case, cases.as_slice()) {
        (Some(name), cases) if cases.contains(&name.as_str()) => Ok(name.clone()),
        (None, [only]) => Ok((*only).to_owned()),
        (Some(name), _) => bail!("run {} has no case `{name}`: {}", run.head.id, cases.join(", ")),
        (None, _) => bail!(
            "run {} has several cases; `--case NAME` says which one `--budget` is about: {}",
            run.head.id,
            cases.join(", ")
        ),
    }
}

fn files_judged(
    global: &Global,
    args: &Judge,
    project: Option<&Project>,
    reports: &Reports,
) -> Result<Exit> {
    let format = args.format.as_deref().map(named).transpose()?;
    let mut trials = Vec::new();
    let case = case(args, project)?;
    for (index, path) in args.what.iter().enumerate() {
        let imported = read_path(Path::new(path), format).map_err(|error| {
            // The error already says its cause.
            anyhow!("{error}{}", hint(error.hint().as_deref()))
        })?;
        for remark in &imported.notes {
            note(&format!("{path}: {remark}"));
        }
        trials.push(trial(&case, index, imported));
    }
    let mut budgets: Vec<Budget> = project
        .and_then(|project| project.file.cases.iter().find(|own| own.name == case))
        .map_or_else(Vec::new, |own| own.budgets.clone());
    budgets.extend(given(args, &case)?);
    if budgets.is_empty() {
        note(&contents(&trials));
    }
    let run = run(project, &case, budgets, trials);
    let baselines = match project {
        Some(project) if project.history(global).is_file() => {
            let history = History::open(&project.history(global))?;
            super::baseline::wanted(&history, &run, Some(&project.file.project))?
        }
        _ => Vec::new(),
    };
    conclude(&judged(&run, &baselines, strictness(args.output.strict)), reports)
}

fn named(name: &str) -> Result<Format> {
    Format::parse(name).ok_or_else(|| {
        let known: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
        anyhow!("there is no import format `{name}`; formats: {}", known.join(", "))
    })
}

/// The case named, or the import case whose path is the first file.
fn case(args: &Judge, project: Option<&Project>) -> Result<String> {
    if let Some(name) = &args.case {
        let known: Vec<&str> = project.map_or_else(Vec::new, |project| {
            project.file.cases.iter().map(|case| case.name.as_str()).collect()
        });
        if known.contains(&name.as_str()) || (project.is_none() && !args.budgets.is_empty()) {
            return Ok(name.clone());
        }
        let known = if known.is_empty() {
            format!("there is no {} here", project::FILE)
        } else {
            format!("cases: {}", known.join(", "))
        };
        bail!("no case is called `{name}`; {known}");
    }
    let wanted = std::path::absolute(&args.what[0]).ok();
    let imports = |project: &Project, case: &tollgate::budget::Case| match &case.source {
        Source::Import(import) => {
            std::path::absolute(project.root.join(&import.path)).ok() == wanted
        }
        _ => false,
    };
    let found = project
        .and_then(|project| project.file.cases.iter().find(|case| imports(project, case)))
        .map_or_else(|| CASE.to_owned(), |case| case.name.clone());
    Ok(found)
}

fn trial(case: &str, index: usize, imported: Imported) -> Trial {
    let outcome = match imported.failures.first() {
        None => Outcome::Complete,
        Some(first) => {
            Outcome::Failed { reason: first.clone(), output: imported.failures.join("\n") }
        }
    };
    let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
    Trial {
        case: case.to_owned(),
        operation: None,
        number,
        position: number - 1,
        started_ms: 0,
        elapsed_ns: 0,
        outcome,
        series: imported.series,
    }
}

fn run(project: Option<&Project>, case: &str, budgets: Vec<Budget>, trials: Vec<Trial>) -> Run {
    let now = machine::now_ms();
    let planned = PlannedTrials {
        case: case.to_owned(),
        operation: None,
        trials: u32::try_from(trials.len()).unwrap_or(u32::MAX),
    };
    let head = RunHead {
        format: FORMAT,
        id: new_id(now, u64::from(std::process::id())),
        project: project.map_or_else(|| CASE.to_owned(), |own| own.file.project.name.clone()),
        started_ms: now,
        ended_ms: Some(now),
        state: RunState::Complete,
        environment: project.and_then(|project| project.environment.clone()),
        seed: 0,
        commit: None,
        machine: machine::read(),
        planned: vec![planned],
        budgets,
        tool: env!("CARGO_PKG_VERSION").to_owned(),
    };
    Run { head, trials }
}

/// Budgets from the command line: `KEY LIMIT`, or `OPERATION: KEY LIMIT`.
fn given(args: &Judge, case: &str) -> Result<Vec<Budget>> {
    args.budgets.iter().map(|text| one_budget(text, case)).collect()
}

fn one_budget(text: &str, case: &str) -> Result<Budget> {
    let at = text.find(['<', '>', '≤', '≥']).ok_or_else(|| {
        anyhow!("`--budget {text}` has no limit, such as \"latency p99 <= 150ms\"")
    })?;
    let (subject, words) = text.split_at(at);
    let (operation, key) = match subject.rsplit_once(": ") {
        Some((operation, key)) => (Some(operation.trim().to_owned()), key),
        None => (None, subject),
    };
    if key.trim().is_empty() {
        bail!("`--budget {text}` names no metric");
    }
    let hard = limit(words).map_err(|error| {
        anyhow!("`--budget {text}`: {}{}", error.problem, hint(error.help.as_deref()))
    })?;
    Ok(Budget {
        case: case.to_owned(),
        operation,
        key: Key::parse(key),
        hard: Some(hard),
        soft: None,
        on_cannot_tell: None,
        baseline: None,
        any_machine: false,
        accept: None,
        confidence: 0.95,
        place: Place { file: "--budget".to_owned(), line: 0, column: 0 },
    })
}

fn hint(help: Option<&str>) -> String {
    help.map_or_else(String::new, |help| format!("\n{help}"))
}

/// What the files hold, for someone who has yet to write a budget.
fn contents(trials: &[Trial]) -> String {
    let mut lines: Vec<String> = trials
        .iter()
        .flat_map(|trial| &trial.series)
        .map(|series| {
            let operation = series.operation.as_ref().map_or(String::new(), |o| format!("{o}: "));
            format!("  {operation}{} ({})", series.metric, series.dimension)
        })
        .collect();
    lines.sort();
    lines.dedup();
    format!(
        "the files measure:\n{}\nbudgets on them come from an import case (`--case NAME`) or \
         `--budget \"METRIC STATISTIC <= VALUE\"`",
        lines.join("\n")
    )
}
