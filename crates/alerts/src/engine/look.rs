//! What happens to a check that has to be looked at closely.

use super::{Engine, From, Instance, QUIET, Reason, Sight, State, Transition};
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
        let watched = &mut self.rules[self.targets[at].rule as usize];
        if sight == Sight::Missing && watched.rule.no_data == NoData::Keep {
            watched.missed = self.evaluations;
        }
        let rule = &watched.rule;
        let slot = self.checks[at].instance;
        let Some(instance) = self.instances.get_mut(slot as usize) else {
            let mut instance = Instance::begin(now);
            if let Some((from, reason)) = instance.see(sight, rule, now) {
                self.keep(at, instance);
                changes.push(self.tell(at, from, &instance, reason, now, board));
            }
            return;
        };
        if let Some((from, reason)) = instance.see(sight, rule, now) {
            let instance = *instance;
            self.keep(at, instance);
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
        let Some(&instance) = self.instances.get(self.checks[at].instance as usize) else { return };
        let mut instance = instance;
        if let Some(from) = instance.end(now) {
            changes.push(self.tell(at, from, &instance, reason, now, board));
        }
        self.keep(at, Instance { state: State::Inactive, ..instance });
    }

    /// What there is to see, of a number that stands on the board or is computed here.
    fn sight(&mut self, at: usize, value: f64, now: Moment, board: &Board) -> Sight {
        let (check, target) = (&self.checks[at], &self.targets[at]);
        let number = match target.from {
            From::Series => Some(value),
            From::Rate(rate) => {
                let counter = board.value(target.series);
                match counter.is_nan() {
                    true => Some(counter),
                    false => self.rates[rate as usize].see(counter, now),
                }
            }
            From::Ratio { of } => {
                let divisor = board.value(of);
                (divisor != 0.0).then(|| board.value(target.series) / divisor)
            }
        };
        let Some(number) = number else { return Sight::Nothing };
        let asks_absence = self.rules[target.rule as usize].rule.test == Test::Absent;
        match (number.is_nan(), asks_absence) {
            (true, true) => Sight::Holds(number),
            (true, false) => Sight::Missing,
            (false, false) if check.low <= number && number <= check.high => Sight::Holds(number),
            (false, _) => Sight::HoldsNot(number),
        }
    }

    /// Remembers an instance, or gives its place up once it is of no interest.
    pub(super) fn keep(&mut self, at: usize, instance: Instance) {
        let slot = &mut self.checks[at].instance;
        match (instance.state, *slot) {
            (State::Inactive, QUIET) => {}
            (State::Inactive, used) => {
                self.free.push(used);
                *slot = QUIET;
            }
            (_, QUIET) => {
                *slot = self.free.pop().unwrap_or_else(|| {
                    self.instances.push(instance);
                    u32::try_from(self.instances.len() - 1).expect("there are fewer than checks")
                });
                self.instances[*slot as usize] = instance;
            }
            (_, used) => self.instances[used as usize] = instance,
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
        let rule = &self.rules[target.rule as usize].rule;
        let own = board.at(target.series).map(|series| &series.labels);
        let pairs = own.into_iter().chain([&rule.labels]).flat_map(Labels::iter);
        Transition {
            rule: rule.name.clone(),
            labels: Labels::new(pairs),
            severity: rule.severity,
            from,
            to: instance.state,
            reason,
            at: now,
            value: instance.value,
        }
    }
}
