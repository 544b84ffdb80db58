//! A level over time, as straight lines; the area below it, and when that reaches a value.
//!
//! A rate's area is the number of tasks that should have begun, so the inverse of the area is what
//! says when each begins.

use std::time::Duration;

use crate::workload::Leg;

/// A level from the start of a load to its end, at first zero. Where it jumps, the level is the
/// one after the jump; from the end on it is zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// In the order of time, without gaps; none of no length.
    lines: Vec<Line>,
    total: Duration,
}

/// A straight line from one level to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    pub start: Duration,
    pub length: Duration,
    pub from: f64,
    pub to: f64,
    /// The area before it, and that with its own.
    pub before: f64,
    pub after: f64,
}

impl Curve {
    /// A level that is negative or no number counts as zero.
    #[must_use]
    pub fn new(legs: &[Leg]) -> Curve {
        let (mut lines, mut total) = (Vec::new(), Duration::ZERO);
        let (mut level, mut area) = (0.0, 0.0);
        for leg in legs {
            let to = if leg.to.is_finite() { leg.to.max(0.0) } else { 0.0 };
            if !leg.over.is_zero() {
                let after = area + (level + to) / 2.0 * leg.over.as_secs_f64();
                let (start, length) = (total, leg.over);
                lines.push(Line { start, length, from: level, to, before: area, after });
                area = after;
                total = total.saturating_add(leg.over);
            }
            level = to;
        }
        Curve { lines, total }
    }

    #[must_use]
    pub fn total(&self) -> Duration {
        self.total
    }

    #[must_use]
    pub fn level(&self, at: Duration) -> f64 {
        match self.lines.get(self.line_at(at)) {
            Some(line) => line.level(at.saturating_sub(line.start).as_secs_f64()),
            None => 0.0,
        }
    }

    #[must_use]
    pub fn highest(&self) -> f64 {
        self.lines.iter().fold(0.0, |highest, line| line.from.max(line.to).max(highest))
    }

    /// How many users are there at some time, where levels are users: whoever the curve touches.
    #[must_use]
    pub fn users(&self) -> u32 {
        self.highest().ceil() as u32
    }

    /// The area from the start to a moment, in levels times seconds.
    #[must_use]
    pub fn area(&self, at: Duration) -> f64 {
        match self.lines.get(self.line_at(at)) {
            Some(line) => line.before + line.area(at.saturating_sub(line.start).as_secs_f64()),
            None => self.whole(),
        }
    }

    /// The first moment at which the area is as large as that, to the nanosecond.
    #[must_use]
    pub fn when(&self, area: f64) -> Option<Duration> {
        let line = self.lines.partition_point(|line| line.after < area);
        self.lines.get(line).map(|line| line.when(area))
    }

    /// The whole area.
    pub(super) fn whole(&self) -> f64 {
        self.lines.last().map_or(0.0, |line| line.after)
    }

    pub(super) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Which line a moment is on.
    fn line_at(&self, at: Duration) -> usize {
        self.lines.partition_point(|line| line.end() <= at)
    }
}

impl Line {
    pub(super) fn end(&self) -> Duration {
        self.start.saturating_add(self.length)
    }

    /// So many seconds after its start.
    fn level(&self, seconds: f64) -> f64 {
        self.from + (self.to - self.from) * (seconds / self.length.as_secs_f64())
    }

    fn area(&self, seconds: f64) -> f64 {
        (self.from + self.level(seconds)) / 2.0 * seconds
    }

    /// When the area from the curve's start is that, which has to be up to `after`.
    ///
    /// Along a line the square of the level is linear in the area. Written as below, nothing is
    /// subtracted but the given area from known ones, so that neither a slope close to zero nor a
    /// level close to zero costs precision.
    pub(super) fn when(&self, area: f64) -> Duration {
        let done = area - self.before;
        if done.is_nan() || done <= 0.0 {
            return self.start;
        }
        let seconds = if self.is_level() {
            done / self.from
        } else {
            let whole = self.after - self.before;
            let left = (self.after - area).max(0.0);
            let square = (self.from * self.from * left + self.to * self.to * done) / whole;
            2.0 * done / (self.from + square.sqrt())
        };
        let seconds = Duration::try_from_secs_f64(seconds).unwrap_or(self.length);
        self.start.saturating_add(seconds.min(self.length))
    }

    /// How far along it is at a level between its ends, as seconds from its start.
    pub(super) fn reaches(&self, level: f64) -> Duration {
        let share = (level - self.from) / (self.to - self.from);
        self.length.mul_f64(share.clamp(0.0, 1.0)).min(self.length)
    }

    #[expect(clippy::float_cmp, reason = "a rest has the very same level at both ends")]
    fn is_level(&self) -> bool {
        self.from == self.to
    }
}
