//! Makes checks from rules and the series there are.

use std::collections::HashMap;
use std::mem;

use super::derived::Rate;
use super::{Check, Engine, From, QUIET, Reason, Target, Transition};
use crate::board::{Board, NOWHERE, Place};
use crate::moment::Moment;
use crate::rule::{Rule, Source, Test};

/// What goes on under a rule, by its number, of a series.
pub(super) type Carried = HashMap<(u32, Place), Going>;

#[derive(Clone, Copy, Debug)]
pub(super) struct Going {
    instance: u32,
    rate: Option<u32>,
}

impl Engine {
    /// Takes in series that came since, or all of them.
    pub(super) fn cover(&mut self, now: Moment, board: &Board, changes: &mut Vec<Transition>) {
        let places = places(board);
        // The absence of every series ends with the first one.
        for at in 0..self.checks.len() {
            let target = &self.targets[at];
            let rule = &self.rules[target.rule as usize].rule;
            if target.series == NOWHERE && series_of(rule, &places, board).next().is_some() {
                self.end(at, Reason::Test, now, board, changes);
            }
        }
        let carried = self.carried();
        self.compile(&carried, board);
    }

    pub(super) fn carried(&self) -> Carried {
        let mut carried = Carried::new();
        for (check, target) in self.checks.iter().zip(&self.targets) {
            let rate = match target.from {
                From::Rate(rate) => Some(rate),
                From::Series | From::Ratio { .. } => None,
            };
            if check.instance != QUIET || rate.is_some() {
                let going = Going { instance: check.instance, rate };
                carried.insert((target.rule, target.series), going);
            }
        }
        carried
    }

    pub(super) fn compile(&mut self, carried: &Carried, board: &Board) {
        let places = places(board);
        let mut old_rates = mem::take(&mut self.rates);
        self.checks.clear();
        self.targets.clear();
        for (number, watched) in (0..).zip(&self.rules) {
            let rule = &watched.rule;
            if !rule.is_enabled {
                continue;
            }
            let (low, high) = rule.test.range();
            let mut series = series_of(rule, &places, board).peekable();
            let is_absent = rule.test == Test::Absent && series.peek().is_none();
            for series in is_absent.then_some(NOWHERE).into_iter().chain(series) {
                let going = carried.get(&(number, series)).copied();
                let from = match &rule.source {
                    Source::Value { .. } => From::Series,
                    Source::Rate { over, .. } => {
                        let old = going.and_then(|going| old_rates.get_mut(going.rate? as usize));
                        let rate = old.map_or_else(|| Rate::over(*over), mem::take);
                        self.rates.push(rate);
                        From::Rate(u32::try_from(self.rates.len() - 1).expect("as many as checks"))
                    }
                    Source::Ratio { of, .. } => {
                        let labels = board.at(series).map(|series| &series.labels);
                        let of = labels.and_then(|labels| board.find(of, labels));
                        From::Ratio { of: of.unwrap_or(NOWHERE) }
                    }
                };
                let place = if matches!(from, From::Series) { series } else { NOWHERE };
                let instance = going.map_or(QUIET, |going| going.instance);
                self.checks.push(Check { place, instance, low, high });
                self.targets.push(Target { rule: number, series, from });
            }
        }
        self.covered = board.series().len();
    }
}

/// The series of each metric, in the order in which they came.
fn places(board: &Board) -> HashMap<&str, Vec<Place>> {
    let mut places: HashMap<&str, Vec<Place>> = HashMap::new();
    for (place, series) in board.series() {
        places.entry(&series.metric).or_default().push(place);
    }
    places
}

/// The series that a rule watches.
fn series_of<'r>(
    rule: &'r Rule,
    places: &'r HashMap<&str, Vec<Place>>,
    board: &'r Board,
) -> impl Iterator<Item = Place> + 'r {
    let all = places.get(rule.source.metric()).map_or(&[][..], Vec::as_slice);
    let is_watched =
        |place: &Place| board.at(*place).is_some_and(|series| rule.watches(&series.labels));
    all.iter().copied().filter(is_watched)
}
