//! What Prometheus reads, and the same as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::fleet::Fleet;
use crate::metrics::EDGES_S;
use crate::series::{DURATIONS, Kind, METRICS};

/// The media type of the text.
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Text in Prometheus's format, family after family.
#[derive(Debug, Default)]
pub struct Text(String);

impl Text {
    /// Begins a family: `counter`, `gauge` or `histogram`.
    pub fn family(&mut self, name: &str, kind: &str, help: &str) {
        self.line(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}"));
    }

    pub fn sample<'l>(
        &mut self,
        name: &str,
        labels: impl IntoIterator<Item = (&'l str, &'l str)>,
        value: f64,
    ) {
        let labels: Vec<String> = labels
            .into_iter()
            .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
            .collect();
        let labels = match labels.is_empty() {
            true => String::new(),
            false => format!("{{{}}}", labels.join(",")),
        };
        self.line(format_args!("{name}{labels} {}", number(value)));
    }

    /// A family of one sample without labels.
    pub fn single(&mut self, name: &str, kind: &str, help: &str, value: f64) {
        self.family(name, kind, help);
        self.sample(name, [], value);
    }

    #[must_use]
    pub fn finish(self) -> String {
        self.0
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "{line}");
    }
}

/// All numbers of everybody.
pub fn write(text: &mut Text, fleet: &Fleet, now_s: u64) {
    for metric in METRICS {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        };
        text.family(metric.name, kind, metric.help);
        for (labels, metrics) in fleet.members() {
            if let Some(value) = (metric.value)(metrics, now_s) {
                text.sample(metric.name, labels.iter(), value);
            }
        }
    }
    text.family(DURATIONS, "histogram", "How long initial syncs took");
    for (labels, metrics) in fleet.members() {
        let edges = EDGES_S.iter().map(ToString::to_string).chain(["+Inf".to_owned()]);
        for (edge, count) in edges.zip(metrics.durations.cumulative()) {
            let labels = labels.iter().chain([("le", edge.as_str())]);
            text.sample(&format!("{DURATIONS}_bucket"), labels, count as f64);
        }
        let sum = metrics.durations.sum_ms as f64 / 1000.0;
        text.sample(&format!("{DURATIONS}_sum"), labels.iter(), sum);
        let count = metrics.durations.count() as f64;
        text.sample(&format!("{DURATIONS}_count"), labels.iter(), count);
    }
}

/// Everybody with counters and what follows from them.
#[must_use]
pub fn json(fleet: &Fleet) -> Value {
    let member = |(saved, (_, metrics)): (crate::fleet::SavedMember, (_, _))| {
        let metrics: &crate::metrics::WarmRestartMetrics = metrics;
        json!({
            "device": saved.subject.device,
            "port": saved.subject.port,
            "metrics": saved.metrics,
            "health_score": metrics.health_score(),
            "is_healthy": metrics.is_healthy(),
            "has_anomaly": metrics.has_anomaly(),
            "warm_percent": metrics.warm_percent(),
            "timeout_percent": metrics.timeout_percent(),
            "recovery_percent": metrics.recovery_percent(),
        })
    };
    let members: Vec<Value> = fleet.save().into_iter().zip(fleet.members()).map(member).collect();
    json!({ "subjects": members })
}

fn escaped(value: &str) -> String {
    value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n")
}

/// As Go reads it.
fn number(value: f64) -> String {
    match value {
        value if value.is_nan() => "NaN".to_owned(),
        value if value.is_infinite() && value > 0.0 => "+Inf".to_owned(),
        value if value.is_infinite() => "-Inf".to_owned(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::read;

    fn fleet() -> Fleet {
        let mut fleet = Fleet::default();
        let lines = "{\"event\":\"sync_ended\",\"device\":\"a\\\"b\",\"port\":\"1\",\"seconds\":7}\n\
             {\"event\":\"sync_timed_out\",\"device\":\"a\\\"b\",\"port\":\"1\",\"seconds\":400}";
        fleet.record(&read(lines).unwrap(), 100).unwrap();
        fleet
    }

    #[test]
    fn every_sample_belongs_to_the_family_before_it_and_the_histogram_is_true() {
        let mut text = Text::default();
        write(&mut text, &fleet(), 160);
        let text = text.finish();
        let labels = r#"device="a\"b",port="1""#;
        for line in [
            format!("warm_restart_sync_timeouts_total{{{labels}}} 1"),
            format!("warm_restart_backup_age_seconds{{{labels}}} 60"),
            format!("{DURATIONS}_bucket{{{labels},le=\"5\"}} 0"),
            format!("{DURATIONS}_bucket{{{labels},le=\"10\"}} 1"),
            format!("{DURATIONS}_bucket{{{labels},le=\"300\"}} 1"),
            format!("{DURATIONS}_bucket{{{labels},le=\"+Inf\"}} 2"),
            format!("{DURATIONS}_sum{{{labels}}} 407"),
            format!("{DURATIONS}_count{{{labels}}} 2"),
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        let mut family = "";
        for line in text.lines() {
            match line.strip_prefix("# TYPE ") {
                Some(named) => family = named.split(' ').next().unwrap(),
                None if line.starts_with('#') => {}
                None => assert!(line.starts_with(family), "{line}"),
            }
        }
    }

    #[test]
    fn json_says_nothing_where_there_is_nothing() {
        let told = json(&fleet());
        assert_eq!(told["subjects"][0]["timeout_percent"], 50.0);
        assert_eq!(told["subjects"][0]["warm_percent"], Value::Null);
    }
}
