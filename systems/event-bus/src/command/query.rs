//! `event-bus query`: asks the service, and shows the answer.

mod ask;

use std::time::Duration;

use serde_json::Value;

use self::ask::Ask;
use super::connect::Connect;
use super::table::table;
use super::{Refused, block_on, tell};
use crate::bus::BusError;
use crate::operation::read_answer;

#[derive(Debug, clap::Args)]
pub struct Query {
    #[command(subcommand)]
    ask: Ask,
    /// Print the answer as JSON
    #[arg(long, global = true)]
    json: bool,
    /// Seconds to wait for the answer
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 5)]
    patience: u64,
    #[command(flatten)]
    connect: Connect,
}

impl Query {
    pub fn run(&self) -> anyhow::Result<()> {
        let (name, payload) = self.ask.request()?;
        block_on(self.query(&name, payload))
    }

    async fn query(&self, name: &str, payload: Vec<u8>) -> anyhow::Result<()> {
        let subject = self.connect.prefix.request(name);
        let bus = self.connect.connect().await?;
        let patience = Duration::from_secs(self.patience);
        let answer = match bus.request(&subject, payload.into(), patience).await {
            Err(BusError::NoResponders { subject }) => anyhow::bail!(
                "nobody answers {subject} on {}: is `event-bus serve` running with this prefix?",
                bus.address()
            ),
            answered => answered?,
        };
        let data: Value =
            read_answer(&answer.payload).map_err(|failure| Refused(failure.to_string()))?;
        tell(&if self.json { data.to_string() } else { table(&flat(data)) })
    }
}

/// The events of a page as rows that fit a table.
fn flat(mut data: Value) -> Value {
    let Some(events) = data.get_mut("events").and_then(Value::as_array_mut) else { return data };
    for event in events {
        if let Some(fields) = event.as_object_mut() {
            fields.retain(|name, _| ["id", "timestamp_ms", "kind", "data"].contains(&&**name));
        }
    }
    data
}
