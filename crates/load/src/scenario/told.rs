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

/// A time as a person writes it: `1h 30m`, `2.5s`, `300ms`; to the millisecond where it is a second
/// or more.
pub(super) fn length(time: Duration) -> String {
    if time.is_zero() {
        return "0s".to_owned();
    }
    let whole = (time.as_nanos() + 500_000) / 1_000_000;
    if whole < 1000 {
        return format!("{}ms", rounded(time.as_secs_f64() * 1e3));
    }
    let (minutes, rest) = (whole / 60_000, whole % 60_000);
    let seconds = rounded(rest as f64 / 1e3);
    let parts = [((minutes / 60).to_string(), "h"), ((minutes % 60).to_string(), "m")];
    let parts = parts.into_iter().chain([(seconds, "s")]).filter(|(count, _)| count != "0");
    parts.map(|(count, unit)| count + unit).collect::<Vec<_>>().join(" ")
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
