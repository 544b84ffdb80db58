//! Makes checks from rules and the series there are.

use std::collections::HashMap;
use std::mem;
use std::time::Duration;

use super::derived::{Absence, Rate};
use super::watched::Watched;
use super::{Check, Engine, From, Reason, Slot, Target, Transition};
use crate::board::{Board, NOWHERE, Place};
use crate::moment::Moment;
use crate::rule::{First, Source, Test};

/// What goes on under a rule, by its number, of a series.
pub(super) type Carried = HashMap<(u32, Place), Going>;

#[derive(Clone, Copy, Debug)]
pub(super) struct Going {
    slot: Slot,
    /// The first of its rates.
    rate: Option<u32>,
}

impl Engine {
    /// Takes in series that came since, or all of them.
    pub(super) fn cover(&mut self, now: Moment, board: &Board, changes: &mut Vec<Transition>) {
        let places = places(board);
        // The absence of every series ends with the first one.
        for at in 0..self.checks.len() {
            let target = &self.targets[at];
            let rule = &self.rules[target.rule as usize];
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
                From::Rate(rate) | From::RateRatio(rate) => Some(rate),
                From::Series | From::Ratio { .. } => None,
            };
            if !check.slot.is_quiet() || rate.is_some() {
                carried.insert((target.rule, target.series), Going { slot: check.slot, rate });
            }
        }
        carried
    }

    pub(super) fn compile(&mut self, carried: &Carried, board: &Board) {
        let places = places(board);
        let mut rates = Rates {
            old: mem::take(&mut self.rates).into_iter().map(Some).collect(),
            new: Vec::new(),
            covered: self.covered,
            looks: self
                .first
                .zip(self.looked)
                .map(|(first, last)| Absence { from_ms: first.steady_ms, to_ms: last.steady_ms }),
        };
        self.checks.clear();
        self.targets.clear();
        for (number, rule) in (0..).zip(&self.rules).filter(|(_, rule)| rule.is_enabled) {
            let (low, high) = rule.test.range();
            let mut series = series_of(rule, &places, board).peekable();
            let is_absent = rule.test == Test::Absent && series.peek().is_none();
            for series in is_absent.then_some(NOWHERE).into_iter().chain(series) {
                let going = carried.get(&(number, series)).copied();
                let from = rates.source(&rule.source, series, going, board);
                let place = if matches!(from, From::Series) { series } else { NOWHERE };
                let slot = going.map_or(Slot::QUIET, |going| going.slot);
                self.checks.push(Check { place, slot, low, high });
                self.targets.push(Target { rule: number, series, from });
            }
        }
        self.rates = rates.new;
        self.covered = board.series().len();
        // There are as many until a series comes, which is seldom.
        self.checks.shrink_to_fit();
        self.targets.shrink_to_fit();
        self.rates.shrink_to_fit();
    }
}

/// What counters did before, and those that are watched from now on.
struct Rates {
    old: Vec<Option<Rate>>,
    new: Vec<Rate>,
    /// How many series there were when somebody looked last.
    covered: usize,
    /// All looks so far.
    looks: Option<Absence>,
}

impl Rates {
    /// Where the numbers of a series come from.
    fn source(
        &mut self,
        source: &Source,
        series: Place,
        going: Option<Going>,
        board: &Board,
    ) -> From {
        let divisor = |of: &str| {
            let labels = board.at(series).map(|series| &series.labels);
            labels.and_then(|labels| board.find(of, labels)).unwrap_or(NOWHERE)
        };
        let old = going.and_then(|going| going.rate);
        match source {
            Source::Value { .. } => From::Series,
            Source::Ratio { of, .. } => From::Ratio { of: divisor(of) },
            Source::Rate { over, first, .. } => From::Rate(self.rate(old, series, *over, *first)),
            Source::RateRatio { of, over, first, .. } => {
                let rate = self.rate(old, series, *over, *first);
                self.rate(old.map(|old| old + 1), divisor(of), *over, *first);
                From::RateRatio(rate)
            }
        }
    }

    /// Goes on with what an old one saw of the same counter.
    fn rate(&mut self, old: Option<u32>, counter: Place, over: Duration, first: First) -> u32 {
        let known = old.and_then(|old| self.old[old as usize].take());
        let rate = known.filter(|known| known.counter == counter).unwrap_or_else(|| {
            let is_new = first == First::Count && counter.index() > self.covered;
            Rate::new(counter, over, self.looks.filter(|_| is_new))
        });
        self.new.push(rate);
        u32::try_from(self.new.len() - 1).expect("there are two for each check at most")
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
    rule: &'r Watched,
    places: &'r HashMap<&str, Vec<Place>>,
    board: &'r Board,
) -> impl Iterator<Item = Place> + 'r {
    let all = places.get(rule.source.metric()).map_or(&[][..], Vec::as_slice);
    let is_watched =
        |place: &Place| board.at(*place).is_some_and(|series| rule.watches(&series.labels));
    all.iter().copied().filter(is_watched)
}
