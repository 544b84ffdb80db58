//! What the service shows: numbers of the fleet and of itself, and the alerts there are.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tollgate_alerts::engine::{Active, State};
use tollgate_alerts::labels::Labels;

use super::watch::{Shown, Watch};
use crate::export::{self, Text};

pub(super) fn show(watch: &Watch, what: Shown) -> String {
    match what {
        Shown::Metrics => metrics(watch),
        Shown::Json => export::json(watch.core.fleet()).to_string(),
        Shown::Alerts => alerts(watch).to_string(),
    }
}

fn metrics(watch: &Watch) -> String {
    let now = watch.clock.now();
    let mut text = Text::default();
    export::write(&mut text, watch.core.fleet(), u64::try_from(now.wall_ms / 1000).unwrap_or(0));
    text.family("warm_restart_alert", "gauge", "1 for each alert by its state");
    for active in watch.core.engine().active(watch.core.board()) {
        let rule = &active.rule;
        let about = [
            ("rule", rule.name()),
            ("severity", rule.severity().name()),
            ("state", name(active.state)),
        ];
        let labels = active.labels.into_iter().flat_map(Labels::iter).chain(about);
        text.sample("warm_restart_alert", labels, 1.0);
    }
    let figures = &watch.figures;
    let counts = watch.outbox.counts();
    let troubled = watch.core.engine().in_trouble().count();
    for (name, help, value) in [
        ("evaluations_total", "Evaluations of all rules", figures.evaluations),
        ("missed_evaluations_total", "Evaluations for which it was late", watch.schedule.missed()),
        ("reloads_total", "Times that files were read again", figures.reloads),
        ("reload_failures_total", "Times that they were wrong", figures.failed_reloads),
        ("saves_total", "Times that all was saved", figures.saves),
        ("failed_saves_total", "Times that it could not be saved", figures.failed_saves),
        ("notifications_told_total", "Notifications that somebody took", counts.done),
        ("notifications_retried_total", "Trials that failed and are made again", counts.retried),
        ("notifications_dead_total", "Notifications that were given up", counts.dead),
        ("notifications_refused_total", "Those that found no room", counts.refused),
    ] {
        text.single(&format!("warm_restart_{name}"), "counter", help, value as f64);
    }
    for (name, help, value) in [
        ("notifications_waiting", "Notifications that wait", counts.waiting as f64),
        ("evaluation_duration_seconds", "The latest evaluation", figures.evaluation_seconds),
        ("last_reload_successful", "1 if files were good", f64::from(!figures.is_reload_bad)),
        ("rules_in_trouble", "Rules that lack a number they need", troubled as f64),
        ("subjects", "Devices and ports that are known", watch.core.fleet().members().len() as f64),
    ] {
        text.single(&format!("warm_restart_{name}"), "gauge", help, value);
    }
    text.finish()
}

fn alerts(watch: &Watch) -> Value {
    let alert = |active: Active<'_>| {
        let labels = active.labels.into_iter().chain(active.rule.labels()).flat_map(Labels::iter);
        json!({
            "rule": active.rule.name(),
            "severity": active.rule.severity().name(),
            "state": name(active.state),
            "labels": labels.collect::<BTreeMap<_, _>>(),
            "since_ms": active.since.wall_ms,
            "value": active.value.is_finite().then_some(active.value),
            "summary": active.rule.summary(),
        })
    };
    let active = watch.core.engine().active(watch.core.board());
    json!({ "alerts": active.map(alert).collect::<Vec<_>>() })
}

fn name(state: State) -> &'static str {
    match state {
        State::Inactive => "inactive",
        State::Pending => "pending",
        State::Firing => "firing",
        State::Resolved => "resolved",
    }
}
