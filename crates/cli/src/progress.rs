//! What happens while measuring, on standard error: a bar on a terminal, a line now and then
//! elsewhere. Nothing for what is over in two seconds.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tollgate::measure::Event;
use tollgate::quantity::{Dimension, show};
use tollgate::run::Outcome;
use tollgate_load::report::Progress as Load;

use crate::output::note;

/// Silence before the first sign of life.
const QUIET: Duration = Duration::from_secs(2);

/// Between two lines where there is no terminal.
const INTERVAL: Duration = Duration::from_secs(15);

pub struct Progress {
    shown: Shown,
    started: Instant,
    spoken: Option<Instant>,
    steps: u64,
    told: BTreeSet<String>,
}

enum Shown {
    Nothing,
    Bar(ProgressBar),
    Lines,
}

impl Progress {
    #[expect(clippy::disallowed_methods, reason = "progress is about the time that passes")]
    pub fn new(quiet: bool) -> Progress {
        let terminal = console::Term::stderr().is_term();
        let shown = match (quiet, terminal) {
            (true, _) => Shown::Nothing,
            (false, true) => Shown::Bar(bar()),
            (false, false) => Shown::Lines,
        };
        Progress { shown, started: Instant::now(), spoken: None, steps: 0, told: BTreeSet::new() }
    }

    pub fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Building { command } => self.say(&format!("build: {}", command.join(" "))),
            Event::Started { steps } => {
                self.steps = *steps as u64;
                self.restart();
                if let Shown::Bar(bar) = &self.shown {
                    bar.set_length(self.steps);
                }
            }
            Event::StepStarted { index, unit, .. } => {
                self.step(*index as u64, &name(&unit.case, unit.operation.as_deref()));
            }
            Event::TrialEnded(trial) => {
                if let Outcome::Failed { reason, .. } = &trial.outcome {
                    let name = name(&trial.case, trial.operation.as_deref());
                    self.fail(&name, &format!("trial {}", trial.number), reason);
                }
            }
            Event::WarmupEnded { unit, outcome: Outcome::Failed { reason, .. }, .. } => {
                self.fail(&name(&unit.case, unit.operation.as_deref()), "a warm-up", reason);
            }
            Event::WarmupEnded { .. } => {}
            Event::Loading { unit, progress, rate } => {
                let name = name(&unit.case, unit.operation.as_deref());
                self.loading(&format!("{name}  {}", load_line(progress, *rate)));
            }
            Event::Kept(_) => {}
            Event::Summed { unit, line } => {
                self.say(&format!("{}  {line}", name(&unit.case, unit.operation.as_deref())));
            }
            Event::Noted { unit, note } => {
                let line = format!("{}: note: {note}", unit.case);
                if self.told.insert(line.clone()) {
                    self.say(&line);
                }
            }
        }
    }

    #[expect(clippy::disallowed_methods, reason = "progress is about the time that passes")]
    fn restart(&mut self) {
        self.started = Instant::now();
    }

    fn step(&mut self, index: u64, what: &str) {
        let elapsed = self.started.elapsed();
        match &self.shown {
            Shown::Nothing => {}
            Shown::Bar(bar) => {
                if elapsed > QUIET && bar.is_hidden() {
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                    bar.reset_eta();
                }
                bar.set_position(index);
                bar.set_message(what.to_owned());
            }
            Shown::Lines => {
                let due = self.spoken.map_or(elapsed > QUIET, |last| last.elapsed() > INTERVAL);
                if due && index > 0 && index < self.steps {
                    let left = elapsed.mul_f64((self.steps - index) as f64 / index as f64);
                    note(&format!(
                        "{index} of {} trials; about {} s left; {what}",
                        self.steps,
                        left.as_secs().max(1)
                    ));
                    self.spoke();
                }
            }
        }
    }

    /// How the load under way stands.
    fn loading(&mut self, line: &str) {
        let elapsed = self.started.elapsed();
        match &self.shown {
            Shown::Nothing => {}
            Shown::Bar(bar) => {
                if elapsed > QUIET && bar.is_hidden() {
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                }
                bar.set_message(line.to_owned());
            }
            Shown::Lines => {
                if self.spoken.map_or(elapsed > QUIET, |last| last.elapsed() > INTERVAL) {
                    note(line);
                    self.spoke();
                }
            }
        }
    }

    #[expect(clippy::disallowed_methods, reason = "progress is about the time that passes")]
    fn spoke(&mut self) {
        self.spoken = Some(Instant::now());
    }

    /// Tells a failure once; what fails ten times for one reason is no news the second time.
    fn fail(&mut self, name: &str, what: &str, reason: &str) {
        if self.told.insert(format!("{name}: {reason}")) {
            self.say(&format!("{name}: {what} failed: {reason}"));
        }
    }

    fn say(&self, text: &str) {
        match &self.shown {
            Shown::Nothing => {}
            Shown::Bar(bar) => bar.suspend(|| note(text)),
            Shown::Lines => note(text),
        }
    }

    pub fn finish(&self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }
}

fn name(case: &str, operation: Option<&str>) -> String {
    operation.map_or_else(|| case.to_owned(), |operation| format!("{case} {operation}"))
}

/// `12 s of 32 s  203/s  p99 4.1ms  0 % errors`, of what happened since the line before.
fn load_line(progress: &Load<'_>, rate: Option<f64>) -> String {
    let total = progress.report.total();
    let measured = progress.report.measured.as_secs_f64();
    let mut parts = vec![format!(
        "{:.0} s of {:.0} s",
        progress.elapsed.as_secs_f64(),
        progress.total.as_secs_f64()
    )];
    if let Some(rate) = rate {
        parts.push(format!("at {}", show(rate, Dimension::RATE)));
    }
    if progress.warming || measured <= 0.0 || total.attempts() == 0 {
        parts.push(format!("{} users", progress.users));
        return parts.join("  ");
    }
    parts.push(show(total.in_time as f64 / measured, Dimension::RATE));
    if let Some(p99) = total.latency.quantile(0.99) {
        parts.push(format!("p99 {}", show(p99 as f64, Dimension::TIME)));
    }
    let errors = total.failed as f64 / total.attempts() as f64;
    parts.push(format!("{} errors", show(errors, Dimension::SHARE)));
    parts.join("  ")
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:24} {pos}/{len} trials  {eta} left  {wide_msg}");
    let bar = ProgressBar::hidden();
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
