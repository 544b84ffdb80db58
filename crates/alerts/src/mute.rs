//! Who is not told, though an alert fires: silences that a person made, and inhibition by another
//! alert. Neither changes the state of an alert.

use crate::labels::Labels;
use crate::matcher::Matcher;

/// No notifications of what matches, from one time of the calendar to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Silence {
    pub id: String,
    /// All have to match.
    pub matchers: Vec<Matcher>,
    /// Since 1970.
    pub from_ms: i64,
    /// The end does not belong to it.
    pub until_ms: i64,
    pub author: String,
    pub reason: String,
}

/// While one alert fires, others with the same labels are not told.
#[derive(Clone, Debug, PartialEq)]
pub struct Inhibition {
    pub source: Vec<Matcher>,
    pub target: Vec<Matcher>,
    /// Labels that have to agree; missing on both sides is agreement.
    pub equal: Vec<String>,
}

impl Silence {
    #[must_use]
    pub fn mutes(&self, labels: &Labels, wall_ms: i64) -> bool {
        (self.from_ms..self.until_ms).contains(&wall_ms) && all(&self.matchers, labels)
    }

    #[must_use]
    pub fn is_over(&self, wall_ms: i64) -> bool {
        wall_ms >= self.until_ms
    }
}

impl Inhibition {
    /// Whether a firing alert mutes another one. One that is on both sides mutes none that is so
    /// too: otherwise two of them would mute each other.
    #[must_use]
    pub fn mutes(&self, firing: &Labels, other: &Labels) -> bool {
        let is_source = |labels| all(&self.source, labels);
        let is_target = |labels| all(&self.target, labels);
        let agree = self.equal.iter().all(|name| firing.get(name) == other.get(name));
        let both = is_source(other) && is_target(firing);
        is_source(firing) && is_target(other) && agree && !both
    }
}

/// No matchers match nothing: a silence of everything has to be written out.
fn all(matchers: &[Matcher], labels: &Labels) -> bool {
    !matchers.is_empty() && matchers.iter().all(|matcher| matcher.matches(labels))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matchers(texts: &[&str]) -> Vec<Matcher> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn labels(rule: &str, port: &str) -> Labels {
        Labels::new([("rule", rule), ("port", port)])
    }

    fn silence(texts: &[&str]) -> Silence {
        Silence {
            id: "1".to_owned(),
            matchers: matchers(texts),
            from_ms: 1000,
            until_ms: 2000,
            author: "ann".to_owned(),
            reason: "maintenance".to_owned(),
        }
    }

    #[test]
    fn a_silence_mutes_what_all_its_matchers_match_from_its_start_to_its_end() {
        let silence = silence(&["rule=down", "port=~1|2"]);
        assert!(silence.mutes(&labels("down", "2"), 1000));
        assert!(!silence.mutes(&labels("down", "3"), 1000));
        assert!(!silence.mutes(&labels("slow", "2"), 1000));
        assert!(!silence.mutes(&labels("down", "2"), 999));
        assert!(!silence.mutes(&labels("down", "2"), 2000) && silence.is_over(2000));
    }

    #[test]
    fn a_silence_without_matchers_mutes_nothing() {
        assert!(!silence(&[]).mutes(&labels("down", "1"), 1500));
    }

    #[test]
    fn an_alert_mutes_others_with_the_labels_that_have_to_agree() {
        let inhibition = Inhibition {
            source: matchers(&["rule=down"]),
            target: matchers(&["rule=~slow|flapping"]),
            equal: vec!["port".to_owned(), "site".to_owned()],
        };
        assert!(inhibition.mutes(&labels("down", "1"), &labels("slow", "1")));
        assert!(!inhibition.mutes(&labels("down", "1"), &labels("slow", "2")));
        assert!(!inhibition.mutes(&labels("slow", "1"), &labels("flapping", "1")));
    }

    #[test]
    fn two_alerts_that_are_on_both_sides_do_not_mute_each_other() {
        let inhibition = Inhibition {
            source: matchers(&["rule=~down|slow"]),
            target: matchers(&["rule=~down|slow"]),
            equal: vec!["port".to_owned()],
        };
        assert!(!inhibition.mutes(&labels("down", "1"), &labels("slow", "1")));
    }
}
