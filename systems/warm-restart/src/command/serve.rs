//! `warm-restart serve`.

use std::io;
use std::path::PathBuf;

use anyhow::Context;

use super::{BadInput, tell};
use crate::daemon::{Config, serve};

#[derive(Debug, clap::Args)]
pub struct Serve {
    /// A TOML file; without one everything is as it is by default
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Only check the configuration and the rules
    #[arg(long)]
    check: bool,
}

impl Serve {
    pub fn run(&self) -> anyhow::Result<()> {
        let config = match &self.config {
            None => Config::default(),
            Some(path) => {
                let text = std::fs::read_to_string(path);
                let text = text.with_context(|| format!("failed to read {}", path.display()))?;
                Config::read(&text, path).map_err(|error| BadInput(error.to_string()))?
            }
        };
        // Mistakes are found before anything is started.
        serve::settings(&config).map_err(|error| BadInput(format!("{error:#}")))?;
        if self.check {
            return tell("the configuration is good");
        }
        let log = tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(false);
        // It fails where a log was started before, which then goes on.
        let _ = log.try_init();
        serve::run(&config, |address| tell(&format!("listening on http://{address}")))
    }
}
