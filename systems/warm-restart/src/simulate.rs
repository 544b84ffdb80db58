//! Replays a scenario on a clock of its own: what would be told, and when.

pub mod ready;
pub mod scenario;
#[cfg(test)]
mod tests;

use std::fmt::{self, Write};

use tollgate_alerts::desk::Settings;
use tollgate_alerts::engine::{State, Transition};
use tollgate_alerts::moment::Moment;
use tollgate_alerts::notify::Notification;

use self::scenario::Scenario;
use crate::core::Core;
use crate::event::Report;
use crate::fleet::Fleet;

/// What happened, in the order in which it did.
#[derive(Debug)]
pub struct Outcome {
    /// Since the beginning, in seconds.
    pub changes: Vec<(u64, Transition)>,
    pub told: Vec<(u64, String, Notification)>,
    pub evaluations: u64,
    /// Events that were counted.
    pub events: u64,
    /// How many times nobody looked because the program was away.
    pub missed: u64,
    pub fleet: Fleet,
    /// Alerts that fire at the end.
    pub firing: usize,
}

/// The calendar's clock when a scenario begins: the first of January 2026, at midnight.
const BEGIN_S: u64 = 1_767_225_600;

/// Looks once a second, for as long as the scenario lasts. While the program is away nobody looks,
/// and those who report wait and try again; then another process goes on from what was kept.
#[must_use]
pub fn run(scenario: &Scenario, settings: &Settings) -> Outcome {
    let mut core = Core::new(settings.clone());
    let mut outcome = Outcome::new();
    let mut waiting: Vec<Report> = Vec::new();
    let mut kept = None;
    let mut origin_s = 0;
    for second in 0..scenario.lasts_s {
        waiting.extend(scenario.reports(second));
        if scenario.is_away(second) {
            kept.get_or_insert_with(|| core.keep(moment(second, origin_s)));
            outcome.missed += 1;
            continue;
        }
        if let Some(kept) = kept.take() {
            // The steady clock of another process begins anew.
            origin_s = second;
            core = Core::restore(settings.clone(), kept, moment(second, origin_s));
        }
        let now = moment(second, origin_s);
        if !waiting.is_empty() && core.record(&waiting, now).is_ok() {
            outcome.events += waiting.iter().map(|report| report.times).sum::<u64>();
            waiting.clear();
        }
        let news = core.tick(now);
        outcome.evaluations += 1;
        outcome.changes.extend(news.changes.into_iter().map(|change| (second, change)));
        outcome.told.extend(news.told.into_iter().map(|(name, told)| (second, name, told)));
    }
    let active = core.desk().active();
    outcome.firing = active.filter(|active| active.state == State::Firing).count();
    outcome.fleet = core.fleet().clone();
    outcome
}

fn moment(second: u64, origin_s: u64) -> Moment {
    let ms = |seconds: u64| i64::try_from(seconds * 1000).unwrap_or(i64::MAX);
    Moment { steady_ms: ms(second - origin_s), wall_ms: ms(BEGIN_S + second) }
}

impl Outcome {
    fn new() -> Outcome {
        Outcome {
            changes: Vec::new(),
            told: Vec::new(),
            evaluations: 0,
            events: 0,
            missed: 0,
            fleet: Fleet::default(),
            firing: 0,
        }
    }

    /// Each change and each notification on a line, with day and time of day.
    #[must_use]
    pub fn timeline(&self) -> String {
        let changes = self.changes.iter().map(|(at, change)| {
            let (from, to) = (change.from, change.to);
            let text = format!("{} {from:?} > {to:?}, {:.3}", change.rule, change.value);
            (*at, 0, format!("{text} {}", change.labels).to_lowercase())
        });
        let told = self.told.iter().map(|(at, name, told)| {
            let rules: Vec<&str> = told.alerts.iter().map(|alert| alert.rule.as_str()).collect();
            let reason = format!("{:?}", told.reason).to_lowercase();
            (*at, 1, format!("  {name} is told, {reason}: {}", rules.join(", ")))
        });
        let mut lines: Vec<(u64, u8, String)> = changes.chain(told).collect();
        lines.sort_by_key(|(at, rank, _)| (*at, *rank));
        let mut text = String::new();
        for (at, _, line) in lines {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{} {line}", clock(at));
        }
        text
    }
}

/// The summary.
impl fmt::Display for Outcome {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let began = self.changes.iter().filter(|(_, change)| change.to == State::Firing).count();
        writeln!(to, "evaluations    {} ({} missed)", self.evaluations, self.missed)?;
        writeln!(to, "events         {}", self.events)?;
        writeln!(to, "alerts         {began} began to fire, {} fire at the end", self.firing)?;
        writeln!(to, "notifications  {}", self.told.len())?;
        for (labels, metrics) in self.fleet.members() {
            writeln!(to, "health         {:.1} {labels}", metrics.health_score())?;
        }
        Ok(())
    }
}

fn clock(second: u64) -> String {
    let (day, rest) = (second / 86_400 + 1, second % 86_400);
    format!("day {day} {:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60)
}
