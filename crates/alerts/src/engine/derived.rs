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
    /// When, and how much it had risen by then since it was first seen.
    points: VecDeque<(i64, f64)>,
    latest: Option<f64>,
    risen: f64,
    /// When it is known not to have been there, if its first number counts.
    absence: Option<Absence>,
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
            window_ms: i64::try_from(window.as_millis()).unwrap_or(i64::MAX),
            points: VecDeque::new(),
            latest: None,
            risen: 0.0,
            absence,
        }
    }

    /// What there is to see of it now: not a number where the counter is missing, and nothing
    /// where there is no rate yet.
    pub fn look(&mut self, now: Moment, board: &Board) -> Option<f64> {
        let value = board.value(self.counter);
        if !value.is_nan() {
            return self.see(value, now);
        }
        if let (None, Some(absence)) = (self.latest, &mut self.absence) {
            absence.to_ms = now.steady_ms;
        }
        Some(value)
    }

    /// Takes in what a counter stands at. The rate a second between the oldest point of the window
    /// and now, without going beyond them; none before there are two points in time.
    fn see(&mut self, value: f64, now: Moment) -> Option<f64> {
        let at = now.steady_ms;
        self.risen += match self.latest {
            // A counter that fell began anew from nothing.
            Some(before) if value < before => value,
            Some(before) => value - before,
            None if self.absence.is_some() => value,
            None => 0.0,
        };
        self.latest = Some(value);
        let begin = at.saturating_sub(self.window_ms);
        while self.points.front().is_some_and(|&(first, _)| first < begin) {
            self.points.pop_front();
        }
        let apart = self.window_ms / POINTS;
        let is_due = self.points.back().is_none_or(|&(last, _)| at >= last + apart && at > last);
        let absence = self.absence.filter(|absence| begin <= absence.to_ms);
        let nothing = absence.map(|absence| (absence.from_ms.max(begin), 0.0));
        let oldest = nothing.or(self.points.front().copied());
        if is_due {
            self.points.push_back((at, self.risen));
        }
        let (first, risen) = oldest.filter(|&(first, _)| first < at)?;
        Some((self.risen - risen) * 1000.0 / (at - first) as f64)
    }
}

/// None where a divisor is zero: there is nothing of which it could be a part.
pub(super) fn quotient(part: f64, whole: f64) -> Option<f64> {
    (whole != 0.0).then(|| part / whole)
}
