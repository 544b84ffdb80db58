//! What a live view remembers of a load: how it went so far, and how fast it is now.

use std::collections::VecDeque;
use std::time::Duration;

use tollgate_load::report::{Progress, Report, Window};

use super::super::figures::per_second;

/// What the current rate is taken from.
const RECENT: Duration = Duration::from_secs(1);

/// Characters of the sparkline at most.
const BINS: usize = 40;

const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// What was seen since the warm-up ended, and how the rate goes.
#[derive(Default)]
pub struct Seen {
    /// Which load it is, with a space behind, where there are several.
    pub about: String,
    /// How many requests the load is to have, if it ends by that.
    pub requests: Option<u64>,
    pub operations: Vec<Window>,
    warming: bool,
    /// When the load was looked at of late, and how many requests had ended by then.
    recent: VecDeque<(Duration, u64)>,
    /// The warm-up included.
    pub ended: u64,
    /// Requests that ended, by window of the measured part; the last is not over.
    windows: Vec<u64>,
    window: Duration,
}

impl Seen {
    pub fn new(about: &str, requests: Option<u64>) -> Seen {
        let gap = if about.is_empty() { "" } else { " " };
        Seen { about: format!("{about}{gap}"), requests, ..Seen::default() }
    }

    pub fn take(&mut self, progress: &Progress<'_>) {
        if self.warming && !progress.warming {
            self.operations.clear();
        }
        self.warming = progress.warming;
        if self.operations.len() < progress.latest.len() {
            self.operations.resize_with(progress.latest.len(), Window::default);
        }
        for (own, latest) in self.operations.iter_mut().zip(progress.latest) {
            own.merge(latest);
        }
        self.ended += progress.latest.iter().map(Window::attempts).sum::<u64>();
        self.recent.push_back((progress.elapsed, self.ended));
        while self.recent.len() > 2 && self.recent[1].0 + RECENT <= progress.elapsed {
            self.recent.pop_front();
        }
        self.window = progress.report.window;
        self.windows = ended_by_window(progress.report);
    }

    pub fn total(&self) -> Window {
        let mut total = Window::default();
        self.operations.iter().for_each(|operation| total.merge(operation));
        total
    }

    /// The part of the load that is done, from 0 to 1.
    pub fn part(&self, progress: &Progress<'_>) -> f64 {
        let time = progress.elapsed.as_secs_f64() / progress.total.as_secs_f64().max(1e-9);
        let count = self.requests.map_or(0.0, |goal| self.ended as f64 / goal.max(1) as f64);
        time.max(count).min(1.0)
    }

    /// Windows that are over.
    fn whole(&self) -> &[u64] {
        &self.windows[..self.windows.len().saturating_sub(1)]
    }

    /// Requests a second of late. Windows tell it exactly; before there are enough of them, what
    /// happened since the load was looked at last does.
    pub fn rate(&self) -> f64 {
        let whole = self.whole();
        let needed = RECENT.as_nanos().div_ceil(self.window.as_nanos().max(1));
        let needed = usize::try_from(needed).unwrap_or(usize::MAX);
        if let Some(start) = whole.len().checked_sub(needed) {
            let over = self.window.mul_f64(needed as f64);
            return per_second(whole[start..].iter().sum(), over);
        }
        match (self.recent.front(), self.recent.back()) {
            (Some((from, before)), Some((to, now))) if to > from => {
                per_second(now - before, *to - *from)
            }
            (_, Some((to, now))) => per_second(*now, *to),
            _ => 0.0,
        }
    }

    /// The rate of the measured part so far, from its beginning.
    pub fn sparkline(&self) -> String {
        let whole = self.whole();
        let bins: Vec<u64> = match whole.len().div_ceil(BINS) {
            0 => Vec::new(),
            // What does not fill a bin is left out, since it would seem to be a lower rate.
            size => whole.chunks_exact(size).map(|bin| bin.iter().sum()).collect(),
        };
        let most = bins.iter().copied().max().unwrap_or(0).max(1);
        bins.iter().map(|count| LEVELS[(count * 7).div_ceil(most) as usize]).collect()
    }
}

fn ended_by_window(report: &Report) -> Vec<u64> {
    let longest = report.operations.iter().map(|operation| operation.windows.len()).max();
    let mut ended = vec![0; longest.unwrap_or(0)];
    for operation in &report.operations {
        for (sum, window) in ended.iter_mut().zip(&operation.windows) {
            *sum += window.attempts();
        }
    }
    ended
}

#[cfg(test)]
pub mod tests {
    use super::super::super::sample;
    use super::*;

    pub fn progress<'a>(at_ms: u64, report: &'a Report, latest: &'a [Window]) -> Progress<'a> {
        Progress {
            elapsed: Duration::from_millis(at_ms),
            total: Duration::from_secs(10),
            warming: false,
            users: 50,
            report,
            latest,
        }
    }

    /// A load that gets faster, in windows of half a second, looked at as often.
    pub fn seen(report: &mut Report, until_ms: u64) -> Seen {
        report.window = Duration::from_millis(500);
        report.operations.iter_mut().for_each(|operation| operation.windows.clear());
        let mut seen = Seen::default();
        for at_ms in (500..=until_ms).step_by(500) {
            let window = sample::window(at_ms / 5, 900, at_ms / 4_000, 0);
            report.operations.iter_mut().for_each(|o| o.windows.push(window.clone()));
            let latest = vec![window; report.operations.len()];
            seen.take(&progress(at_ms, report, &latest));
        }
        seen
    }

    #[test]
    fn the_rate_is_that_of_the_last_whole_second() {
        let mut report = sample::healthy();
        let seen = seen(&mut report, 4_000);
        // The windows that ended at 3 and at 3.5 seconds; the last may still be filled.
        assert!((seen.rate() - 1_300.0).abs() < 1e-9, "{}", seen.rate());
        assert_eq!(seen.sparkline().chars().count(), 7);
    }

    #[test]
    fn a_long_load_is_one_short_sparkline() {
        let mut report = sample::healthy();
        let seen = seen(&mut report, 60_500);
        assert_eq!(seen.sparkline().chars().count(), 40);
    }

    #[test]
    fn what_the_warm_up_saw_is_forgotten_when_it_ends() {
        let report = sample::healthy();
        let latest = [sample::window(100, 900, 5, 0)];
        let mut seen = Seen::default();
        seen.take(&Progress { warming: true, ..progress(500, &report, &latest) });
        assert_eq!(seen.total().attempts(), 105);
        seen.take(&progress(1_000, &report, &latest));
        assert_eq!(seen.total().attempts(), 105);
        assert_eq!(seen.ended, 210);
    }
}
