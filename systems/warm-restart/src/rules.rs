//! Rules from a file, and those that hold without one, which are a file as well.

use std::time::Duration;

use tollgate_alerts::desk::Settings;
use tollgate_alerts::file::{File, Known, Mistakes};

use crate::series::METRICS;

/// The rules that hold where nobody writes others. Why each is as it is stands beside it.
pub const DEFAULTS: &str = include_str!("../rules/defaults.toml");

/// # Panics
///
/// Never: a test reads them.
#[must_use]
pub fn defaults() -> File {
    read(DEFAULTS, "defaults.toml", Duration::from_secs(1)).expect("a test reads them")
}

/// Who is told by default, and of what.
#[must_use]
pub fn default_settings() -> Settings {
    Settings::of(defaults())
}

/// A file whose name and text are given, of rules that are evaluated once in an interval.
pub fn read(text: &str, file: &str, interval: Duration) -> Result<File, Mistakes> {
    let metrics: Vec<&str> = METRICS.iter().map(|metric| metric.name).collect();
    File::read(text, &Known { file, metrics: Some(&metrics), interval })
}

#[cfg(test)]
mod tests {
    use tollgate_alerts::file::Deed;
    use tollgate_alerts::rule::Source;

    use super::*;
    use crate::series::Kind;

    #[test]
    fn the_defaults_are_ten_of_which_one_is_off_and_rates_are_those_of_counters() {
        let rules = defaults().rules;
        assert_eq!(rules.len(), 10);
        assert_eq!(rules.iter().filter(|rule| !rule.is_enabled).count(), 1);
        for rule in rules {
            let metric = METRICS.iter().find(|metric| metric.name == rule.source.metric());
            let is_rate = matches!(rule.source, Source::Rate { .. });
            assert_eq!(is_rate, metric.unwrap().kind == Kind::Counter, "{}", rule.name);
        }
    }

    #[test]
    fn an_action_may_publish_on_a_subject() {
        let text = "[action.bus]\nsubject = \"alerts.switching\"";
        let deeds = read(text, "a.toml", Duration::from_secs(1)).unwrap().actions;
        let subject = "alerts.switching".to_owned();
        assert_eq!(deeds[0].deed, Deed::Publish { subject });
    }

    #[test]
    fn what_could_never_be_done_is_refused_before_it_is_needed() {
        let table = [
            ("[action.a]\nurl = \"ftp://a/b\"", "has to begin with `http://` or `https://`"),
            ("[action.a]\nsubject = \"a.*\"", "has to be words with points between them"),
            (
                "[[rule]]\nname = \"a\"\nmetric = \"warm_restart_healthscore\"\nabove = 1",
                "health_score",
            ),
        ];
        for (text, said) in table {
            let error = read(text, "a.toml", Duration::from_secs(1)).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
