//! `event-bus watch`: what is published, as it comes.

use std::time::Duration;

use anyhow::Context;
use serde_json::{Value, json};

use super::connect::Connect;
use super::serve::ended;
use super::table::plain;
use super::{block_on, tell};
use crate::bus::Message;
use crate::event::Event;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "A pattern is tokens with dots between; `*` is any one token, `>` at the end \
                        any number of them. Example: event-bus watch 'rosey.events.chat.*'"
)]
pub struct Watch {
    /// Which subjects; all events if not given
    pattern: Option<String>,
    /// Print JSON, one object a line
    #[arg(long)]
    json: bool,
    /// End after so many messages
    #[arg(long, value_name = "N")]
    count: Option<u64>,
    #[command(flatten)]
    connect: Connect,
}

impl Watch {
    pub fn run(&self) -> anyhow::Result<()> {
        block_on(self.watch())
    }

    async fn watch(&self) -> anyhow::Result<()> {
        const PATIENCE: Duration = Duration::from_secs(5);
        let ended = ended().context("failed to wait for Ctrl-C")?;
        let mut ended = std::pin::pin!(ended);
        let bus = self.connect.connect().await?;
        let pattern = self.pattern.clone().unwrap_or_else(|| self.connect.prefix.events());
        let mut messages = bus.subscribe(&pattern, None).await?;
        bus.settle(PATIENCE).await?;
        // Beside the output, for whoever reads that with a program.
        let note = format!("watching {pattern} on {}", bus.address());
        let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("{note}\n").as_bytes());
        let mut left = self.count.unwrap_or(u64::MAX);
        while left > 0 {
            let message = tokio::select! {
                () = &mut ended => break,
                message = messages.next() => message.context("the connection was closed")?,
            };
            tell(&if self.json { machine(&message) } else { person(&message) })?;
            left -= 1;
        }
        let lost = bus.traffic().slow;
        anyhow::ensure!(lost == 0, "{lost} messages came faster than they could be shown");
        Ok(())
    }
}

fn machine(message: &Message) -> String {
    let payload = serde_json::from_slice(&message.payload)
        .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&message.payload)));
    let headers: Value =
        message.headers.iter().map(|(name, value)| (name.clone(), Value::from(&**value))).collect();
    let mut line = json!({ "subject": message.subject.as_str(), "payload": payload });
    if !message.headers.is_empty() {
        line["headers"] = headers;
    }
    if let Some(reply) = &message.reply {
        line["reply"] = Value::from(&**reply);
    }
    line.to_string()
}

fn person(message: &Message) -> String {
    let subject = &message.subject;
    match Event::decode(&message.payload) {
        Ok(event) => {
            let time = time_of_day(event.timestamp_ms);
            let data = serde_json::to_value(&event.body).unwrap_or_default();
            format!("{time}  {subject}  {}", words(&data))
        }
        Err(_) => format!("              {subject}  {}", plain(&text(message))),
    }
}

fn text(message: &Message) -> String {
    String::from_utf8_lossy(&message.payload).into_owned()
}

/// `name=value` for each field; whatever is not flat is JSON.
fn words(data: &Value) -> String {
    let Value::Object(fields) = data else { return plain(&data.to_string()) };
    let word = |(name, value): (&String, &Value)| match value {
        Value::String(text) => format!("{name}={text:?}"),
        other => format!("{name}={}", plain(&other.to_string())),
    };
    fields.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// Hours to milliseconds, in UTC.
fn time_of_day(ms: u64) -> String {
    let (s, ms) = (ms / 1000, ms % 1000);
    format!("{:02}:{:02}:{:02}.{ms:03}Z", s / 3600 % 24, s / 60 % 60, s % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Vec<u8> {
        json!({
            "id": "01890a5d-ac96-774b-bcce-b302099a8057", "kind": "chat.message", "version": 1,
            "source": "test", "timestamp_ms": 86_399_999, "priority": 2,
            "data": { "username": "ann", "message": "a\u{1b}[2Jb" },
        })
        .to_string()
        .into_bytes()
    }

    #[test]
    fn an_event_is_shown_with_its_time_and_cannot_move_the_cursor() {
        let shown = person(&Message::new("rosey.events.chat.message", event()));
        assert!(shown.starts_with("23:59:59.999Z  rosey.events.chat.message  "), "{shown}");
        assert!(shown.contains("username=\"ann\"") && !shown.contains('\u{1b}'), "{shown}");
    }

    #[test]
    fn what_is_no_event_is_shown_as_text_and_as_json() {
        let message = Message::new("a.b", "not json");
        assert_eq!(person(&message).trim(), "a.b  not json");
        assert_eq!(machine(&message), r#"{"payload":"not json","subject":"a.b"}"#);
    }
}
