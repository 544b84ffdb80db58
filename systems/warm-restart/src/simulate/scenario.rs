//! A scenario: what happens to which devices, when, and when nobody looks.

mod start;
mod written;

use thiserror::Error;

use crate::event::Report;

#[derive(Clone, Debug)]
pub struct Scenario {
    pub title: String,
    pub lasts_s: u64,
    devices: Vec<String>,
    steps: Vec<Step>,
    away: Vec<(u64, u64)>,
}

#[derive(Clone, Debug)]
struct Step {
    from_s: u64,
    every_s: u64,
    until_s: u64,
    report: Report,
}

/// What is wrong with a scenario, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}:{line}: {what}")]
pub struct BadScenario {
    pub file: String,
    pub line: usize,
    pub what: String,
}

impl Scenario {
    /// The file is for what is told of mistakes.
    pub fn read(text: &str, file: &str) -> Result<Scenario, BadScenario> {
        written::read(text, file)
    }

    #[must_use]
    pub fn devices(&self) -> &[String] {
        &self.devices
    }

    /// What is reported in a second.
    pub fn reports(&self, second: u64) -> impl Iterator<Item = Report> {
        let due = self.steps.iter().filter(move |step| {
            let is_in = step.from_s <= second && second < step.until_s;
            is_in && (second - step.from_s).is_multiple_of(step.every_s)
        });
        due.map(|step| step.report.clone())
    }

    /// Whether the program is not running.
    #[must_use]
    pub fn is_away(&self, second: u64) -> bool {
        self.away.iter().any(|&(from, until)| from <= second && second < until)
    }

    /// The same without anybody being away.
    #[must_use]
    pub fn always_there(&self) -> Scenario {
        Scenario { away: Vec::new(), ..self.clone() }
    }
}
