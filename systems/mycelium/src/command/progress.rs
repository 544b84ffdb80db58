//! How far the work is, on standard error: a bar on a terminal, nothing elsewhere and nothing for
//! what is over in two seconds. And the clock, which results never depend on.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Silence before the first sign of life.
const QUIET: Duration = Duration::from_secs(2);

pub struct Progress {
    bar: Option<ProgressBar>,
    began: Instant,
}

impl Progress {
    /// Of so many, called by a noun in the plural.
    #[expect(clippy::disallowed_methods, reason = "progress is about the time that passes")]
    pub fn new(of: u64, noun: &str) -> Progress {
        let bar = std::io::stderr().is_terminal().then(|| {
            let template =
                format!("{{bar:24}} {{human_pos}} of {{human_len}} {noun}, {{eta}} left");
            let style = ProgressStyle::with_template(&template);
            let bar = ProgressBar::with_draw_target(Some(of), ProgressDrawTarget::hidden());
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        Progress { bar, began: Instant::now() }
    }

    pub fn reached(&self, position: u64) {
        let Some(bar) = &self.bar else { return };
        if bar.is_hidden() && self.began.elapsed() > QUIET {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        bar.set_position(position);
    }

    /// Clears the bar and tells how long it took.
    pub fn finish(self) -> Duration {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.began.elapsed()
    }
}
