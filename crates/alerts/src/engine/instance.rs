//! One series under one rule, from when its test first held until it is forgotten.

use crate::moment::Moment;
use crate::rule::NoData;

use super::transition::{Reason, State};
use super::watched::Watched;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Instance {
    pub state: State,
    /// When the test began to hold; once it is over, when that was.
    pub since: Moment,
    /// When the test held for the last time.
    pub last: Moment,
    pub value: f64,
}

/// What is seen of a series at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sight {
    Holds(f64),
    HoldsNot(f64),
    Missing,
    /// There is no number yet, and that is no fault.
    Nothing,
}

/// How long it is remembered that something is over.
pub(super) const REMEMBERED_MS: u64 = 15 * 60 * 1000;

impl Instance {
    /// A series of which nothing is known.
    pub fn begin(now: Moment) -> Instance {
        Instance { state: State::Inactive, since: now, last: now, value: f64::NAN }
    }

    /// Takes a sight in. What it was before and why it changed, if it did.
    pub fn see(&mut self, sight: Sight, rule: &Watched, now: Moment) -> Option<(State, Reason)> {
        let before = self.state;
        let reason = match (sight, rule.no_data) {
            // What is over is forgotten in time, whatever there is to see.
            (Sight::Nothing, _) | (Sight::Missing, NoData::Keep)
                if self.state == State::Resolved =>
            {
                self.clear(0, now);
                Reason::Test
            }
            (Sight::Nothing, _) | (Sight::Missing, NoData::Keep) => return None,
            (Sight::Holds(value), _) => {
                self.value = value;
                self.hold(rule, now);
                Reason::Test
            }
            (Sight::Missing, NoData::Fire) => {
                self.value = f64::NAN;
                self.hold(rule, now);
                Reason::NoData
            }
            (Sight::HoldsNot(value), _) => {
                self.value = value;
                self.clear(rule.keep_ms, now);
                Reason::Test
            }
            (Sight::Missing, NoData::Resolve) => {
                self.clear(0, now);
                Reason::NoData
            }
        };
        (self.state != before).then_some((before, reason))
    }

    /// Ends it whatever it is, unless it is over already.
    pub fn end(&mut self, now: Moment) -> Option<State> {
        let before = self.state;
        self.clear(0, now);
        (self.state != before).then_some(before)
    }

    fn hold(&mut self, rule: &Watched, now: Moment) {
        if matches!(self.state, State::Inactive | State::Resolved) {
            self.state = State::Pending;
            self.since = now;
        }
        self.last = now;
        if self.state == State::Pending && now.since(self.since) >= rule.hold_ms {
            self.state = State::Firing;
        }
    }

    fn clear(&mut self, keep: u64, now: Moment) {
        match self.state {
            State::Pending => self.state = State::Inactive,
            State::Firing if now.since(self.last) >= keep => {
                self.state = State::Resolved;
                self.since = now;
            }
            State::Resolved if now.since(self.since) >= REMEMBERED_MS => {
                self.state = State::Inactive;
            }
            State::Inactive | State::Firing | State::Resolved => {}
        }
    }
}
