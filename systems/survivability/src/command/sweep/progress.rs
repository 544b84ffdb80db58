//! How far a sweep is, on standard error: a bar on a terminal, a line now and then elsewhere.
//! Nothing for what is over in two seconds.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use survivability::sweep::Event;

use crate::command::output::note;

/// Silence before the first sign of life.
const QUIET: Duration = Duration::from_secs(2);
/// Between two lines where there is no terminal.
const INTERVAL: Duration = Duration::from_secs(5);

pub struct Progress {
    shown: Shown,
    started: Instant,
    spoken: Option<Instant>,
    known: usize,
    done: usize,
    planned: usize,
}

enum Shown {
    Nothing,
    Bar(ProgressBar),
    Lines,
}

impl Progress {
    pub fn new(is_quiet: bool) -> Progress {
        let shown = match (is_quiet, std::io::stderr().is_terminal()) {
            (true, _) => Shown::Nothing,
            (false, true) => Shown::Bar(bar()),
            (false, false) => Shown::Lines,
        };
        Progress { shown, started: now(), spoken: None, known: 0, done: 0, planned: 0 }
    }

    pub fn event(&mut self, event: Event) {
        match event {
            Event::Started { known, planned } => {
                self.started = now();
                (self.known, self.done, self.planned) = (known, known, planned);
                if known > 0 && known < planned {
                    self.say(&format!("{known} of {planned} simulations are there already"));
                }
            }
            Event::Finished { done, planned } => (self.done, self.planned) = (done, planned),
            Event::Waiting => {}
        }
        self.show();
    }

    pub fn finish(&self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }

    fn show(&mut self) {
        let elapsed = self.started.elapsed();
        let left = left(elapsed, self.known, self.done, self.planned);
        match &self.shown {
            Shown::Nothing => {}
            Shown::Bar(bar) => {
                if elapsed > QUIET && bar.is_hidden() {
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                }
                bar.set_length(self.planned as u64);
                bar.set_position(self.done as u64);
                bar.set_message(left);
            }
            Shown::Lines => {
                let due = self.spoken.map_or(elapsed > QUIET, |last| last.elapsed() > INTERVAL);
                if due && self.done < self.planned {
                    self.say(&format!("{} of {} simulations; {left}", self.done, self.planned));
                    self.spoken = Some(now());
                }
            }
        }
    }

    fn say(&self, text: &str) {
        match &self.shown {
            Shown::Nothing => {}
            Shown::Bar(bar) => bar.suspend(|| note(text)),
            Shown::Lines => note(text),
        }
    }
}

/// How long it will take at the pace since the start, in words.
fn left(elapsed: Duration, known: usize, done: usize, planned: usize) -> String {
    let ran = done.saturating_sub(known);
    if ran == 0 {
        return "the first one runs".to_owned();
    }
    let seconds = elapsed.as_secs_f64() * planned.saturating_sub(done) as f64 / ran as f64;
    match seconds.ceil() as u64 {
        seconds @ 0..=119 => format!("about {seconds} s left"),
        seconds @ 120..=7199 => format!("about {} min left", seconds.div_ceil(60)),
        seconds => format!("about {} h left", seconds.div_ceil(3600)),
    }
}

#[expect(clippy::disallowed_methods, reason = "progress is about the time that passes")]
fn now() -> Instant {
    Instant::now()
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:24} {pos}/{len} simulations  {wide_msg}");
    let bar = ProgressBar::hidden();
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_before_does_not_count_for_the_pace() {
        let ten = Duration::from_secs(10);
        assert_eq!(left(ten, 50, 50, 100), "the first one runs");
        assert_eq!(left(ten, 50, 60, 100), "about 40 s left");
        assert_eq!(left(ten, 0, 1, 61), "about 10 min left");
        assert_eq!(left(ten, 0, 1, 1441), "about 4 h left");
        assert_eq!(left(ten, 0, 7, 7), "about 0 s left");
    }
}
