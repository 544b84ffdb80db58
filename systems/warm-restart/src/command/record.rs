//! `warm-restart record`: what scripts on a device call.

use anyhow::bail;
use clap::builder::PossibleValuesParser;
use tollgate_alerts::deliver::post::{PostError, post};

use super::BadInput;
use crate::event::{self, Kind};

#[derive(Debug, clap::Args)]
pub struct Record {
    /// What happened
    #[arg(value_parser = PossibleValuesParser::new(Kind::ALL.map(Kind::name)))]
    event: String,
    #[arg(long, value_name = "NAME")]
    device: String,
    #[arg(long, value_name = "NAME")]
    port: Option<String>,
    /// How long a sync took
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<f64>,
    /// How often it happened
    #[arg(long, value_name = "N", default_value_t = 1)]
    times: u64,
    /// The service
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:9477")]
    to: String,
}

impl Record {
    /// Success says that it is saved.
    pub fn run(&self) -> anyhow::Result<()> {
        let line = serde_json::json!({
            "event": self.event,
            "device": self.device,
            "port": self.port,
            "seconds": self.seconds,
            "times": self.times,
        });
        let line = line.to_string();
        event::read(&line).map_err(BadInput::of)?;
        let url = format!("{}/events", self.to.trim_end_matches('/'));
        let answer = match post(&url, &line) {
            Err(error @ PostError::Address(_)) => return Err(BadInput::of(error).into()),
            answer => answer?,
        };
        match answer.status {
            200 => Ok(()),
            status => bail!("{url} answered {status}: {}", answer.body.trim_end()),
        }
    }
}
