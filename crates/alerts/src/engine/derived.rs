//! Numbers that are computed from series before they are tested: rates and ratios.

use std::collections::VecDeque;
use std::time::Duration;

use crate::board::{Board, Place};
use crate::moment::Moment;

/// How many points of a window are kept: those that are closer together are left out.
const POINTS: i64 = 256;

/// What a counter did lately.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rate {
    /// Where the counter stands.
    pub counter: Place,
    window_ms: i64,
    /// When, and how much it had risen by then since it was first seen: the last point before the
    /// window, and those in it.
    points: VecDeque<(i64, f64)>,
    latest: Option<f64>,
    risen: f64,
    /// When it is known not to have been there, if its first number counts.
    absence: Option<Absence>,
}

/// What there is to see of a counter at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Seen {
    /// In a second; not a number where the counter is missing.
    pub rate: f64,
    /// Whether somebody watched it since the window began: otherwise it is that much at least.
    pub is_whole: bool,
}

/// All looks from one to another at which a counter that came later was not there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Absence {
    pub from_ms: i64,
    pub to_ms: i64,
}

impl Rate {
    /// One that was not there before counts from zero.
    pub fn new(counter: Place, window: Duration, absence: Option<Absence>) -> Rate {
        Rate {
            counter,
            window_ms: i64::try_from(window.as_millis()).unwrap_or(i64::MAX).max(1),
            points: VecDeque::new(),
            latest: None,
            risen: 0.0,
            absence,
        }
    }

    /// What there is to see of it now; nothing at the first look.
    pub fn look(&mut self, now: Moment, board: &Board) -> Option<Seen> {
        let value = board.value(self.counter);
        if !value.is_nan() {
            return self.see(value, now);
        }
        if let (None, Some(absence)) = (self.latest, &mut self.absence) {
            absence.to_ms = now.steady_ms;
        }
        Some(Seen { rate: value, is_whole: true })
    }

    /// Takes in what a counter stands at.
    fn see(&mut self, value: f64, now: Moment) -> Option<Seen> {
        let at = now.steady_ms;
        if let (None, Some(Absence { from_ms, to_ms })) = (self.latest, self.absence) {
            self.points.extend([(from_ms, 0.0), (to_ms, 0.0)]);
        }
        self.risen += match self.latest {
            // A counter that fell began anew from nothing.
            Some(before) if value < before => value,
            Some(before) => value - before,
            None if self.absence.is_some() => value,
            None => 0.0,
        };
        self.latest = Some(value);
        let begin = at.saturating_sub(self.window_ms);
        while self.points.get(1).is_some_and(|&(second, _)| second <= begin) {
            self.points.pop_front();
        }
        let first = self.points.front().copied().filter(|&(first, _)| first < at);
        let seen = first.map(|first| self.rate_since(begin, first, at));
        let apart = self.window_ms / POINTS;
        if self.points.back().is_none_or(|&(last, _)| at >= last + apart && at > last) {
            self.points.push_back((at, self.risen));
        }
        seen
    }

    /// What it rose by since a window began, divided by the window. Between the two points around
    /// the beginning it is taken to rise evenly; where there is none before, as much is certain.
    fn rate_since(&self, begin: i64, (first, risen): (i64, f64), at: i64) -> Seen {
        let is_whole = first <= begin;
        let at_begin = if is_whole {
            let (next, later) = self.points.get(1).copied().unwrap_or((at, self.risen));
            risen + (later - risen) * ((begin - first) as f64 / (next - first) as f64)
        } else {
            risen
        };
        Seen { rate: (self.risen - at_begin) * 1000.0 / self.window_ms as f64, is_whole }
    }
}

/// None where a divisor is zero: there is nothing of which it could be a part.
pub(super) fn quotient(part: f64, whole: f64) -> Option<f64> {
    (whole != 0.0).then(|| part / whole)
}
