//! What an evaluation results in: that something changed, and why.

use serde::{Deserialize, Serialize};

use crate::labels::Labels;
use crate::moment::Moment;
use crate::rule::Severity;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    #[default]
    Inactive,
    /// The test holds, but not yet for long enough.
    Pending,
    Firing,
    /// It fired, and is over since a short time.
    Resolved,
}

/// Why a state changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The test began to hold, went on long enough, or ceased to.
    Test,
    /// The series is missing, and the rule says what that means.
    NoData,
    Removed,
    Disabled,
    /// The rule tests something else now.
    Changed,
}

/// A change of one series under one rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    pub rule: String,
    pub labels: Labels,
    pub severity: Severity,
    pub from: State,
    pub to: State,
    pub reason: Reason,
    pub at: Moment,
    /// What was tested; not a number where the series is missing.
    pub value: f64,
}
