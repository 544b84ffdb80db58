//! What the service shows: numbers of the fleet and of itself, and the alerts there are. The thread
//! that owns them hands out a copy, and goes on while somebody else writes the text.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tollgate_alerts::engine::{Active, State};
use tollgate_alerts::labels::Labels;
use tollgate_alerts::outbox::Counts;
use tollgate_alerts::rule::Severity;

use super::figures::Figures;
use super::watch::Watch;
use crate::export::{self, Text};
use crate::fleet::Fleet;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Metrics,
    Json,
    Alerts,
}

/// How all was at one time, as far as it is to be shown.
#[derive(Debug, Default)]
pub struct Picture {
    wall_ms: i64,
    fleet: Fleet,
    going: Vec<Going>,
    figures: Figures,
    counts: Counts,
    missed: u64,
    troubled: usize,
    journal_bytes: u64,
}

/// A rule with alerts.
#[derive(Debug)]
struct Going {
    rule: String,
    severity: Severity,
    summary: String,
    labels: Option<Labels>,
    alerts: Vec<Alert>,
}

#[derive(Debug)]
struct Alert {
    labels: Option<Labels>,
    state: State,
    since_ms: i64,
    value: f64,
}

impl Picture {
    pub(super) fn of(watch: &Watch, what: Shown) -> Picture {
        let active = watch.core.desk().active();
        let fleet = || watch.core.fleet().clone();
        Picture {
            wall_ms: watch.clock.now().wall_ms,
            fleet: if what == Shown::Alerts { Fleet::default() } else { fleet() },
            going: if what == Shown::Json { Vec::new() } else { going(active) },
            figures: watch.figures,
            counts: watch.outbox.counts(),
            missed: watch.schedule.missed(),
            troubled: watch.core.desk().in_trouble(),
            journal_bytes: watch.keeper.journal_bytes(),
        }
    }

    #[must_use]
    pub fn text(&self, what: Shown) -> String {
        match what {
            Shown::Metrics => self.metrics(),
            Shown::Json => export::json(&self.fleet).to_string(),
            Shown::Alerts => self.alerts().to_string(),
        }
    }

    fn metrics(&self) -> String {
        let mut text = Text::default();
        export::write(&mut text, &self.fleet, u64::try_from(self.wall_ms / 1000).unwrap_or(0));
        text.family("warm_restart_alert", "gauge", "1 for each alert by its state");
        for Going { rule, severity, alerts, .. } in &self.going {
            for alert in alerts {
                let about = [
                    ("rule", &**rule),
                    ("severity", severity.name()),
                    ("state", name(alert.state)),
                ];
                let labels = alert.labels.iter().flat_map(Labels::iter).chain(about);
                text.sample("warm_restart_alert", labels, 1.0);
            }
        }
        self.own(&mut text);
        text.finish()
    }

    /// What the service counts of itself.
    fn own(&self, text: &mut Text) {
        let Picture { figures, counts, .. } = self;
        for (name, help, value) in [
            ("evaluations_total", "Evaluations of all rules", figures.evaluations),
            ("missed_evaluations_total", "Evaluations for which it was late", self.missed),
            ("reloads_total", "Times that files were read again", figures.reloads),
            ("reload_failures_total", "Times that they were wrong", figures.failed_reloads),
            ("saves_total", "Times that something was saved", figures.saves),
            ("snapshots_total", "Times that all was saved", figures.snapshots),
            ("failed_saves_total", "Times that it could not be", figures.failed_saves),
            ("notifications_told_total", "Notifications that somebody took", counts.done),
            (
                "notifications_retried_total",
                "Trials that failed and are made again",
                counts.retried,
            ),
            ("notifications_dead_total", "Notifications that were given up", counts.dead),
            ("notifications_refused_total", "Those that found no room", counts.refused),
        ] {
            text.single(&format!("warm_restart_{name}"), "counter", help, value as f64);
        }
        let known = self.fleet.members().len();
        for (name, help, value) in [
            ("journal_bytes", "Reports since all was saved", self.journal_bytes as f64),
            ("notifications_waiting", "Notifications that wait", counts.waiting as f64),
            ("evaluation_duration_seconds", "The latest evaluation", figures.evaluation_seconds),
            ("last_reload_successful", "1 if files were good", f64::from(!figures.is_reload_bad)),
            ("rules_in_trouble", "Rules that lack a number they need", self.troubled as f64),
            ("subjects", "Devices and ports that are known", known as f64),
        ] {
            text.single(&format!("warm_restart_{name}"), "gauge", help, value);
        }
    }

    fn alerts(&self) -> Value {
        let mut all = Vec::new();
        for Going { rule, severity, summary, labels: own, alerts } in &self.going {
            for Alert { labels, state, since_ms, value } in alerts {
                let labels = labels.iter().chain(own).flat_map(Labels::iter);
                all.push(json!({
                    "rule": rule,
                    "severity": severity.name(),
                    "state": name(*state),
                    "labels": labels.collect::<BTreeMap<_, _>>(),
                    "since_ms": since_ms,
                    "value": value.is_finite().then_some(value),
                    "summary": summary,
                }));
            }
        }
        json!({ "alerts": all })
    }
}

/// By their rules, one after the other as those are.
fn going<'w>(active: impl Iterator<Item = Active<'w>>) -> Vec<Going> {
    let mut all: Vec<Going> = Vec::new();
    for Active { rule, labels, state, since, value } in active {
        let alert = Alert { labels: labels.cloned(), state, since_ms: since.wall_ms, value };
        match all.last_mut().filter(|going| going.rule == rule.name()) {
            Some(going) => going.alerts.push(alert),
            None => all.push(Going {
                rule: rule.name().to_owned(),
                severity: rule.severity(),
                summary: rule.summary().to_owned(),
                labels: rule.labels().cloned(),
                alerts: vec![alert],
            }),
        }
    }
    all
}

fn name(state: State) -> &'static str {
    match state {
        State::Inactive => "inactive",
        State::Pending => "pending",
        State::Firing => "firing",
        State::Resolved => "resolved",
    }
}
