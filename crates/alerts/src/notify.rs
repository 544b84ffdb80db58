//! Who is told what, and when: alerts are gathered into groups, a group waits a little for more,
//! tells of changes at intervals, and repeats itself while it lasts.

mod restore;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::labels::Labels;
use crate::moment::Moment;
use crate::mute::{Inhibition, Silence};
use crate::rule::Severity;

/// How a receiver wants to hear of alerts.
#[derive(Clone, Debug, PartialEq)]
pub struct Routing {
    /// Labels by which alerts are put together.
    pub by: Vec<String>,
    /// How long a new group waits for more.
    pub wait: Duration,
    /// The least time between two notifications of changes.
    pub interval: Duration,
    /// After how long a group that did not change is told again.
    pub repeat: Duration,
}

/// An alert as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    pub rule: String,
    /// With the rule's name and severity among them.
    pub labels: Labels,
    pub severity: Severity,
    pub is_firing: bool,
    pub value: f64,
    pub summary: String,
}

/// What a receiver is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    /// What the alerts of it have in common.
    pub group: Labels,
    /// In the order of their labels.
    pub alerts: Vec<Alert>,
    pub reason: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    New,
    Changed,
    Repeated,
    /// Nothing of it fires any more.
    Over,
}

/// The groups of one receiver.
#[derive(Clone, Debug)]
pub struct Groups {
    routing: Routing,
    groups: BTreeMap<Labels, Group>,
}

#[derive(Clone, Debug)]
struct Group {
    began: Moment,
    /// Those that fire, and those that were told to fire and are over.
    alerts: BTreeMap<Labels, Known>,
    told: Option<Told>,
}

#[derive(Clone, Debug)]
struct Known {
    alert: Alert,
    /// Nobody is told of it now: it stays as it was told last.
    is_muted: bool,
}

#[derive(Clone, Debug)]
struct Told {
    at: Moment,
    /// Those that were firing then.
    firing: Vec<Labels>,
}

/// What keeps people from being told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mutes<'m> {
    pub silences: &'m [Silence],
    pub inhibitions: &'m [Inhibition],
    /// All that fires, whoever is told of it: what inhibits may be for others to hear of.
    pub firing: &'m [Alert],
}

impl Default for Routing {
    /// All alerts are one group; the times are those that Alertmanager has by itself.
    fn default() -> Routing {
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        Routing {
            by: Vec::new(),
            wait: Duration::from_secs(30),
            interval: minutes(5),
            repeat: minutes(4 * 60),
        }
    }
}

impl Groups {
    #[must_use]
    pub fn new(routing: Routing) -> Groups {
        Groups { routing, groups: BTreeMap::new() }
    }

    /// Takes all alerts that fire now, and says what is to be told of them.
    pub fn gather(&mut self, firing: &[Alert], mutes: Mutes<'_>, now: Moment) -> Vec<Notification> {
        for group in self.groups.values_mut() {
            for (labels, known) in &mut group.alerts {
                known.is_muted = mutes.mute(labels, now);
                known.alert.is_firing &= known.is_muted;
            }
        }
        for alert in firing.iter().filter(|alert| !mutes.mute(&alert.labels, now)) {
            let key = self.key(&alert.labels);
            let group = self.groups.entry(key).or_insert_with(|| Group::new(now));
            let known = Known { alert: alert.clone(), is_muted: false };
            group.alerts.insert(alert.labels.clone(), known);
        }
        self.groups.values_mut().for_each(Group::forget_untold);
        let routing = &self.routing;
        let told = self.groups.iter_mut().filter_map(|(key, group)| group.tell(key, routing, now));
        let told = told.collect();
        // A group of which all is over, and said to be so, begins anew the next time.
        self.groups.retain(|_, group| group.lasts());
        told
    }

    fn key(&self, labels: &Labels) -> Labels {
        let names = self.routing.by.iter();
        Labels::new(names.filter_map(|name| Some((name.as_str(), labels.get(name)?))))
    }
}

impl Group {
    fn new(began: Moment) -> Group {
        Group { began, alerts: BTreeMap::new(), told: None }
    }

    /// What is over or muted before anybody was told of it is not told at all.
    fn forget_untold(&mut self) {
        let told = self.told.as_ref().map_or(&[][..], |told| &told.firing);
        self.alerts.retain(|labels, known| {
            (known.alert.is_firing && !known.is_muted) || told.contains(labels)
        });
    }

    fn firing(&self) -> impl Iterator<Item = (&Labels, &Known)> {
        self.alerts.iter().filter(|(_, known)| known.alert.is_firing)
    }

    fn lasts(&self) -> bool {
        let was_told = self.told.as_ref().is_some_and(|told| !told.firing.is_empty());
        was_told || self.firing().next().is_some()
    }

    fn tell(&mut self, key: &Labels, routing: &Routing, now: Moment) -> Option<Notification> {
        let firing: Vec<Labels> = self.firing().map(|(labels, _)| labels.clone()).collect();
        let reason = match &self.told {
            None if firing.is_empty() => return None,
            None if now.since(self.began) < millis(routing.wait) => return None,
            None => Why::New,
            Some(told) if told.firing == firing => {
                let is_heard = self.firing().any(|(_, known)| !known.is_muted);
                if !is_heard || now.since(told.at) < millis(routing.repeat) {
                    return None;
                }
                Why::Repeated
            }
            Some(told) if now.since(told.at) < millis(routing.interval) => return None,
            Some(_) if firing.is_empty() => Why::Over,
            Some(_) => Why::Changed,
        };
        self.told = Some(Told { at: now, firing });
        let heard = self.alerts.values().filter(|known| !known.is_muted);
        let alerts = heard.map(|known| known.alert.clone()).collect();
        // What is over was told of now.
        self.alerts.retain(|_, known| known.alert.is_firing);
        Some(Notification { group: key.clone(), alerts, reason })
    }
}

impl Mutes<'_> {
    /// Whether nobody is to be told of an alert now.
    pub(crate) fn mute(&self, labels: &Labels, now: Moment) -> bool {
        let silenced = self.silences.iter().any(|silence| silence.mutes(labels, now.wall_ms));
        let inhibited = |inhibition: &Inhibition| {
            self.firing.iter().any(|source| inhibition.mutes(&source.labels, labels))
        };
        silenced || self.inhibitions.iter().any(inhibited)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
