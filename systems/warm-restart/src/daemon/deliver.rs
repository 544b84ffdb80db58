//! Tells people: a thread that does one errand at a time, so that nothing waits for them.

pub mod nats;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::runtime::Handle;
use tollgate_alerts::file::Deed;
use tollgate_alerts::notify::{Alert, Notification};
use tollgate_alerts::outbox::{Errand, Replaces};

use self::nats::Line;
use super::orders::Means;
use crate::post;

/// What somebody is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The action and the group: a newer one takes the place of an older one that still waits.
    pub key: String,
    pub action: String,
    pub body: String,
}

/// What is to be told, and the means that hold when it is.
#[derive(Debug)]
pub struct Task {
    pub errand: Errand<Message>,
    pub means: Arc<Means>,
}

/// How one trial ended.
#[derive(Debug)]
pub struct Trial {
    pub errand: Errand<Message>,
    pub outcome: Result<(), String>,
}

impl Message {
    /// A notification as JSON. Its key is the same in all trials: whoever receives it knows by that
    /// whether it came before.
    #[must_use]
    pub fn new(action: &str, told: &Notification, wall_ms: i64) -> Message {
        let (action, key) = (action.to_owned(), format!("{action} {}", told.group));
        let body = json!({
            "key": format!("{key} {wall_ms}"),
            "reason": format!("{:?}", told.reason).to_lowercase(),
            "group": told.group.iter().collect::<BTreeMap<_, _>>(),
            "at_ms": wall_ms,
            "alerts": told.alerts.iter().map(alert).collect::<Vec<_>>(),
        });
        Message { key, action, body: body.to_string() }
    }
}

/// What is over is in one notification and in no later one: whoever did not get that would never
/// hear of it. What fires is in all of them.
impl Replaces for Message {
    fn replaces(&mut self, older: &Message) {
        let read = |message: &Message| serde_json::from_str::<Value>(&message.body).ok();
        let Some((mut body, older)) = read(self).zip(read(older)) else { return };
        let Some(alerts) = body["alerts"].as_array_mut() else { return };
        for alert in older["alerts"].as_array().into_iter().flatten() {
            let is_told = alerts.iter().any(|own| own["labels"] == alert["labels"]);
            if alert["is_firing"] == false && !is_told {
                alerts.push(alert.clone());
            }
        }
        self.body = body.to_string();
    }
}

fn alert(alert: &Alert) -> Value {
    json!({
        "rule": alert.rule,
        "severity": alert.severity.name(),
        "is_firing": alert.is_firing,
        "labels": alert.labels.iter().collect::<BTreeMap<_, _>>(),
        "value": alert.value.is_finite().then_some(alert.value),
        "summary": alert.summary,
    })
}

/// Starts the thread. It takes one errand at a time and tells `ended` how that went; a connection
/// to a message bus lives in the runtime.
pub fn start(
    runtime: Handle,
    ended: impl Fn(Trial) + Send + 'static,
) -> io::Result<SyncSender<Task>> {
    let (give, take) = sync_channel(1);
    thread::Builder::new()
        .name("deliver".to_owned())
        .spawn(move || run(Line::new(runtime), &take, ended))?;
    Ok(give)
}

fn run(mut line: Line, take: &Receiver<Task>, ended: impl Fn(Trial)) {
    while let Ok(Task { errand, means }) = take.recv() {
        let outcome = tell(&means, &mut line, &errand.what);
        ended(Trial { errand, outcome });
    }
}

/// A program has a minute: whoever waits for it keeps others from being told.
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);
const LOOKS: u32 = 3000;

/// An action that nobody described goes to the log, as the action `log` does.
fn tell(means: &Means, line: &mut Line, message: &Message) -> Result<(), String> {
    let described = means.actions.iter().find(|action| action.name == message.action);
    match described.map(|action| &action.deed) {
        None | Some(Deed::Log) => {
            tracing::warn!(action = message.action, "{}", message.body);
            Ok(())
        }
        Some(Deed::Post { url }) => match post::post(url, &message.body) {
            Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
            Ok(answer) => Err(format!("{url} answered {}", answer.status)),
            Err(error) => Err(error.to_string()),
        },
        Some(Deed::Run { command }) => execute(command, &message.body),
        Some(Deed::Publish { subject }) => match &means.nats {
            Some(server) => line.publish(server, subject, &message.body),
            None => Err("no server is named to publish on".to_owned()),
        },
    }
}

/// The message is its input.
fn execute(command: &[String], body: &str) -> Result<(), String> {
    let (program, arguments) = command.split_first().ok_or("the command is empty")?;
    let failed = |error: io::Error| format!("failed to run {program}: {error}");
    let mut started = Command::new(program);
    started.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = started.spawn().map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        let body = body.to_owned();
        // Who does not read it has no use for it, and must not keep us waiting.
        thread::spawn(move || stdin.write_all(body.as_bytes()));
    }
    for _ in 0..LOOKS {
        match child.try_wait().map_err(failed)? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(format!("{program} ended with {status}")),
            None => thread::sleep(BETWEEN_LOOKS),
        }
    }
    child.kill().and_then(|()| child.wait()).map_err(failed)?;
    Err(format!("{program} took longer than a minute, and was ended"))
}

#[cfg(test)]
mod tests {
    use tollgate_alerts::file::Action;
    use tollgate_alerts::labels::Labels;
    use tollgate_alerts::notify::Why;
    use tollgate_alerts::rule::Severity;

    use super::*;

    fn message(action: &str) -> Message {
        Message { key: "k".to_owned(), action: action.to_owned(), body: "{\"a\":1}".to_owned() }
    }

    #[test]
    fn what_is_over_is_told_by_a_newer_notification_if_the_older_one_never_was() {
        let alert = |port: &str, is_firing| Alert {
            rule: "down".to_owned(),
            labels: Labels::new([("port", port)]),
            severity: Severity::Critical,
            is_firing,
            value: 1.0,
            summary: String::new(),
        };
        let message = |alerts: &[Alert], wall_ms| {
            let (group, reason) = (Labels::default(), Why::Changed);
            let told = Notification { group, alerts: alerts.to_vec(), reason };
            Message::new("page", &told, wall_ms)
        };
        let older = message(&[alert("1", false), alert("2", false), alert("3", true)], 5);
        let mut newer = message(&[alert("2", true), alert("4", true)], 9);
        newer.replaces(&older);
        let body: Value = serde_json::from_str(&newer.body).unwrap();
        let alerts = body["alerts"].as_array().unwrap().iter();
        let ports: Vec<_> = alerts.map(|one| (&one["labels"]["port"], &one["is_firing"])).collect();
        let expected = [("2", true), ("4", true), ("1", false)].map(|(p, f)| (json!(p), json!(f)));
        assert_eq!(ports, expected.iter().map(|(p, f)| (p, f)).collect::<Vec<_>>());
        assert_eq!((&body["key"], &body["at_ms"]), (&json!("page  9"), &json!(9)));
    }

    #[test]
    fn a_command_is_given_the_message_and_its_end_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("told");
        let action = |name: &str, deed| Action { name: name.to_owned(), deed };
        let shell =
            |script: String| Deed::Run { command: vec!["sh".to_owned(), "-c".to_owned(), script] };
        let actions = vec![
            action("good", shell(format!("cat > {}", path.display()))),
            action("bad", shell("exit 3".to_owned())),
            action("safe", Deed::Post { url: "https://example.org/x".to_owned() }),
        ];
        let means = Means { actions, nats: None };
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let mut line = Line::new(runtime.handle().clone());
        let mut tell = |name: &str| tell(&means, &mut line, &message(name));
        assert_eq!(tell("good"), Ok(()));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"a\":1}");
        assert!(tell("bad").unwrap_err().contains("exit status: 3"));
        assert!(tell("safe").unwrap_err().contains("https"));
        assert_eq!(tell("unknown"), Ok(()));
    }
}
