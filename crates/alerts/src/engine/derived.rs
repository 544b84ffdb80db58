//! Numbers that are computed from series before they are tested: rates and ratios.

use std::collections::VecDeque;
use std::time::Duration;

use crate::moment::Moment;

/// How many points of a window are kept: those that are closer together are left out.
const POINTS: i64 = 256;

/// What a counter did lately.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rate {
    window_ms: i64,
    /// When, and how much it had risen by then since it was first seen.
    points: VecDeque<(i64, f64)>,
    latest: Option<f64>,
    risen: f64,
}

impl Rate {
    pub fn over(window: Duration) -> Rate {
        let window_ms = i64::try_from(window.as_millis()).unwrap_or(i64::MAX);
        Rate { window_ms, ..Rate::default() }
    }

    /// Takes in what a counter stands at. The rate a second between the oldest point of the window
    /// and now, without going beyond them; none before there are two points in time.
    pub fn see(&mut self, value: f64, now: Moment) -> Option<f64> {
        let at = now.steady_ms;
        if let Some(before) = self.latest {
            // A counter that fell began anew from nothing.
            self.risen += if value < before { value } else { value - before };
        }
        self.latest = Some(value);
        let begin = at.saturating_sub(self.window_ms);
        while self.points.front().is_some_and(|&(first, _)| first < begin) {
            self.points.pop_front();
        }
        let apart = self.window_ms / POINTS;
        let is_due = self.points.back().is_none_or(|&(last, _)| at >= last + apart && at > last);
        let oldest = self.points.front().copied();
        if is_due {
            self.points.push_back((at, self.risen));
        }
        let (first, risen) = oldest.filter(|&(first, _)| first < at)?;
        Some((self.risen - risen) * 1000.0 / (at - first) as f64)
    }
}
