//! `event-bus publish`: one event from the arguments, or those of a file.

mod lines;
mod send;

use std::path::PathBuf;

use anyhow::Context;
use serde_json::{Map, Value};
use tokio::time::{Duration, Instant};
use uuid::Uuid;

use self::lines::Lines;
use self::send::Sender;
use super::connect::Connect;
use super::{BadInput, block_on, tell};
use crate::clock;
use crate::event::Event;
use crate::subject::Prefix;

#[derive(Debug, clap::Args)]
#[command(after_help = "A line of a file is an event as JSON. Its `kind` and `data` are needed; \
                        `id`, `version`, `source` and `timestamp_ms` are made up where they are \
                        missing. Sent again with its id, an event is stored once.\n\n\
                        Example: event-bus publish chat.message \
                        '{\"username\": \"ann\", \"message\": \"hello\"}'")]
pub struct Publish {
    /// What happened, for example chat.message
    #[arg(required_unless_present = "file", requires = "data")]
    kind: Option<String>,
    /// Its data, a JSON object
    data: Option<String>,
    /// Publish the events of this file, one JSON object a line; `-` is the standard input
    #[arg(long, value_name = "FILE", conflicts_with = "kind")]
    file: Option<PathBuf>,
    /// Hand each event to a stream, and wait until that has it
    #[arg(long, conflicts_with = "receipt")]
    jetstream: bool,
    /// Wait until the service has stored each event; core mode alone answers
    #[arg(long)]
    receipt: bool,
    /// Seconds to wait for each of these answers
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    patience: u64,
    /// How often to publish the event of the arguments, each time with an id of its own
    #[arg(long, value_name = "N", default_value_t = 1, conflicts_with = "file")]
    count: u64,
    /// Events a second; as fast as possible if not given
    #[arg(long, value_name = "N", value_parser = rate)]
    rate: Option<f64>,
    /// Who says so, for events that do not say it themselves
    #[arg(long, default_value = "event-bus publish")]
    source: String,
    /// Print no ids
    #[arg(long)]
    quiet: bool,
    #[command(flatten)]
    connect: Connect,
}

impl Publish {
    pub fn run(&self) -> anyhow::Result<()> {
        // A mistake in the arguments is told before a broker is needed.
        let template = self.template()?;
        block_on(self.publish(template))
    }

    async fn publish(&self, template: Option<Map<String, Value>>) -> anyhow::Result<()> {
        let lines = match (&template, &self.file) {
            (None, Some(path)) => Some(Lines::open(path)?),
            _ => None,
        };
        let bus = self.connect.connect().await?;
        let patience = Duration::from_secs(self.patience);
        let mut sender = match (self.jetstream, self.receipt) {
            (true, _) => Sender::stream(&bus, patience)?,
            (_, true) => Sender::receipt(&bus, patience),
            _ => Sender::core(&bus),
        };
        let began = Instant::now();
        let mut source = self.source_of(template, lines);
        let mut number = 0u32;
        while let Some(event) = source.next().await? {
            if let Some(rate) = self.rate {
                let due = Duration::from_secs_f64(f64::from(number) / rate);
                tokio::time::sleep_until(began + due).await;
            }
            number = number.saturating_add(1);
            self.told(sender.send(event).await?)?;
        }
        // What is in the client's buffers is lost with the process.
        for sent in sender.finish().await? {
            self.told([sent])?;
        }
        Ok(())
    }

    fn told(&self, sent: impl IntoIterator<Item = String>) -> anyhow::Result<()> {
        for line in sent.into_iter().filter(|_| !self.quiet) {
            tell(&line)?;
        }
        Ok(())
    }

    /// The event of the arguments, without what is its own each time.
    fn template(&self) -> Result<Option<Map<String, Value>>, BadInput> {
        let (Some(kind), Some(data)) = (&self.kind, &self.data) else { return Ok(None) };
        let data: Value = serde_json::from_str(data)
            .map_err(|error| BadInput(format!("the data is not JSON: {error}")))?;
        let template = Map::from_iter([
            ("kind".to_owned(), Value::from(kind.as_str())),
            ("data".to_owned(), data),
        ]);
        complete(template.clone(), &self.source, &self.connect.prefix)
            .map_err(|why| BadInput(format!("the event is refused: {why}")))?;
        Ok(Some(template))
    }

    fn source_of(&self, template: Option<Map<String, Value>>, lines: Option<Lines>) -> Source<'_> {
        Source { publish: self, template, lines, left: self.count }
    }
}

/// Where the events come from, one after the other.
struct Source<'a> {
    publish: &'a Publish,
    template: Option<Map<String, Value>>,
    lines: Option<Lines>,
    left: u64,
}

impl Source<'_> {
    async fn next(&mut self) -> anyhow::Result<Option<Event>> {
        let Publish { source, connect, .. } = self.publish;
        if let Some(lines) = &mut self.lines {
            let Some((place, line)) = lines.next().await? else { return Ok(None) };
            let fields: Map<String, Value> = serde_json::from_str(&line)
                .map_err(|error| BadInput(format!("{place}: no JSON object: {error}")))?;
            let event = complete(fields, source, &connect.prefix)
                .map_err(|why| BadInput(format!("{place}: {why}")))?;
            return Ok(Some(event));
        }
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let template = self.template.clone().context("there is no event")?;
        let event = complete(template, source, &connect.prefix);
        Ok(Some(event.map_err(|why| BadInput(format!("the event is refused: {why}")))?))
    }
}

/// An event with what every event has.
fn complete(
    mut fields: Map<String, Value>,
    source: &str,
    prefix: &Prefix,
) -> Result<Event, String> {
    let kind = fields.get("kind").and_then(Value::as_str).unwrap_or_default();
    let subject = prefix.event(kind);
    let usual = [
        ("id", Value::from(Uuid::now_v7().to_string())),
        ("subject", Value::from(subject)),
        ("version", Value::from(1)),
        ("source", Value::from(source)),
        ("timestamp_ms", Value::from(clock::now_ms())),
    ];
    for (name, value) in usual {
        fields.entry(name).or_insert(value);
    }
    Event::try_from(Value::Object(fields)).map_err(|refusal| refusal.to_string())
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(rate),
        _ => Err("a rate is a number above zero".to_owned()),
    }
}
