//! A scenario in a line for people.

use std::time::Duration;

use super::{Level, Scenario, Search, Shape, Stage};
use crate::workload::Arrivals;

impl Scenario {
    /// `500 users for 2m after a ramp of 10s`.
    #[must_use]
    pub fn describe(&self) -> String {
        let mut text = match &self.shape {
            Shape::Users { users, ramp, hold } => {
                held(&level(Level::Users(*users)), Arrivals::Even, *ramp, *hold)
            }
            Shape::Rate { per_second, arrivals, ramp, hold } => {
                held(&level(Level::Rate(*per_second)), *arrivals, *ramp, *hold)
            }
            Shape::Stages { stages, arrivals } => {
                format!("{} in {}", staged(stages, *arrivals), length(self.total()))
            }
            Shape::Search(search) => searched(search),
        };
        if let Some(warmup) = self.warmup {
            text += &format!(", the first {} not counted", length(warmup));
        }
        if let Some(requests) = self.requests {
            text += &format!(", at most {requests} requests");
        }
        text
    }
}

/// A time as a person writes it, in the largest units that are whole: `1h 30m`, `2.5s`, `300ms`.
pub(super) fn length(time: Duration) -> String {
    let seconds = time.as_secs();
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m")];
    let mut parts: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    let rest = time.as_secs_f64() - (seconds / 60 * 60) as f64;
    match (rest, parts.is_empty()) {
        (rest, true) if rest > 0.0 && rest < 1.0 => parts.push(format!("{time:?}")),
        (rest, true) => parts.push(format!("{}s", rounded(rest))),
        (rest, false) if rest > 0.0 => parts.push(format!("{}s", rounded(rest))),
        _ => {}
    }
    parts.join(" ")
}

pub(super) fn level(level: Level) -> String {
    match level {
        Level::Users(1) => "1 user".to_owned(),
        Level::Users(users) => format!("{users} users"),
        Level::Rate(rate) => format!("{}/s", rounded(rate)),
    }
}

fn held(level: &str, arrivals: Arrivals, ramp: Duration, hold: Duration) -> String {
    let text = format!("{level}{} for {}", told(arrivals), length(hold));
    if ramp.is_zero() { text } else { format!("{text} after a ramp of {}", length(ramp)) }
}

/// `10, 50, 10 users`.
fn staged(stages: &[Stage], arrivals: Arrivals) -> String {
    let Some(last) = stages.last() else { return "nothing".to_owned() };
    let bare = |stage: &Stage| rounded(stage.level.value());
    let levels = stages[..stages.len() - 1].iter().map(|stage| bare(stage) + ", ");
    format!("{}{}{}", levels.collect::<String>(), level(last.level), told(arrivals))
}

fn searched(search: &Search) -> String {
    format!(
        "search from {} to {}{}, {} a step, to within {}%",
        level(Level::Rate(search.from)),
        level(Level::Rate(search.to)),
        told(search.arrivals),
        length(search.step),
        rounded(search.precision * 100.0)
    )
}

fn told(arrivals: Arrivals) -> &'static str {
    match arrivals {
        Arrivals::Even => "",
        Arrivals::Poisson => " at random",
    }
}

/// Without what a binary fraction adds behind.
fn rounded(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
