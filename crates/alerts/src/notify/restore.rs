//! Saves who was told what, and takes it up again in another process.
//!
//! What counts in between is the calendar: people heard of it then. If that was set back meanwhile,
//! they are taken to have heard of it just now.

use super::{Alert, Group, Groups, Known, Told};
use crate::labels::Labels;
use crate::moment::Moment;
use crate::saved::{SavedAlert, SavedGroup, SavedTold};

impl Groups {
    #[must_use]
    pub fn save(&self) -> Vec<SavedGroup> {
        let group = |(key, group): (&Labels, &Group)| SavedGroup {
            group: key.clone(),
            began_ms: group.began.wall_ms,
            alerts: group.alerts.values().map(|known| saved(&known.alert)).collect(),
            told: group
                .told
                .as_ref()
                .map(|told| SavedTold { at_ms: told.at.wall_ms, firing: told.firing.clone() }),
        };
        self.groups.iter().map(group).collect()
    }

    /// Takes up what was saved. A group that other labels make by now is passed over: its alerts
    /// are told anew in the groups they belong into.
    pub fn restore(&mut self, saved: &[SavedGroup], now: Moment) {
        for old in saved {
            let told = old.told.iter().flat_map(|told| &told.firing);
            let mut labels = old.alerts.iter().map(|alert| &alert.labels).chain(told);
            if labels.all(|labels| self.key(labels) == old.group) {
                self.groups.insert(old.group.clone(), revived(old, now));
            }
        }
    }
}

fn saved(alert: &Alert) -> SavedAlert {
    SavedAlert {
        rule: alert.rule.clone(),
        labels: alert.labels.clone(),
        severity: alert.severity,
        is_firing: alert.is_firing,
        summary: alert.summary.clone(),
    }
}

fn revived(old: &SavedGroup, now: Moment) -> Group {
    let then = |wall_ms: i64| now.back(now.wall_ms.saturating_sub(wall_ms).max(0));
    let alerts = old.alerts.iter().map(|alert| {
        let revived = Alert {
            rule: alert.rule.clone(),
            labels: alert.labels.clone(),
            severity: alert.severity,
            is_firing: alert.is_firing,
            value: f64::NAN,
            summary: alert.summary.clone(),
        };
        (alert.labels.clone(), Known { alert: revived, is_muted: false })
    });
    let told = old.told.as_ref();
    Group {
        began: then(old.began_ms),
        alerts: alerts.collect(),
        told: told.map(|told| Told { at: then(told.at_ms), firing: told.firing.clone() }),
    }
}
