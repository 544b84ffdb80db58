//! `tollgate check`: budget → plan → measure → judge → report. The program in one page.

mod resume;

use anyhow::Result;
use tollgate::history::{Checkpoint, History, HistoryError, new_id};
use tollgate::judge::{Judgement, Strictness, judge};
use tollgate::machine::{self, Neighbour};
use tollgate::measure::launcher::Launcher;
use tollgate::measure::soak::{Soak, mark};
use tollgate::measure::{self, Context, Ended, Event, MeasureError, Probe};
use tollgate::plan::{Plan, Wish, resolve};
use tollgate::report::visible;
use tollgate::run::{FORMAT, RunHead, RunState};

use crate::args::{Check, Global, Selection};
use crate::exit::Exit;
use crate::output::{chain, note};
use crate::progress::Progress;
use crate::project::Project;
use crate::stop::STOP;

use super::report::Reports;
use resume::Begun;

/// The seed of `--fake` when none is given.
const FAKE_SEED: u64 = 1;

pub fn check(global: &Global, args: &Check, mut launcher: Launcher) -> Result<Exit> {
    let reports = Reports::parse(&args.output, global.color)?;
    let project = Project::read(global)?;
    let wish = wish(&project, &args.selection, args.fake);
    let plan = resolve(&project.file, &wish)?;
    for line in super::plan::hopeless(&plan).iter().chain(&super::plan::unjudged(&plan)) {
        note(&format!("warning: {line}"));
    }
    let mut history = History::open(&project.history(global))?;
    let Begun { plan, soak, head } = resume::begun(&history, &project, args, &wish, plan)?;
    let run = match head {
        Some(head) => {
            resume::claim(&mut history, &head.id, &plan, &soak)?;
            head
        }
        None => begin(&mut history, &project, &plan, args.fake)?,
    };

    if !args.fake {
        tell_neighbours();
    }
    let probe = if args.fake { Probe::Fake(plan.seed) } else { Probe::Processes(&mut launcher) };
    let context = Context { root: &project.root, probe, stop: &STOP };
    let state = match measured(&plan, context, &soak, &mut history, (&run.id, args.output.quiet)) {
        Ok(Ended::Complete) => RunState::Complete,
        Ok(Ended::Interrupted) => RunState::Interrupted,
        Err(error) => {
            // On a full disk this fails as well; the first reason is the one to tell, and a run
            // without an end is never within.
            let _ = history.finish(&run.id, ended_ms(&run, args.fake), RunState::Interrupted);
            return failed(&error);
        }
    };
    if let Err(error) = history.finish(&run.id, ended_ms(&run, args.fake), state) {
        return failed(&error.into());
    }

    // What is judged is what was stored, so that judging it again gives the same.
    let run = history.load(&run.id)?;
    let baselines = super::baseline::wanted(&history, &run, Some(&project.file.project))?;
    let judgement = judge(&run, &baselines, strictness(args.output.strict));
    let kept = history.set_judgement(&run.head.id, &judgement);
    let exit = conclude(&judgement, &reports)?;
    if let Err(error) = kept {
        // The verdict stands, stored or not; `tollgate judge` gives it again.
        note(&format!("tollgate: {}", chain(&error.into())));
    }
    Ok(exit)
}

/// Writes every report and gives the exit code. A report that cannot be written does not hide a
/// broken budget.
pub fn conclude(judgement: &Judgement, reports: &Reports) -> Result<Exit> {
    let written = reports.write(judgement);
    let exit = judgement.outcome.into();
    match written {
        Err(error) if exit != Exit::Within => {
            note(&format!("tollgate: {}", chain(&error)));
            Ok(exit)
        }
        written => written.map(|()| exit),
    }
}

pub fn strictness(strict: bool) -> Strictness {
    if strict { Strictness::Strict } else { Strictness::Usual }
}

pub fn wish(project: &Project, selection: &Selection, fake: bool) -> Wish {
    let clock = if fake { FAKE_SEED } else { machine::now_ms().unsigned_abs() % 1_000_000 };
    Wish {
        cases: selection.cases.clone(),
        set: selection.set.clone(),
        environment: project.environment.clone(),
        seed: selection.seed.unwrap_or(clock),
        trials: selection.trials,
        scenario: selection.scenario.clone(),
    }
}

/// The run as it stands before its first trial, stored.
fn begin(history: &mut History, project: &Project, plan: &Plan, fake: bool) -> Result<RunHead> {
    let started_ms = if fake { measure::fake::EPOCH_MS } else { machine::now_ms() };
    let head = RunHead {
        format: FORMAT,
        id: new_id(started_ms, u64::from(std::process::id()) ^ plan.seed),
        project: plan.project.clone(),
        started_ms,
        ended_ms: None,
        state: RunState::Open,
        environment: plan.environment.clone(),
        seed: plan.seed,
        commit: if fake { None } else { machine::commit(&project.root) },
        machine: if fake { measure::fake::machine() } else { machine::read() },
        planned: plan.trials(),
        budgets: plan.budgets.clone(),
        tool: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let id = history.begin(&head)?;
    Ok(RunHead { id, ..head })
}

/// Two that measure at once disturb each other, and neither's figures show it.
fn tell_neighbours() {
    for Neighbour { pid, arguments } in machine::neighbours() {
        let other = visible(&arguments.join(" "));
        note(&format!(
            "warning: tollgate {other} (process {pid}) measures on this machine as well, and both \
             disturb each other"
        ));
    }
}

/// Measures, storing each trial as it ends, and what a long one comes to on its way.
fn measured(
    plan: &Plan,
    context: Context<'_>,
    soak: &Soak,
    history: &mut History,
    (id, quiet): (&str, bool),
) -> Result<Ended> {
    let mut progress = Progress::new(quiet);
    let mut lost: Option<HistoryError> = None;
    let (keeper, mark) = (machine::keeper(), mark(plan));
    let ended = measure::run_long(plan, context, soak, &mut |event| {
        progress.event(&event);
        if lost.is_some() {
            return;
        }
        let kept = match event {
            Event::TrialEnded(trial) => history.add_trial(id, &trial),
            Event::Kept(trial) => {
                let (keeper, plan) = (keeper.clone(), mark.clone());
                history.set_checkpoint(id, &Checkpoint { keeper, plan, trial })
            }
            Event::Summed { unit, line } => history.add_note(id, &format!("{}: {line}", unit.case)),
            Event::Noted { unit, note } => history.add_note(id, &format!("{}: {note}", unit.case)),
            _ => Ok(()),
        };
        if let Err(error) = kept {
            // Measuring what cannot be kept is a waste: end at the next chance.
            lost = Some(error);
            STOP.store(true, std::sync::atomic::Ordering::SeqCst);
        }
    });
    progress.finish();
    match lost {
        Some(error) => Err(anyhow::Error::from(error).context("measuring ended early")),
        None => Ok(ended?),
    }
}

fn ended_ms(run: &RunHead, fake: bool) -> i64 {
    if fake { run.started_ms } else { machine::now_ms() }
}

/// The build failed, or nothing could be started: nothing was measured.
fn failed(error: &anyhow::Error) -> Result<Exit> {
    note(&format!("tollgate: {}", chain(error)));
    if let Some(MeasureError::Build { output, .. }) = error.downcast_ref() {
        note(output);
    }
    if let Some(hint) = error.downcast_ref().and_then(HistoryError::hint) {
        note(&hint);
    }
    Ok(Exit::NotMeasured)
}
