//! A rule as an engine keeps it: as small as it can be, as there may be a hundred thousand.

use std::time::Duration;

use crate::labels::Labels;
use crate::matcher::Matcher;
use crate::rule::{NoData, Rule, Severity, Source, Test};

/// A rule that is watched.
#[derive(Debug)]
pub struct Watched {
    name: Box<str>,
    pub(super) source: Source,
    pub(super) test: Test,
    pub(super) hold_ms: u64,
    pub(super) keep_ms: u64,
    /// What many rules have nothing of.
    more: Option<Box<More>>,
    severity: Severity,
    pub(super) no_data: NoData,
    pub(super) is_enabled: bool,
}

#[derive(Debug)]
struct More {
    matchers: Box<[Matcher]>,
    labels: Labels,
    summary: Box<str>,
    actions: Box<[String]>,
}

impl Watched {
    pub(super) fn new(rule: Rule) -> Watched {
        let Rule { name, source, matchers, test, severity, hold, keep, .. } = rule;
        let Rule { no_data, is_enabled, labels, summary, actions, .. } = rule;
        let is_plain =
            matchers.is_empty() && labels.is_empty() && summary.is_empty() && actions.is_empty();
        let more = (!is_plain).then(|| {
            let (matchers, actions) = (matchers.into(), actions.into());
            Box::new(More { matchers, labels, summary: summary.into(), actions })
        });
        let (hold_ms, keep_ms) = (millis(hold), millis(keep));
        let name = name.into();
        Watched { name, source, test, hold_ms, keep_ms, more, severity, no_data, is_enabled }
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Those that it adds to the ones of a series.
    #[must_use]
    pub fn labels(&self) -> Option<&Labels> {
        self.more.as_ref().map(|more| &more.labels)
    }

    #[must_use]
    pub fn summary(&self) -> &str {
        self.more.as_ref().map_or("", |more| &more.summary)
    }

    #[must_use]
    pub fn actions(&self) -> &[String] {
        self.more.as_ref().map_or(&[], |more| &more.actions)
    }

    fn matchers(&self) -> &[Matcher] {
        self.more.as_ref().map_or(&[], |more| &more.matchers)
    }

    /// Whether another rule tests the same numbers in the same way.
    pub(super) fn tests_as(&self, other: &Rule) -> bool {
        let own = (&self.source, self.test, self.matchers());
        own == (&other.source, other.test, other.matchers.as_slice())
    }

    /// Whether it watches a series of its metric.
    pub(super) fn watches(&self, labels: &Labels) -> bool {
        self.matchers().iter().all(|matcher| matcher.matches(labels))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
