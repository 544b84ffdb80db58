//! What goes on under the rules at one time, as pages and the API show it.

use std::collections::BTreeMap;

use serde::Serialize;

/// All that is known of alerts.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Picture {
    /// When the rules were evaluated last, in milliseconds since 1970. None where they never were,
    /// and as long as another process watches.
    pub evaluated_ms: Option<i64>,
    /// What goes on, the most severe that fires first.
    pub alerts: Vec<Shown>,
    /// In the order of the file.
    pub rules: Vec<Rule>,
    pub silences: Vec<Silence>,
    /// What changed lately, the latest first.
    pub changes: Vec<Change>,
    pub deliveries: Deliveries,
    /// Who watches this history in place of this process, as long as somebody does.
    pub elsewhere: Option<String>,
    /// Why the history cannot be watched, as long as it cannot.
    pub unread: Option<String>,
    /// Why what is known cannot be saved, as long as it cannot; nobody is told anything then.
    pub unsaved: Option<String>,
    /// Why the file of rules as it is now is not gone by, and what held before still is.
    pub refused: Option<String>,
}

impl Picture {
    /// Whether that nothing is among the alerts says that nothing goes on.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.evaluated_ms.is_some()
    }
}

/// Something that goes on under a rule.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shown {
    pub rule: String,
    pub severity: &'static str,
    /// `pending`, `firing` or `resolved`.
    pub state: &'static str,
    pub since_ms: i64,
    /// None where there is no number.
    pub value: Option<f64>,
    pub labels: BTreeMap<String, String>,
    pub summary: String,
    /// A silence or another alert keeps people from being told.
    pub is_muted: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Rule {
    pub name: String,
    pub severity: &'static str,
    /// What is tested, in words: `exceeded above 0 for 5m`.
    pub test: String,
    pub summary: String,
    pub is_enabled: bool,
    /// It lacked a number in the last evaluation.
    pub is_in_trouble: bool,
    pub firing: usize,
    pub pending: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Silence {
    pub matchers: String,
    pub from_ms: i64,
    pub until_ms: i64,
    pub author: String,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    pub at_ms: i64,
    pub rule: String,
    pub labels: BTreeMap<String, String>,
    pub from: &'static str,
    pub to: &'static str,
    pub value: Option<f64>,
}

/// What became of what people were to be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Deliveries {
    pub waiting: u64,
    pub done: u64,
    pub retried: u64,
    /// Given up after the last trial.
    pub dead: u64,
    /// There was no room for them.
    pub refused: u64,
}
