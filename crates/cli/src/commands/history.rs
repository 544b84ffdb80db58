//! `tollgate history`: the stored runs and the baselines made of them.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use tollgate::course::courses;
use tollgate::history::{Filter, History, Keep, Listed};
use tollgate::machine;
use tollgate::quantity::{Dimension, Quantity};
use tollgate::report::{
    self,
    history::{HistoryRow, list as table},
};
use tollgate::run::RunState;

use crate::args::{BaselineAction, Global, HistoryAction};
use crate::exit::Exit;
use crate::output::{count, note, result, results, style};
use crate::project;

pub fn history(global: &Global, action: &HistoryAction) -> Result<Exit> {
    let mut history = match action {
        HistoryAction::Import { .. } => History::open(&project::history(global))?,
        HistoryAction::List { .. } if !project::history(global).exists() => {
            note("there is no history yet; `tollgate check` begins one");
            return Ok(Exit::Within);
        }
        _ => project::stored(global)?,
    };
    match action {
        HistoryAction::List { limit, branch, case } => {
            list(global, &history, *limit, branch.as_deref(), case.as_deref())?;
        }
        HistoryAction::Show { run } => show(global, &history, run)?,
        HistoryAction::Steps { case, limit, branch, quiet } => {
            let (branch, limit) = (branch.clone(), Some(*limit));
            let filter = Filter { branch, case: case.clone(), limit, ..Filter::default() };
            steps(global, &history, &filter, *quiet)?;
        }
        HistoryAction::Prune { keep, younger, dry_run } => {
            prune(&mut history, *keep, younger.as_deref(), *dry_run)?;
        }
        HistoryAction::Export { file, runs } => {
            return export(&history, file.as_deref(), runs);
        }
        HistoryAction::Import { file } => return import(&mut history, file),
        HistoryAction::Baseline { action } => baseline(&mut history, action)?,
    }
    Ok(Exit::Within)
}

fn list(
    global: &Global,
    history: &History,
    limit: u32,
    branch: Option<&str>,
    case: Option<&str>,
) -> Result<()> {
    let listed = history.list(&Filter {
        branch: branch.map(str::to_owned),
        case: case.map(str::to_owned),
        limit: Some(limit),
        ..Filter::default()
    })?;
    if listed.is_empty() {
        note("the history has no such runs");
        return Ok(());
    }
    let rows: Vec<HistoryRow> = listed.into_iter().map(row).collect();
    result(&table(&rows, &style(global.color, false)))?;
    Ok(())
}

fn row(listed: Listed) -> HistoryRow {
    let Listed { head, trials, outcome } = listed;
    let mut cases: Vec<&str> = head.planned.iter().map(|own| own.case.as_str()).collect();
    cases.dedup();
    HistoryRow {
        started_ms: head.started_ms,
        state: head.state,
        outcome,
        branch: head.commit.as_ref().and_then(|commit| commit.branch.clone()),
        commit: head.commit.as_ref().map(|commit| commit.hash.clone()),
        dirty: head.commit.as_ref().is_some_and(|commit| commit.dirty),
        cases: cases.len(),
        trials: trials as usize,
        machine: head.machine.host.clone(),
        id: head.id,
    }
}

fn show(global: &Global, history: &History, run: &str) -> Result<()> {
    let head = history.head(run)?;
    let commit = head.commit.as_ref().map_or("none".to_owned(), |commit| {
        let dirty = if commit.dirty { ", with changes" } else { "" };
        format!("{} on {}{dirty}", commit.hash, commit.branch.as_deref().unwrap_or("no branch"))
    });
    let planned: usize = head.planned.iter().map(|own| own.trials as usize).sum();
    let mut cases: Vec<&str> = head.planned.iter().map(|own| own.case.as_str()).collect();
    cases.dedup();
    let state = match head.state {
        RunState::Complete => "complete",
        RunState::Interrupted => "interrupted",
        RunState::Open => "unfinished",
    };
    result(&format!(
        "run      {}\nproject  {}\nstarted  {}\nstate    {state}\ncommit   {commit}\nmachine  {} ({})\n\
         seed     {}\nplanned  {} of {}\ntollgate {}\n",
        head.id,
        head.project,
        tollgate::calendar::rfc3339(head.started_ms),
        head.machine.host,
        head.machine.fingerprint(),
        head.seed,
        count(planned, "trial"),
        count(cases.len(), "case"),
        head.tool,
    ))?;
    for note in history.notes(&head.id)? {
        result(&format!("note     {note}"))?;
    }
    match history.judgement(&head.id)? {
        Some(judgement) => {
            let style = style(global.color, false);
            let format = report::Format::Terminal;
            result(&report::render(&judgement, format, &style))?;
        }
        None => note("never judged"),
    }
    Ok(())
}

fn steps(global: &Global, history: &History, filter: &Filter, quiet: bool) -> Result<()> {
    let mut courses = courses(&history.judgements(filter)?);
    // A run of the case has others as well.
    courses.retain(|course| filter.case.as_ref().is_none_or(|case| *case == course.subject.case));
    if courses.is_empty() {
        note("the history has no such runs");
        return Ok(());
    }
    result(&report::steps::terminal(&courses, &style(global.color, quiet)))
}

fn prune(
    history: &mut History,
    keep: Option<u32>,
    younger: Option<&str>,
    dry_run: bool,
) -> Result<()> {
    if keep.is_none() && younger.is_none() {
        bail!("say what to keep: `--keep N` runs, or those `--younger 90d`");
    }
    let newer_than_ms = younger.map(age_ms).transpose()?.map(|age| machine::now_ms() - age);
    let plan = history.plan_prune(&Keep { runs: keep, newer_than_ms })?;
    for spared in &plan.spared {
        note(&format!("{} stays: {}", spared.id, spared.reason));
    }
    for run in &plan.delete {
        result(&run.id)?;
    }
    if plan.delete.is_empty() {
        note("no run is to be removed");
        return Ok(());
    }
    if dry_run {
        note(&format!("{} would be removed", count(plan.delete.len(), "run")));
        return Ok(());
    }
    let pruned = history.prune(&plan)?;
    for id in &pruned.left {
        note(&format!("{id} stays: it was put to use meanwhile"));
    }
    note(&format!("{} removed", count(pruned.deleted.len(), "run")));
    Ok(())
}

fn age_ms(text: &str) -> Result<i64> {
    match Quantity::parse(text) {
        #[expect(clippy::cast_possible_truncation, reason = "an age in milliseconds fits")]
        Ok(Quantity { value, dimension: Dimension::TIME }) if value >= 0.0 => {
            Ok((value / 1e6) as i64)
        }
        _ => Err(anyhow!("`{text}` is not an age, such as 90d or 12h")),
    }
}

fn export(history: &History, output: Option<&Path>, runs: &[String]) -> Result<Exit> {
    let write = |out: &mut dyn Write| {
        // All that can be read, even where damage keeps the runs from being listed.
        if runs.is_empty() { history.export_all(out) } else { history.export(runs, out) }
    };
    let exported = match output {
        None => write(&mut results())?,
        Some(path) => {
            let file = File::create(path)
                .with_context(|| format!("could not write {}", path.display()))?;
            write(&mut BufWriter::new(file))?
        }
    };
    for lost in &exported.unreadable {
        note(&format!("{}: {}", lost.run.as_deref().unwrap_or("a run"), lost.reason));
    }
    note(&format!("{} written", count(exported.runs.len(), "run")));
    Ok(if exported.unreadable.is_empty() { Exit::Within } else { Exit::NotMeasured })
}

fn import(history: &mut History, path: &Path) -> Result<Exit> {
    let imported = if path == Path::new("-") {
        history.import(&mut std::io::stdin().lock())?
    } else {
        let file =
            File::open(path).with_context(|| format!("could not read {}", path.display()))?;
        history.import(&mut BufReader::new(file))?
    };
    for refused in &imported.rejected {
        note(&format!("{}:{}: {}", path.display(), refused.line, refused.reason));
    }
    note(&format!(
        "{} added, {} already there, {} refused",
        count(imported.added.len(), "run"),
        imported.already_there.len(),
        imported.rejected.len()
    ));
    Ok(if imported.rejected.is_empty() { Exit::Within } else { Exit::BadInput })
}

fn baseline(history: &mut History, action: &BaselineAction) -> Result<()> {
    match action {
        BaselineAction::Set { name, runs } => {
            let ids: Vec<String> =
                runs.iter().map(|run| Ok(history.head(run)?.id)).collect::<Result<_>>()?;
            history.baseline_set(name, &ids)?;
            note(&format!("baseline `{name}` is {}", ids.join(", ")));
        }
        BaselineAction::Show { name: Some(name) } => match history.baseline_show(name)? {
            Some(heads) => {
                let ids: Vec<String> = heads.into_iter().map(|head| head.id).collect();
                result(&format!("{name}: {}", ids.join(", ")))?;
            }
            None => bail!("there is no baseline `{name}`"),
        },
        BaselineAction::Show { name: None } => {
            let all = history.baselines()?;
            if all.is_empty() {
                note("no named baselines; limits refer to the default branch's last runs");
            }
            for named in all {
                result(&format!("{}: {}", named.name, named.runs.join(", ")))?;
            }
        }
        BaselineAction::Clear { name } => {
            if !history.baseline_clear(name)? {
                bail!("there is no baseline `{name}`");
            }
            note(&format!("baseline `{name}` is forgotten; its runs stay"));
        }
    }
    Ok(())
}
