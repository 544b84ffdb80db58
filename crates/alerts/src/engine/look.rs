//! What happens to a check that has to be looked at closely.

use super::derived::{Seen, quotient};
use super::{Check, Engine, From, Instance, Reason, Sight, Slot, State, Transition};
use crate::board::Board;
use crate::labels::Labels;
use crate::moment::Moment;
use crate::rule::{NoData, Test};

impl Engine {
    pub(super) fn look(
        &mut self,
        at: usize,
        value: f64,
        now: Moment,
        board: &Board,
        changes: &mut Vec<Transition>,
    ) {
        let sight = self.sight(at, value, now, board);
        let number = self.targets[at].rule;
        let rule = &self.rules[number as usize];
        let is_in_trouble = sight == Sight::Missing && rule.no_data == NoData::Keep;
        if is_in_trouble && self.troubled.last() != Some(&number) {
            self.troubled.push(number);
        }
        let known = self.instance(self.checks[at].slot);
        let mut instance = known.unwrap_or_else(|| Instance::begin(now));
        let change = instance.see(sight, rule, now);
        let is_steady = matches!(sight, Sight::Holds(_)) && instance.state == State::Firing;
        self.keep(at, instance, is_steady);
        if let Some((from, reason)) = change {
            changes.push(self.tell(at, from, &instance, reason, now, board));
        }
    }

    /// Ends what goes on under a check, and forgets it.
    pub(super) fn end(
        &mut self,
        at: usize,
        reason: Reason,
        now: Moment,
        board: &Board,
        changes: &mut Vec<Transition>,
    ) {
        let Some(mut instance) = self.instance(self.checks[at].slot) else { return };
        if let Some(from) = instance.end(now) {
            changes.push(self.tell(at, from, &instance, reason, now, board));
        }
        self.keep(at, Instance { state: State::Inactive, ..instance }, false);
    }

    /// What there is to see, of a number that stands on the board or is computed here.
    fn sight(&mut self, at: usize, value: f64, now: Moment, board: &Board) -> Sight {
        let (check, target) = (&self.checks[at], &self.targets[at]);
        let number = match target.from {
            From::Series => Some(value),
            From::Ratio { of } => quotient(board.value(target.series), board.value(of)),
            From::Rate(rate) => {
                let seen = self.rates[rate as usize].look(now, board);
                seen.filter(|seen| check.decides(*seen)).map(|seen| seen.rate)
            }
            From::RateRatio(rate) => {
                let mut look = |rate: u32| Some(self.rates[rate as usize].look(now, board)?.rate);
                // Both take in what they see, whatever there is to see of the other.
                let (part, whole) = (look(rate), look(rate + 1));
                part.zip(whole).and_then(|(part, whole)| quotient(part, whole))
            }
        };
        let Some(number) = number else { return Sight::Nothing };
        let asks_absence = self.rules[target.rule as usize].test == Test::Absent;
        match (number.is_nan(), asks_absence) {
            (true, true) => Sight::Holds(number),
            (true, false) => Sight::Missing,
            (false, false) if check.low <= number && number <= check.high => Sight::Holds(number),
            (false, _) => Sight::HoldsNot(number),
        }
    }

    /// What goes on. Of what is steady only the number is kept up to date: its test held until the
    /// last evaluation.
    pub(super) fn instance(&self, slot: Slot) -> Option<Instance> {
        let instance = self.instances[slot.index()?];
        let last = self.looked.filter(|_| slot.is_steady()).unwrap_or(instance.last);
        Some(Instance { last, ..instance })
    }

    /// Remembers an instance, or gives its place up once it is of no interest.
    pub(super) fn keep(&mut self, at: usize, instance: Instance, is_steady: bool) {
        let slot = &mut self.checks[at].slot;
        match (instance.state, slot.index()) {
            (State::Inactive, None) => {}
            (State::Inactive, Some(used)) => {
                self.free.push(Slot::new(used, false));
                *slot = Slot::QUIET;
            }
            (_, used) => {
                let free = || self.free.pop().and_then(Slot::index);
                let index = used.or_else(free).unwrap_or_else(|| {
                    self.instances.push(instance);
                    self.instances.len() - 1
                });
                self.instances[index] = instance;
                *slot = Slot::new(index, is_steady);
            }
        }
    }

    fn tell(
        &self,
        at: usize,
        from: State,
        instance: &Instance,
        reason: Reason,
        now: Moment,
        board: &Board,
    ) -> Transition {
        let target = &self.targets[at];
        let rule = &self.rules[target.rule as usize];
        let own = board.at(target.series).map(|series| &series.labels);
        let pairs = own.into_iter().chain(rule.labels()).flat_map(Labels::iter);
        Transition {
            rule: rule.name().to_owned(),
            labels: Labels::new(pairs),
            severity: rule.severity(),
            from,
            to: instance.state,
            reason,
            at: now,
            value: instance.value,
        }
    }
}

impl Check {
    /// Whether what is seen of a rate is enough to say if the test holds: a rate of which only the
    /// least is known may be beyond the range already, or inside of one without an upper end.
    fn decides(&self, seen: Seen) -> bool {
        let is_open = self.high.is_infinite() && self.low <= seen.rate;
        seen.is_whole || is_open || self.high < seen.rate
    }
}
