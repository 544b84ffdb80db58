//! What will be done: cases × trials in a seeded, interleaved order. A value that can be printed
//! and refused before anything runs.

use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::SliceRandom;

use crate::budget::mistake::nearest;
use crate::budget::{Budget, BudgetFile, Case, Parameter, RunSource, Source};
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
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("no case is called `{name}`{}", hint(near.as_deref(), known))]
    NoCase { name: String, near: Option<String>, known: Vec<String> },
    #[error("`{pattern}` is no pattern: {problem}")]
    Pattern { pattern: String, problem: String },
    #[error("no case is in the set `{set}` (sets: {})", known.join(", "))]
    NoSet { set: String, known: Vec<String> },
}

fn hint(near: Option<&str>, known: &[String]) -> String {
    match near {
        Some(near) => format!("; there is a case `{near}`"),
        None if known.is_empty() => "; the file has no cases".to_owned(),
        None => format!("; cases: {}", known.join(", ")),
    }
}

/// Chooses cases, expands parameters and lays out the trials.
pub fn resolve(file: &BudgetFile, wish: &Wish) -> Result<Plan, PlanError> {
    let cases = choose(file, wish)?;
    let units: Vec<Unit> = cases.iter().flat_map(|case| units(case, wish.trials)).collect();
    let order = order(&units, wish.seed);
    Ok(Plan {
        project: file.project.name.clone(),
        environment: wish.environment.clone(),
        seed: wish.seed,
        build: file.project.build.clone(),
        budgets: cases.iter().flat_map(|case| case.budgets.iter().cloned()).collect(),
        units,
        order,
    })
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

fn choose<'f>(file: &'f BudgetFile, wish: &Wish) -> Result<Vec<&'f Case>, PlanError> {
    if wish.cases.is_empty() {
        return by_set(file, wish.set.as_deref().unwrap_or(DEFAULT_SET));
    }
    let mut patterns = Vec::new();
    for name in &wish.cases {
        let pattern = glob::Pattern::new(name).map_err(|error| PlanError::Pattern {
            pattern: name.clone(),
            problem: error.msg.to_owned(),
        })?;
        if !file.cases.iter().any(|case| pattern.matches(&case.name)) {
            let names = file.cases.iter().map(|case| case.name.as_str());
            let near = nearest(name, names).map(str::to_owned);
            let known = file.cases.iter().map(|case| case.name.clone()).collect();
            return Err(PlanError::NoCase { name: name.clone(), near, known });
        }
        patterns.push(pattern);
    }
    let named = |case: &&Case| patterns.iter().any(|pattern| pattern.matches(&case.name));
    Ok(with_compared(file, file.cases.iter().filter(named).collect()))
}

fn by_set<'f>(file: &'f BudgetFile, set: &str) -> Result<Vec<&'f Case>, PlanError> {
    let member = |case: &&Case| set == FULL_SET || case.sets.iter().any(|own| own == set);
    let cases: Vec<&Case> = file.cases.iter().filter(member).collect();
    if cases.is_empty() {
        let mut known: Vec<String> =
            file.cases.iter().flat_map(|case| case.sets.iter().cloned()).collect();
        known.push(FULL_SET.to_owned());
        known.sort();
        known.dedup();
        return Err(PlanError::NoSet { set: set.to_owned(), known });
    }
    Ok(with_compared(file, cases))
}

/// A limit against another case needs that case in the same run.
fn with_compared<'f>(file: &'f BudgetFile, mut cases: Vec<&'f Case>) -> Vec<&'f Case> {
    let mut next = 0;
    while next < cases.len() {
        for name in cases[next].budgets.iter().flat_map(compared) {
            if let Some(case) = file.cases.iter().find(|case| case.name == name)
                && !cases.iter().any(|chosen| chosen.name == name)
            {
                cases.push(case);
            }
        }
        next += 1;
    }
    let place = |case: &&Case| file.cases.iter().position(|known| known.name == case.name);
    cases.sort_by_key(place);
    cases
}

fn compared(budget: &Budget) -> Vec<String> {
    let limits = budget.hard.iter().chain(&budget.soft);
    limits
        .filter_map(|limit| match &limit.bound {
            crate::budget::Bound::Case { name, .. } => Some(name.clone()),
            _ => None,
        })
        .collect()
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

/// Warm-ups first, then rounds: each round holds one trial of every unit that still has one.
fn order(units: &[Unit], seed: u64) -> Vec<Step> {
    let mut drawn = Rounds::new(seed);
    let mut order = Vec::new();
    let mut rounds = |count: fn(&Unit) -> u32, purpose: fn(u32) -> Purpose| {
        let most = units.iter().map(count).max().unwrap_or(0);
        for number in 1..=most {
            let members = (0..units.len()).filter(|&unit| count(&units[unit]) >= number).collect();
            let round = drawn.draw(members);
            order.extend(round.into_iter().map(|unit| Step { unit, purpose: purpose(number) }));
        }
    };
    rounds(|unit| unit.warmups, |_| Purpose::Warmup);
    rounds(|unit| unit.trials, Purpose::Trial);
    rounds(|unit| u32::from(counts_instructions(unit)), Purpose::Instructions);
    order
}

fn counts_instructions(unit: &Unit) -> bool {
    matches!(&unit.source, Source::Run(run) if run.instructions)
}
