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
mod slot;
#[cfg(test)]
mod tests;
mod transition;
mod watched;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::board::{Board, Place};
use crate::labels::Labels;
use crate::moment::Moment;
use crate::rule::Rule;

use compile::Carried;
use derived::Rate;
use instance::{Instance, Sight};
use slot::Slot;
pub use transition::{Reason, State, Transition};
pub use watched::Watched;

/// Rules, and what is going on under them.
#[derive(Debug, Default)]
pub struct Engine {
    rules: Box<[Watched]>,
    checks: Vec<Check>,
    /// Of each check, what it is of.
    targets: Vec<Target>,
    instances: Vec<Instance>,
    /// Places among the instances that nobody uses.
    free: Vec<Slot>,
    rates: Vec<Rate>,
    /// Rules that lacked a number in the last evaluation.
    troubled: Vec<u32>,
    /// How many series of the board the checks were made from.
    covered: usize,
    /// The first evaluation, and the last one.
    first: Option<Moment>,
    looked: Option<Moment>,
}

/// What the loop needs of a rule and a series, and no more.
#[derive(Clone, Copy, Debug)]
struct Check {
    /// Where the number stands; nowhere if it is computed first, or if there is none.
    place: Place,
    slot: Slot,
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
    Ratio {
        of: Place,
    },
    Rate(u32),
    /// Of one rate and the one after it.
    RateRatio(u32),
}

impl Engine {
    #[must_use]
    pub fn new(rules: Vec<Rule>) -> Engine {
        Engine { rules: watched(rules), covered: usize::MAX, ..Engine::default() }
    }

    /// In the order in which they were given.
    #[must_use]
    pub fn rules(&self) -> &[Watched] {
        &self.rules
    }

    /// Rules that lacked a number in the last evaluation.
    pub fn in_trouble(&self) -> impl ExactSizeIterator<Item = &Watched> {
        self.troubled.iter().map(|number| &self.rules[*number as usize])
    }

    /// Looks at all series at one time, and adds what changed.
    pub fn evaluate(&mut self, now: Moment, board: &Board, changes: &mut Vec<Transition>) {
        if board.series().len() != self.covered {
            self.cover(now, board, changes);
        }
        self.troubled.clear();
        let mut next = 0;
        while let Some((at, value)) = self.stirring(next, board.values()) {
            self.look(at, value, now, board, changes);
            next = at + 1;
        }
        self.first.get_or_insert(now);
        self.looked = Some(now);
    }

    /// The next check that has to be looked at closely, and its number: nothing goes on under it
    /// and the number is not outside, or it fires and the number is not inside. What is no number
    /// is neither.
    fn stirring(&mut self, next: usize, values: &[f64]) -> Option<(usize, f64)> {
        for (further, check) in self.checks[next..].iter().enumerate() {
            let value = values[check.place.index()];
            let is_outside = value < check.low || value > check.high;
            if is_outside && check.slot.is_quiet() {
                continue;
            }
            match self.instances.get_mut(check.slot.steady()) {
                Some(instance) if check.low <= value && value <= check.high => {
                    instance.value = value;
                }
                _ => return Some((next + further, value)),
            }
        }
        None
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
        let fate = |old: &Watched| match new.get(old.name()) {
            None => Some(Reason::Removed),
            Some(rule) if !rule.is_enabled => Some(Reason::Disabled),
            Some(rule) if !old.tests_as(rule) => Some(Reason::Changed),
            Some(_) => None,
        };
        let fates: Vec<Option<Reason>> = self.rules.iter().map(fate).collect();
        for at in 0..self.checks.len() {
            if let Some(reason) = fates[self.targets[at].rule as usize] {
                self.end(at, reason, now, board, changes);
            }
        }
        let numbers: HashMap<&str, u32> =
            (0..).zip(&rules).map(|(number, rule)| (&*rule.name, number)).collect();
        let number = |old: u32| numbers.get(self.rules[old as usize].name()).copied();
        let carried: Carried = self
            .carried()
            .into_iter()
            .filter(|((old, _), _)| fates[*old as usize].is_none())
            .filter_map(|((old, series), going)| Some(((number(old)?, series), going)))
            .collect();
        self.rules = watched(rules);
        self.troubled.clear();
        self.compile(&carried, board);
    }

    /// What is going on, in the order of the rules.
    pub fn active<'e>(&'e self, board: &'e Board) -> impl Iterator<Item = Active<'e>> {
        self.checks.iter().zip(&self.targets).filter_map(|(check, target)| {
            let instance = &self.instances[check.slot.index()?];
            Some(Active {
                rule: &self.rules[target.rule as usize],
                labels: board.at(target.series).map(|series| &series.labels),
                state: instance.state,
                since: instance.since,
                value: instance.value,
            })
        })
    }
}

/// What is going on under a rule.
#[derive(Clone, Copy, Debug)]
pub struct Active<'e> {
    pub rule: &'e Watched,
    /// Of the series; none where it is the absence of all of them.
    pub labels: Option<&'e Labels>,
    pub state: State,
    /// When the test began to hold; of what is resolved, when it ceased to.
    pub since: Moment,
    pub value: f64,
}

impl<'e> Active<'e> {
    /// Those of the series, and those of the rule, which are stronger where both have a name.
    pub fn all_labels(&self) -> impl Iterator<Item = (&'e str, &'e str)> + use<'e> {
        self.labels.into_iter().chain(self.rule.labels()).flat_map(Labels::iter)
    }
}

/// Many rules watch few metrics, so that they share the names.
fn watched(rules: Vec<Rule>) -> Box<[Watched]> {
    let mut names: HashSet<Arc<str>> = HashSet::new();
    let mut share = |mut rule: Rule| {
        for name in rule.source.names_mut() {
            match names.get(name) {
                Some(known) => *name = Arc::clone(known),
                None => drop(names.insert(Arc::clone(name))),
            }
        }
        Watched::new(rule)
    };
    rules.into_iter().map(&mut share).collect()
}
