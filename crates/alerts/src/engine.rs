//! Holds rules against a board, and tells what changed.
//!
//! A rule is compiled to one check for each of its series: where the number stands, and the least
//! and the most for which its test holds. An evaluation goes through the checks in the order of the
//! rules and looks closer only where the test holds, the number is missing, or something is going
//! on; where nothing is, it allocates nothing.

mod compile;
mod derived;
mod instance;
mod look;
mod restore;
#[cfg(test)]
mod tests;
mod transition;

use std::collections::HashMap;

use crate::board::{Board, NOWHERE, Place};
use crate::labels::Labels;
use crate::moment::Moment;
use crate::rule::Rule;

use compile::Carried;
use derived::Rate;
use instance::{Instance, Sight};
pub use transition::{Reason, State, Transition};

/// Rules, and what is going on under them.
#[derive(Debug, Default)]
pub struct Engine {
    rules: Vec<Watched>,
    checks: Vec<Check>,
    /// Of each check, what it is of.
    targets: Vec<Target>,
    instances: Vec<Instance>,
    /// Places among the instances that nobody uses.
    free: Vec<u32>,
    rates: Vec<Rate>,
    /// How many series of the board the checks were made from.
    covered: usize,
    evaluations: u64,
}

#[derive(Debug)]
struct Watched {
    rule: Rule,
    /// The last evaluation in which a number was missing that it needs.
    missed: u64,
}

/// What the loop needs of a rule and a series, and no more.
#[derive(Clone, Copy, Debug)]
struct Check {
    /// Where the number stands; nowhere if it is computed first, or if there is none.
    place: Place,
    /// Where its instance is, or `QUIET`.
    instance: u32,
    low: f64,
    high: f64,
}

#[derive(Clone, Copy, Debug)]
struct Target {
    rule: u32,
    series: Place,
    from: From,
}

/// Where a number comes from.
#[derive(Clone, Copy, Debug)]
enum From {
    Series,
    Rate(u32),
    Ratio { of: Place },
}

const QUIET: u32 = u32::MAX;

impl Engine {
    #[must_use]
    pub fn new(rules: Vec<Rule>) -> Engine {
        let rules = rules.into_iter().map(Watched::new).collect();
        Engine { rules, covered: usize::MAX, ..Engine::default() }
    }

    pub fn rules(&self) -> impl ExactSizeIterator<Item = &Rule> {
        self.rules.iter().map(|watched| &watched.rule)
    }

    /// Rules that lacked a number in the last evaluation.
    pub fn in_trouble(&self) -> impl Iterator<Item = &Rule> {
        let now = self.evaluations;
        self.rules.iter().filter(move |watched| watched.missed == now).map(|watched| &watched.rule)
    }

    /// Looks at all series at one time, and adds what changed.
    pub fn evaluate(&mut self, now: Moment, board: &Board, changes: &mut Vec<Transition>) {
        if board.series().len() != self.covered {
            self.cover(now, board, changes);
        }
        self.evaluations += 1;
        let values = board.values();
        for at in 0..self.checks.len() {
            let check = &self.checks[at];
            let value = values[check.place.index()];
            // What is not a number is on neither side.
            let is_outside = value < check.low || value > check.high;
            if is_outside && check.instance == QUIET {
                continue;
            }
            // What fires goes on with its number, whatever its rule says besides.
            let holds = check.low <= value && value <= check.high && check.place != NOWHERE;
            match self.instances.get_mut(check.instance as usize) {
                Some(instance) if holds && instance.state == State::Firing => {
                    instance.value = value;
                    instance.last = now;
                }
                _ => self.look(at, value, now, board, changes),
            }
        }
    }

    /// Takes other rules for those there are. What goes on under a rule goes on if it still tests
    /// the same; everything else ends.
    pub fn replace(
        &mut self,
        rules: Vec<Rule>,
        now: Moment,
        board: &Board,
        changes: &mut Vec<Transition>,
    ) {
        if board.series().len() != self.covered {
            self.cover(now, board, changes);
        }
        let new: HashMap<&str, &Rule> = rules.iter().map(|rule| (&*rule.name, rule)).collect();
        let fate = |old: &Rule| match new.get(&*old.name) {
            None => Some(Reason::Removed),
            Some(rule) if !rule.is_enabled => Some(Reason::Disabled),
            Some(rule) if !rule.tests_as(old) => Some(Reason::Changed),
            Some(_) => None,
        };
        let fates: Vec<Option<Reason>> = self.rules().map(fate).collect();
        for at in 0..self.checks.len() {
            if let Some(reason) = fates[self.targets[at].rule as usize] {
                self.end(at, reason, now, board, changes);
            }
        }
        let numbers: HashMap<&str, u32> =
            (0..).zip(&rules).map(|(number, rule)| (&*rule.name, number)).collect();
        let number = |old: u32| numbers.get(&*self.rules[old as usize].rule.name).copied();
        let carried: Carried = self
            .carried()
            .into_iter()
            .filter(|((old, _), _)| fates[*old as usize].is_none())
            .filter_map(|((old, series), going)| Some(((number(old)?, series), going)))
            .collect();
        self.rules = rules.into_iter().map(Watched::new).collect();
        self.compile(&carried, board);
    }

    /// What is going on, in the order of the rules.
    pub fn active<'e>(&'e self, board: &'e Board) -> impl Iterator<Item = Active<'e>> {
        let busy = self.checks.iter().zip(&self.targets);
        busy.filter(|(check, _)| check.instance != QUIET).map(|(check, target)| {
            let instance = &self.instances[check.instance as usize];
            Active {
                rule: &self.rules[target.rule as usize].rule,
                labels: board.at(target.series).map(|series| &series.labels),
                state: instance.state,
                since: instance.since,
                value: instance.value,
            }
        })
    }
}

/// What is going on under a rule.
#[derive(Clone, Copy, Debug)]
pub struct Active<'e> {
    pub rule: &'e Rule,
    /// Of the series; none where it is the absence of all of them.
    pub labels: Option<&'e Labels>,
    pub state: State,
    /// When the test began to hold; of what is resolved, when it ceased to.
    pub since: Moment,
    pub value: f64,
}

impl Watched {
    fn new(rule: Rule) -> Watched {
        Watched { rule, missed: 0 }
    }
}
