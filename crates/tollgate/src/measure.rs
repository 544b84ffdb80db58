//! From a plan to trials: runs what is planned, in the planned order, and tells of each trial as it
//! ends. What the figures mean is not decided here.

pub mod fake;
pub mod import;
pub mod launcher;
pub mod process;
pub mod program;
pub mod records;
pub mod soak;

mod capture;
mod gauge;
mod instructions;
mod producer;
mod served;
mod service;
mod tree;
mod watch;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tollgate_load::report::Progress;

use crate::budget::{Budget, Source};
use crate::machine;
use crate::plan::{Plan, Purpose, Step, Unit};
use crate::run::Series;
use crate::run::{Outcome, Trial};

use launcher::{Launcher, LauncherError};
use process::{Attempt, Output, Refusal, Stand, Subject};
use program::Surroundings;
use soak::Soak;

/// Whether `serve = "nats"` finds its server where it looks beside the path.
pub(crate) fn has_nats_server() -> bool {
    service::has_nats_server()
}

/// What measuring needs beside the plan.
#[derive(Debug)]
pub struct Context<'a> {
    /// The folder of the budget file: relative paths count from it.
    pub root: &'a Path,
    pub probe: Probe<'a>,
    /// Set by whoever wants measuring to end, such as a handler of ctrl-C.
    pub stop: &'a AtomicBool,
}

/// What gives the figures.
#[derive(Debug)]
pub enum Probe<'a> {
    Processes(&'a mut Launcher),
    /// Nothing is started; every figure follows from the seed.
    Fake(u64),
}

/// What happens while measuring, in order.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    Building {
        command: &'a [String],
    },
    Started {
        steps: usize,
    },
    StepStarted {
        index: usize,
        unit: &'a Unit,
        step: Step,
    },
    WarmupEnded {
        index: usize,
        unit: &'a Unit,
        outcome: Outcome,
        elapsed_ns: u64,
    },
    /// What a reader should know about the figures of a trial, before it ends.
    Noted {
        unit: &'a Unit,
        note: String,
    },
    TrialEnded(Trial),
    /// A long load goes on; the trial as if it had ended now.
    Kept(Trial),
    /// What happened in the last hour of a long load.
    Summed {
        unit: &'a Unit,
        line: String,
    },
    /// A service is under load; comes a few times a second.
    Loading {
        unit: &'a Unit,
        progress: &'a Progress<'a>,
        /// What a search tries now, in tasks a second.
        rate: Option<f64>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Complete,
    /// `stop` was set; the trial under way was thrown away.
    Interrupted,
}

#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    #[error("build the project: {reason}")]
    Build { reason: String, output: String },
    #[error(transparent)]
    Launcher(#[from] LauncherError),
}

/// Builds the project, then does every step of the plan. A trial that fails is a trial like any
/// other, with its reason; only what makes all measuring impossible is an error.
pub fn run(
    plan: &Plan,
    context: Context<'_>,
    sink: &mut dyn FnMut(Event<'_>),
) -> Result<Ended, MeasureError> {
    run_long(plan, context, &Soak::default(), sink)
}

/// The same, keeping long loads as they go on, and taking up one that was cut short: the steps
/// before it are done.
pub fn run_long(
    plan: &Plan,
    context: Context<'_>,
    soak: &Soak,
    sink: &mut dyn FnMut(Event<'_>),
) -> Result<Ended, MeasureError> {
    let Context { root, probe, stop } = context;
    let mut bench = match probe {
        Probe::Fake(seed) => Bench::Fake(seed),
        Probe::Processes(launcher) => {
            let mut stand = Stand::new(root, launcher, stop);
            if build(&plan.build, &mut stand, sink)? == Ended::Interrupted {
                return Ok(Ended::Interrupted);
            }
            let subjects = plan.units.iter().map(|unit| Measured::new(root, unit)).collect();
            Bench::Processes { stand, subjects, plan, soak }
        }
    };
    sink(Event::Started { steps: plan.order.len() });
    let first = soak.begun.as_ref().map_or(0, |trial| trial.position as usize);
    for (index, &step) in plan.order.iter().enumerate().skip(first) {
        if stop.load(Ordering::Relaxed) {
            return Ok(Ended::Interrupted);
        }
        let unit = &plan.units[step.unit];
        sink(Event::StepStarted { index, unit, step });
        let Some(done) = bench.step(index, unit, step, sink)? else {
            return Ok(Ended::Interrupted);
        };
        let is_partial = done.is_partial;
        for note in bench.notes() {
            sink(Event::Noted { unit, note });
        }
        sink(event(index, unit, step, done));
        if is_partial {
            return Ok(Ended::Interrupted);
        }
    }
    Ok(Ended::Complete)
}

fn build(
    commands: &[Vec<String>],
    stand: &mut Stand<'_>,
    sink: &mut dyn FnMut(Event<'_>),
) -> Result<Ended, MeasureError> {
    let surroundings = Surroundings::new(stand.root, None, &Default::default());
    for command in commands {
        sink(Event::Building { command });
        match process::run_plain(stand, &surroundings, command, None)? {
            Ok(()) => {}
            Err(Refusal::Interrupted) => return Ok(Ended::Interrupted),
            Err(Refusal::Failed(reason) | Refusal::Impossible(reason)) => {
                return Err(MeasureError::Build { reason, output: stand.tail() });
            }
        }
    }
    Ok(Ended::Complete)
}

enum Bench<'a> {
    Fake(u64),
    Processes { stand: Stand<'a>, subjects: Vec<Measured<'a>>, plan: &'a Plan, soak: &'a Soak },
}

/// What the measuring of a service may look at beside the service.
#[derive(Clone, Copy)]
struct Promised<'a> {
    plan: &'a Plan,
    seed: u64,
    /// Without a trial to be taken up, unless it is this one.
    soak: &'a Soak,
    index: usize,
    started_ms: i64,
}

impl Promised<'_> {
    fn of(self, case: &str) -> Vec<Budget> {
        self.plan.budgets.iter().filter(|budget| budget.case == case).cloned().collect()
    }
}

/// A unit of the plan, and what was learned about it.
struct Measured<'a> {
    /// Absent where the case starts no program.
    subject: Option<Subject<'a>>,
    /// Why it cannot be measured here at all; it is not tried again.
    impossible: Option<String>,
}

/// A step that was done.
struct Done {
    started_ms: i64,
    elapsed_ns: u64,
    outcome: Outcome,
    series: Vec<Series>,
    /// It was ended before its time.
    is_partial: bool,
}

impl Bench<'_> {
    /// What was noted since it was last asked for.
    fn notes(&mut self) -> Vec<String> {
        match self {
            Bench::Fake(_) => Vec::new(),
            Bench::Processes { stand, .. } => std::mem::take(&mut stand.notes),
        }
    }

    /// Does a step, or returns `None` if `stop` was set before it was done.
    fn step(
        &mut self,
        index: usize,
        unit: &Unit,
        step: Step,
        sink: &mut dyn FnMut(Event<'_>),
    ) -> Result<Option<Done>, LauncherError> {
        let (stand, measured, (plan, soak)) = match self {
            Bench::Fake(seed) => {
                let fake::Fake { outcome, series, elapsed_ns } =
                    fake::trial(*seed, unit, step.purpose);
                let started_ms = fake::EPOCH_MS + 1000 * index as i64;
                return Ok(Some(Done {
                    started_ms,
                    elapsed_ns,
                    outcome,
                    series,
                    is_partial: false,
                }));
            }
            Bench::Processes { stand, subjects, plan, soak } => {
                (stand, &mut subjects[step.unit], (*plan, *soak))
            }
        };
        let begun = soak.begun.as_ref().filter(|trial| trial.position as usize == index);
        let soak = Soak { begun: begun.cloned(), ..soak.clone() };
        let started_ms = begun.map_or_else(machine::now_ms, |trial| trial.started_ms);
        let started = now();
        let seed = plan.seed.wrapping_add(index as u64);
        let promised = Promised { plan, seed, soak: &soak, index, started_ms };
        let attempt = measured.attempt(stand, unit, step.purpose, promised, sink)?;
        let before = begun.map_or(0, |trial| trial.elapsed_ns);
        let elapsed_ns = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let elapsed_ns = elapsed_ns.saturating_add(before);
        let is_partial = matches!(attempt, Attempt::Partial { .. });
        let (outcome, series) = match attempt {
            Attempt::Interrupted => return Ok(None),
            Attempt::Partial { series } => (Outcome::Complete, series),
            Attempt::Done { outcome, series } => (outcome, series),
            Attempt::Impossible(reason) => {
                (Outcome::Failed { reason, output: String::new() }, Vec::new())
            }
        };
        Ok(Some(Done { started_ms, elapsed_ns, outcome, series, is_partial }))
    }
}

impl<'a> Measured<'a> {
    fn new(root: &Path, unit: &'a Unit) -> Measured<'a> {
        let source = match &unit.source {
            Source::Run(source) => Some(source),
            Source::Import(source) => source.producer.as_ref(),
            Source::Serve(_) => None,
        };
        let operation = unit.operation.as_deref();
        let subject = source.map(|source| Subject::new(root, source, operation));
        let missing = |here: Surroundings| unit.needs.iter().find_map(|need| here.find(need).err());
        let impossible = match (&subject, &unit.source) {
            (Some(subject), _) => subject.missing(&unit.needs),
            (None, Source::Serve(source)) => {
                missing(Surroundings::new(root, source.dir.as_deref(), &source.env))
            }
            (None, _) => missing(Surroundings::new(root, None, &Default::default())),
        };
        Measured { subject, impossible }
    }

    fn attempt(
        &mut self,
        stand: &mut Stand<'_>,
        unit: &Unit,
        purpose: Purpose,
        promised: Promised<'_>,
        sink: &mut dyn FnMut(Event<'_>),
    ) -> Result<Attempt, LauncherError> {
        if let Some(reason) = &self.impossible {
            return Ok(Attempt::Impossible(reason.clone()));
        }
        let attempt = match (&unit.source, self.subject.as_mut()) {
            (Source::Run(_), Some(subject)) => match purpose {
                Purpose::Instructions(_) => instructions::trial(stand, subject)?,
                Purpose::Warmup | Purpose::Trial(_) => subject.trial(stand, Output::Capture)?,
            },
            (Source::Import(source), producer) => {
                producer::trial(stand, producer, source, unit.operation.as_deref())?
            }
            (Source::Serve(source), _) => {
                served::attempt(stand, unit, source, purpose, promised, sink)?
            }
            (Source::Run(_), None) => unreachable!("a case with a command has a subject"),
        };
        // Counting instructions may be impossible where measuring is not.
        if let (Attempt::Impossible(reason), Purpose::Warmup | Purpose::Trial(_)) =
            (&attempt, purpose)
        {
            self.impossible = Some(reason.clone());
        }
        Ok(attempt)
    }
}

fn event<'a>(index: usize, unit: &'a Unit, step: Step, done: Done) -> Event<'a> {
    match step.purpose {
        Purpose::Warmup => {
            let Done { outcome, elapsed_ns, .. } = done;
            Event::WarmupEnded { index, unit, outcome, elapsed_ns }
        }
        Purpose::Trial(number) | Purpose::Instructions(number) => {
            Event::TrialEnded(trial(index, unit, number, done))
        }
    }
}

fn trial(index: usize, unit: &Unit, number: u32, done: Done) -> Trial {
    let Done { started_ms, elapsed_ns, outcome, series, .. } = done;
    Trial {
        case: unit.case.clone(),
        operation: unit.operation.clone(),
        number,
        position: u32::try_from(index).unwrap_or(u32::MAX),
        started_ms,
        elapsed_ns,
        outcome,
        series,
    }
}

#[expect(clippy::disallowed_methods, reason = "how long a whole trial took is read here")]
fn now() -> Instant {
    Instant::now()
}
