//! What outlives the process: what goes on under which rule, by the calendar's clock.

use serde::{Deserialize, Serialize};

use crate::engine::State;
use crate::labels::Labels;
use crate::rule::Severity;

/// What an engine leaves behind, and what its owner adds to it: who was told, and what is still to
/// be done. Fields that a later version adds are passed over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    pub version: u32,
    /// When it was saved.
    pub wall_ms: i64,
    pub instances: Vec<SavedInstance>,
    #[serde(default)]
    pub groups: Vec<SavedGroup>,
    #[serde(default)]
    pub errands: Vec<SavedErrand>,
}

/// The format of this release.
pub const VERSION: u32 = 1;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedInstance {
    pub rule: String,
    pub metric: String,
    /// None of the absence of every series.
    pub labels: Option<Labels>,
    pub state: State,
    /// By the calendar, for people.
    pub since_ms: i64,
    /// How long ago that was when it was saved, without the time in which nobody looked.
    pub lasted_ms: u64,
    /// How long before it was saved the test held for the last time.
    pub idle_ms: u64,
}

/// A group of alerts of which people were told, or are to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedGroup {
    /// What its alerts have in common.
    pub group: Labels,
    pub began_ms: i64,
    pub alerts: Vec<SavedAlert>,
    pub told: Option<SavedTold>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedAlert {
    pub rule: String,
    pub labels: Labels,
    pub severity: Severity,
    pub is_firing: bool,
    pub summary: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedTold {
    pub at_ms: i64,
    /// Those that were firing then.
    pub firing: Vec<Labels>,
}

/// Something still to be done, as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedErrand {
    pub key: String,
    pub what: String,
    /// Trials that failed.
    pub failures: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_release_saved_is_read_and_what_a_later_one_adds_is_passed_over() {
        let text = r#"
            version = 1
            wall_ms = 5
            instances = []
            added = "later"
        "#;
        let expected =
            Saved { version: 1, wall_ms: 5, instances: vec![], groups: vec![], errands: vec![] };
        assert_eq!(toml::from_str(text), Ok(expected));
    }

    #[test]
    fn what_was_saved_is_read_again() {
        let labels = Labels::new([("site", "a")]);
        let alert = SavedAlert {
            rule: "down".to_owned(),
            labels: labels.clone(),
            severity: Severity::Critical,
            is_firing: true,
            summary: String::new(),
        };
        let told = Some(SavedTold { at_ms: 30, firing: vec![labels.clone()] });
        let groups = vec![SavedGroup { group: labels, began_ms: 0, alerts: vec![alert], told }];
        let errand = SavedErrand { key: "a".to_owned(), what: "{}".to_owned(), failures: 2 };
        let errands = vec![errand];
        let saved = Saved { version: VERSION, wall_ms: 60, instances: vec![], groups, errands };
        assert_eq!(toml::from_str(&toml::to_string(&saved).unwrap()), Ok(saved));
    }
}
