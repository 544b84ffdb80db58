//! What will be done: cases × trials in a seeded, interleaved order. A value that can be printed
//! and refused before anything runs.

mod choice;
mod order;

use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::SliceRandom;
use tollgate_load::scenario::Scenario;

use crate::budget::load::Misfit;
use crate::budget::{Budget, BudgetFile, Case, Parameter, RunSource, Source};
use crate::metric::{Source as From, known};
use crate::run::PlannedTrials;

/// The set a bare `tollgate check` runs.
pub const DEFAULT_SET: &str = "quick";

/// The set that means every case.
pub const FULL_SET: &str = "full";

#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub project: String,
    pub environment: Option<String>,
    pub seed: u64,
    pub build: Vec<Vec<String>>,
    pub units: Vec<Unit>,
    pub order: Vec<Step>,
    /// The budgets of the chosen cases.
    pub budgets: Vec<Budget>,
    /// Budgets on what a service needs, where it runs elsewhere and nobody can see that.
    pub set_aside: Vec<Budget>,
}

/// A case, or one combination of its parameters: what one trial measures.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    pub case: String,
    pub about: Option<String>,
    /// The operation a parameter value makes, if the case has parameters.
    pub operation: Option<String>,
    /// Parameters are already filled in.
    pub source: Source,
    pub trials: u32,
    pub warmups: u32,
    pub needs: Vec<String>,
}

/// One trial to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Index into `Plan::units`.
    pub unit: usize,
    pub purpose: Purpose,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Warmup,
    /// The number of the trial, from 1.
    Trial(u32),
    /// An extra repetition under valgrind, for the metric `instructions`; numbered from 1.
    Instructions(u32),
}

/// What a person asked for on the command line.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Names or globs; empty means by set.
    pub cases: Vec<String>,
    pub set: Option<String>,
    pub environment: Option<String>,
    pub seed: u64,
    /// In place of each case's own number.
    pub trials: Option<u32>,
    /// Laid over the services; without names, only they are chosen, whatever their sets.
    pub scenario: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("no case is called `{name}`{}", hint(near.as_deref(), known))]
    NoCase { name: String, near: Option<String>, known: Vec<String> },
    #[error("`{pattern}` is no pattern: {problem}")]
    Pattern { pattern: String, problem: String },
    #[error("no case is in the set `{set}` (sets: {})", known.join(", "))]
    NoSet { set: String, known: Vec<String> },
    #[error("no scenario is called `{name}`{}", scenario_hint(near.as_deref(), known))]
    NoScenario { name: String, near: Option<String>, known: Vec<String> },
    #[error("the scenario `{0}` has no case to be laid over: none of those chosen is a service")]
    NoService(String),
    #[error("case `{case}` cannot be loaded by the scenario `{scenario}`: {problem}")]
    Misfit { case: String, scenario: String, problem: Misfit },
}

fn hint(near: Option<&str>, known: &[String]) -> String {
    match near {
        Some(near) => format!("; there is a case `{near}`"),
        None if known.is_empty() => "; the file has no cases".to_owned(),
        None => format!("; cases: {}", known.join(", ")),
    }
}

fn scenario_hint(near: Option<&str>, known: &[String]) -> String {
    match near {
        Some(near) => format!("; there is a scenario `{near}`"),
        None => format!("; scenarios: {}", known.join(", ")),
    }
}

/// Chooses cases, lays the scenario over them, expands parameters and lays out the trials.
pub fn resolve(file: &BudgetFile, wish: &Wish) -> Result<Plan, PlanError> {
    let scenario = choice::scenario(file, wish.scenario.as_deref())?;
    let cases = choice::choose(file, wish)?;
    let mut units: Vec<Unit> = cases.iter().flat_map(|case| units(case, wish.trials)).collect();
    if let Some(scenario) = scenario {
        lay(&scenario, &mut units)?;
    }
    let all: Vec<Budget> = cases.iter().flat_map(|case| case.budgets.clone()).collect();
    let order = order::order(&units, &all, wish.seed);
    let budgets = cases.iter().flat_map(|case| case.budgets.iter().map(move |own| (case, own)));
    let (set_aside, budgets): (Vec<_>, Vec<_>) =
        budgets.partition(|(case, budget)| is_out_of_sight(case, budget));
    let own =
        |pairs: Vec<(&&Case, &Budget)>| pairs.into_iter().map(|(_, own)| own.clone()).collect();
    Ok(Plan {
        project: file.project.name.clone(),
        environment: wish.environment.clone(),
        seed: wish.seed,
        build: file.project.build.clone(),
        budgets: own(budgets),
        set_aside: own(set_aside),
        units,
        order,
    })
}

/// Whether a budget is on the processes of a service that was not started here.
fn is_out_of_sight(case: &Case, budget: &Budget) -> bool {
    let beside =
        |name: &String| matches!(&case.source, Source::Serve(serve) if serve.has_beside(name));
    let elsewhere = matches!(&case.source, Source::Serve(serve) if serve.url.is_some())
        && !budget.operation.as_ref().is_some_and(beside);
    elsewhere && known(&budget.key.metric).is_some_and(|metric| metric.source == From::Server)
}

impl Plan {
    /// The trials that count, as a run records them.
    #[must_use]
    pub fn trials(&self) -> Vec<PlannedTrials> {
        self.units
            .iter()
            .map(|unit| PlannedTrials {
                case: unit.case.clone(),
                operation: unit.operation.clone(),
                trials: unit.trials,
            })
            .collect()
    }
}

/// Puts the scenario in place of that of every service.
fn lay(scenario: &Scenario, units: &mut [Unit]) -> Result<(), PlanError> {
    let mut services = 0;
    for unit in units {
        let Source::Serve(serve) = &mut unit.source else { continue };
        services += 1;
        serve.load = serve.load.under(scenario).map_err(|problem| PlanError::Misfit {
            case: unit.case.clone(),
            scenario: scenario.name.clone(),
            problem,
        })?;
    }
    if services == 0 { Err(PlanError::NoService(scenario.name.clone())) } else { Ok(()) }
}

fn units(case: &Case, trials: Option<u32>) -> Vec<Unit> {
    let unit = |operation: Option<String>, source: Source| Unit {
        case: case.name.clone(),
        about: case.about.clone(),
        operation,
        source,
        trials: trials.unwrap_or(case.trials),
        warmups: case.warmups,
        needs: case.needs.clone(),
    };
    let params = match &case.source {
        Source::Run(run) => &run.params,
        Source::Import(import) => match &import.producer {
            Some(run) => &run.params,
            None => return vec![unit(None, case.source.clone())],
        },
        Source::Serve(_) => return vec![unit(None, case.source.clone())],
    };
    if params.is_empty() {
        return vec![unit(None, case.source.clone())];
    }
    combinations(params)
        .into_iter()
        .map(|values| unit(Some(label(params, &values)), filled(&case.source, params, &values)))
        .collect()
}

/// The operations a list of parameters makes: `size=10`, or `size=10 mode=fast`.
#[must_use]
pub fn labels(params: &[Parameter]) -> Vec<String> {
    combinations(params).iter().map(|values| label(params, values)).collect()
}

fn label(params: &[Parameter], values: &[&str]) -> String {
    let pairs: Vec<String> =
        params.iter().zip(values).map(|(param, value)| format!("{}={value}", param.name)).collect();
    pairs.join(" ")
}

fn combinations(params: &[Parameter]) -> Vec<Vec<&str>> {
    params.iter().fold(vec![Vec::new()], |rows, param| {
        rows.iter()
            .flat_map(|row: &Vec<&str>| {
                param.values.iter().map(move |value| {
                    let mut row = row.clone();
                    row.push(value);
                    row
                })
            })
            .collect()
    })
}

fn filled(source: &Source, params: &[Parameter], values: &[&str]) -> Source {
    let fill = |text: &String| {
        params.iter().zip(values).fold(text.clone(), |text, (param, value)| {
            text.replace(&format!("{{{}}}", param.name), value)
        })
    };
    let fill_run = |run: &RunSource| {
        let command = |words: &Vec<String>| words.iter().map(fill).collect::<Vec<_>>();
        RunSource {
            command: command(&run.command),
            dir: run.dir.as_ref().map(fill),
            env: run.env.iter().map(|(name, value)| (name.clone(), fill(value))).collect(),
            stdin: run.stdin.as_ref().map(fill),
            prepare: run.prepare.as_ref().map(command),
            cleanup: run.cleanup.as_ref().map(command),
            ..run.clone()
        }
    };
    match source {
        Source::Run(run) => Source::Run(fill_run(run)),
        Source::Import(import) => {
            let mut import = import.clone();
            import.path = fill(&import.path);
            import.producer = import.producer.as_ref().map(fill_run);
            Source::Import(import)
        }
        Source::Serve(serve) => Source::Serve(serve.clone()),
    }
}

/// Draws the order of each round, so that a drift of the machine meets all units alike.
#[derive(Clone, Debug)]
pub struct Rounds(Xoshiro256PlusPlus);

impl Rounds {
    #[must_use]
    pub fn new(seed: u64) -> Rounds {
        Rounds(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// The members of the next round in the order drawn for it.
    pub fn draw(&mut self, mut members: Vec<usize>) -> Vec<usize> {
        members.shuffle(&mut self.0);
        members
    }
}
