//! What somebody is told, as JSON.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::labels::Labels;
use crate::matcher;
use crate::notify::{Alert, Notification, Why};
use crate::outbox::Replaces;

/// What somebody is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The action and the group: a newer one takes the place of an older one that still waits.
    pub key: String,
    pub action: String,
    pub body: String,
}

/// What whoever receives it reads.
#[derive(Debug, Serialize, Deserialize)]
struct Body {
    /// The same in all trials: by it one is known that came before.
    key: String,
    /// For people, and for what shows them a field of this name.
    #[serde(default)]
    text: String,
    reason: String,
    group: BTreeMap<String, String>,
    at_ms: i64,
    alerts: Vec<Told>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Told {
    rule: String,
    severity: String,
    is_firing: bool,
    labels: BTreeMap<String, String>,
    value: Option<f64>,
    summary: String,
}

/// Nobody reads more lines of one message.
const MOST_LINES: usize = 20;

impl Message {
    /// A notification at a time in milliseconds since 1970.
    #[must_use]
    pub fn new(action: &str, told: &Notification, wall_ms: i64) -> Message {
        let (action, key) = (action.to_owned(), format!("{action} {}", told.group));
        let mut body = Body {
            key: format!("{key} {wall_ms}"),
            text: String::new(),
            reason: reason(told.reason).to_owned(),
            group: owned(&told.group),
            at_ms: wall_ms,
            alerts: told.alerts.iter().map(Told::of).collect(),
        };
        body.text = body.in_words();
        Message { key, action, body: body.to_json() }
    }

    fn read(&self) -> Option<Body> {
        serde_json::from_str(&self.body).ok()
    }
}

/// What is over is in one notification and in no later one: whoever did not get that would never
/// hear of it. What fires is in all of them.
impl Replaces for Message {
    fn replaces(&mut self, older: &Message) {
        let Some((mut body, older)) = self.read().zip(older.read()) else { return };
        for alert in older.alerts.into_iter().filter(|alert| !alert.is_firing) {
            if !body.alerts.iter().any(|own| own.labels == alert.labels) {
                body.alerts.push(alert);
            }
        }
        body.text = body.in_words();
        self.body = body.to_json();
    }
}

impl Body {
    /// A line for each alert.
    fn in_words(&self) -> String {
        let firing = if self.reason == reason(Why::Repeated) { "still firing" } else { "firing" };
        let mut text = String::new();
        for alert in self.alerts.iter().take(MOST_LINES) {
            let state = if alert.is_firing { firing } else { "over" };
            if !text.is_empty() {
                text.push('\n');
            }
            // Writing to a string does not fail.
            let _ = write!(text, "{state}: {}", alert.in_words());
        }
        match self.alerts.len().saturating_sub(MOST_LINES) {
            0 => text,
            more => format!("{text}\nand {more} more"),
        }
    }

    fn to_json(&self) -> String {
        serde_json::to_string(self).expect("names and numbers can be written")
    }
}

impl Told {
    fn of(alert: &Alert) -> Told {
        Told {
            rule: alert.rule.clone(),
            severity: alert.severity.name().to_owned(),
            is_firing: alert.is_firing,
            labels: owned(&alert.labels),
            value: alert.value.is_finite().then_some(alert.value),
            summary: alert.summary.clone(),
        }
    }

    /// Such as `port-unhealthy{port="1"} (critical, 40): a port has been unhealthy for a minute`.
    fn in_words(&self) -> String {
        let said = [matcher::RULE, matcher::SEVERITY];
        let labels = self.labels.iter().filter(|(name, _)| !said.contains(&name.as_str()));
        let labels = Labels::new(labels.map(|(name, value)| (name.as_str(), value.as_str())));
        let value = self.value.map_or(String::new(), |value| format!(", {}", number(value)));
        let colon = if self.summary.is_empty() { "" } else { ": " };
        let Told { rule, severity, summary, .. } = self;
        format!("{rule}{labels} ({severity}{value}){colon}{summary}")
    }
}

fn reason(why: Why) -> &'static str {
    match why {
        Why::New => "new",
        Why::Changed => "changed",
        Why::Repeated => "repeated",
        Why::Over => "over",
    }
}

fn owned(labels: &Labels) -> BTreeMap<String, String> {
    labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Five digits are enough for people.
fn number(value: f64) -> String {
    let rounded = format!("{value:.4e}");
    match rounded.parse::<f64>() {
        Ok(short) if short == 0.0 || (1e-4..1e9).contains(&short.abs()) => short.to_string(),
        _ => rounded,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::rule::Severity;

    fn alert(port: &str, is_firing: bool) -> Alert {
        Alert {
            rule: "down".to_owned(),
            labels: Labels::new([("port", port), ("rule", "down"), ("severity", "critical")]),
            severity: Severity::Critical,
            is_firing,
            value: 1.0,
            summary: "a port is down".to_owned(),
        }
    }

    fn message(alerts: &[Alert], reason: Why, wall_ms: i64) -> Message {
        let group = Labels::new([("site", "a")]);
        Message::new("page", &Notification { group, alerts: alerts.to_vec(), reason }, wall_ms)
    }

    fn body(message: &Message) -> Value {
        serde_json::from_str(&message.body).unwrap()
    }

    fn text(message: &Message) -> String {
        body(message)["text"].as_str().unwrap().to_owned()
    }

    #[test]
    fn a_message_is_a_json_object_with_a_text_for_people() {
        let told = message(&[alert("1", true)], Why::New, 5);
        assert_eq!((&*told.key, &*told.action), ("page {site=\"a\"}", "page"));
        let alert = json!({
            "rule": "down",
            "severity": "critical",
            "is_firing": true,
            "labels": { "port": "1", "rule": "down", "severity": "critical" },
            "value": 1.0,
            "summary": "a port is down",
        });
        let expected = json!({
            "key": "page {site=\"a\"} 5",
            "text": "firing: down{port=\"1\"} (critical, 1): a port is down",
            "reason": "new",
            "group": { "site": "a" },
            "at_ms": 5,
            "alerts": [alert],
        });
        assert_eq!(body(&told), expected);
    }

    #[test]
    fn the_page_on_alerts_shows_what_a_message_says() {
        let page = include_str!("../../../../docs/alerts.md");
        let (_, rest) = page.split_once("```json").unwrap();
        let shown: Value = serde_json::from_str(rest.split_once("```").unwrap().0).unwrap();
        let labels = [
            ("port", "1"),
            ("rule", "port-unhealthy"),
            ("severity", "critical"),
            ("site", "north"),
        ];
        let alert = Alert {
            rule: "port-unhealthy".to_owned(),
            labels: Labels::new(labels),
            severity: Severity::Critical,
            is_firing: true,
            value: 40.0,
            summary: "a port has been unhealthy for a minute".to_owned(),
        };
        let group = Labels::new([("site", "north")]);
        let told = Notification { group, alerts: vec![alert], reason: Why::New };
        assert_eq!(body(&Message::new("page", &told, 1_767_225_600_000)), shown);
    }

    #[test]
    fn what_is_over_is_told_by_a_newer_notification_if_the_older_one_never_was() {
        let older =
            message(&[alert("1", false), alert("2", false), alert("3", true)], Why::Changed, 5);
        let mut newer = message(&[alert("2", true), alert("4", true)], Why::Changed, 9);
        newer.replaces(&older);
        let body = body(&newer);
        let alerts = body["alerts"].as_array().unwrap().iter();
        let ports: Vec<_> = alerts.map(|one| (&one["labels"]["port"], &one["is_firing"])).collect();
        let expected = [("2", true), ("4", true), ("1", false)].map(|(p, f)| (json!(p), json!(f)));
        assert_eq!(ports, expected.iter().map(|(p, f)| (p, f)).collect::<Vec<_>>());
        assert_eq!((&body["key"], &body["at_ms"]), (&json!("page {site=\"a\"} 9"), &json!(9)));
        let states = text(&newer);
        let states: Vec<&str> = states.lines().filter_map(|line| line.split(':').next()).collect();
        assert_eq!(states, ["firing", "firing", "over"], "the text says the same");
    }

    #[test]
    fn a_message_of_an_earlier_release_without_a_text_is_replaced_like_any_other() {
        let mut older = message(&[alert("1", false)], Why::Over, 5);
        let mut fields = body(&older);
        fields.as_object_mut().unwrap().remove("text");
        older.body = fields.to_string();
        let mut newer = message(&[alert("2", true)], Why::New, 9);
        newer.replaces(&older);
        assert_eq!(body(&newer)["alerts"].as_array().map(Vec::len), Some(2));
        older.body = "{".to_owned();
        let before = newer.clone();
        newer.replaces(&older);
        assert_eq!(newer, before, "what cannot be read has nothing to add");
    }

    #[test]
    fn the_text_says_what_goes_on_still_and_ends_after_twenty_lines() {
        let mut one = alert("1", true);
        (one.value, one.summary) = (f64::NAN, String::new());
        let repeated = text(&message(&[one], Why::Repeated, 5));
        assert_eq!(repeated, "still firing: down{port=\"1\"} (critical)");
        let many: Vec<Alert> = (0..25).map(|port| alert(&port.to_string(), true)).collect();
        let many = text(&message(&many, Why::New, 5));
        assert_eq!((many.lines().count(), many.lines().last()), (21, Some("and 5 more")));
    }

    #[test]
    fn numbers_are_short() {
        let table = [
            (40.0, "40"),
            (1.0 / 3.0, "0.33333"),
            (-123_456.7, "-123460"),
            (0.0, "0"),
            (1.5e12, "1.5000e12"),
            (2e-9, "2.0000e-9"),
        ];
        for (value, shown) in table {
            assert_eq!(number(value), shown);
        }
    }
}
