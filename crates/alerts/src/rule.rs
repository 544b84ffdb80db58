//! What is watched, what it is held against, and what becomes of it.

mod words;

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::labels::Labels;
use crate::matcher::Matcher;

pub use words::InWords;

/// A promise whose breach somebody wants to hear of. Each series of its metric has a state of its
/// own under it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// By it a rule is known again when the file is read again.
    pub name: String,
    pub source: Source,
    /// Which series of the metric are watched: those that all of them match.
    pub matchers: Vec<Matcher>,
    pub test: Test,
    pub severity: Severity,
    /// How long the test has to hold until somebody is told.
    pub hold: Duration,
    /// How long it goes on after the test held for the last time.
    pub keep: Duration,
    pub no_data: NoData,
    pub is_enabled: bool,
    /// Added to those of the series.
    pub labels: Labels,
    /// For people.
    pub summary: String,
    /// Who is told, by their names in the file.
    pub actions: Vec<String>,
}

/// What a number is taken from. Rules on one metric may share its name.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    Value {
        metric: Arc<str>,
    },
    /// By how much a counter rises in a second, over a time before now. One that falls began anew.
    Rate {
        metric: Arc<str>,
        over: Duration,
        first: First,
    },
    /// One metric divided by another one with the same labels; nothing where that is zero.
    Ratio {
        metric: Arc<str>,
        of: Arc<str>,
    },
    /// By how much one counter rises for each by which another one with the same labels does;
    /// nothing where that one does not rise.
    RateRatio {
        metric: Arc<str>,
        of: Arc<str>,
        over: Duration,
        first: First,
    },
}

/// What the first number of a counter says that appears between two looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum First {
    /// Nothing: it may have counted for long where nobody saw it.
    #[default]
    Ignore,
    /// Until then it was zero, as whoever counts began with nothing.
    Count,
}

/// What a number is held against. All of them are true or false of a number; whether there is one
/// is what `Absent` asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Test {
    Above(f64),
    Below(f64),
    /// The ends belong to it.
    Between(f64, f64),
    Equals {
        value: f64,
        within: f64,
    },
    Absent,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Info,
    #[default]
    Warning,
    Critical,
}

/// What a series that is missing is taken for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoData {
    /// Nothing is known: everything stays as it was, and the rule is told to be in trouble.
    #[default]
    Keep,
    /// Whatever it was, it is over.
    Resolve,
    /// That is as bad as a breach.
    Fire,
}

impl Rule {
    /// One that fires at once, and tells nobody in particular.
    #[must_use]
    pub fn new(name: impl Into<String>, source: Source, test: Test) -> Rule {
        Rule {
            name: name.into(),
            source,
            matchers: Vec::new(),
            test,
            severity: Severity::default(),
            hold: Duration::ZERO,
            keep: Duration::ZERO,
            no_data: NoData::default(),
            is_enabled: true,
            labels: Labels::default(),
            summary: String::new(),
            actions: Vec::new(),
        }
    }

    /// What it tests, for people.
    #[must_use]
    pub fn in_words(&self) -> InWords<'_> {
        InWords(self)
    }
}

impl Severity {
    /// As files and labels have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Critical => "critical",
        }
    }
}

impl Source {
    /// The metric whose series are watched.
    #[must_use]
    pub fn metric(&self) -> &str {
        match self {
            Source::Value { metric }
            | Source::Rate { metric, .. }
            | Source::Ratio { metric, .. }
            | Source::RateRatio { metric, .. } => metric,
        }
    }

    pub(crate) fn names_mut(&mut self) -> impl Iterator<Item = &mut Arc<str>> {
        let (metric, of) = match self {
            Source::Value { metric } | Source::Rate { metric, .. } => (metric, None),
            Source::Ratio { metric, of } | Source::RateRatio { metric, of, .. } => {
                (metric, Some(of))
            }
        };
        [metric].into_iter().chain(of)
    }
}

impl Test {
    /// The numbers of which it is true, as the least and the most of them.
    pub(crate) fn range(self) -> (f64, f64) {
        match self {
            Test::Above(than) => (than.next_up(), f64::INFINITY),
            Test::Below(than) => (f64::NEG_INFINITY, than.next_down()),
            Test::Between(low, high) => (low, high),
            Test::Equals { value, within } => (value - within, value + within),
            // No number is between these.
            Test::Absent => (f64::INFINITY, f64::NEG_INFINITY),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(test: Test, value: f64) -> bool {
        let (low, high) = test.range();
        low <= value && value <= high
    }

    #[test]
    fn ends_belong_to_a_range_and_not_to_what_is_above_or_below() {
        assert!(!holds(Test::Above(5.0), 5.0) && holds(Test::Above(5.0), 5.0_f64.next_up()));
        assert!(!holds(Test::Below(5.0), 5.0) && holds(Test::Below(5.0), 5.0_f64.next_down()));
        assert!(holds(Test::Between(1.0, 2.0), 1.0) && holds(Test::Between(1.0, 2.0), 2.0));
        assert!(holds(Test::Equals { value: 1.0, within: 0.25 }, 1.25));
    }

    #[test]
    fn infinity_is_above_every_number_and_what_is_no_number_is_nothing() {
        assert!(holds(Test::Above(5.0), f64::INFINITY));
        assert!(holds(Test::Below(5.0), f64::NEG_INFINITY));
        for test in [Test::Above(5.0), Test::Below(5.0), Test::Between(0.0, 9.0), Test::Absent] {
            assert!(!holds(test, f64::NAN));
        }
    }
}
