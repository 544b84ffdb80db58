//! `warm-restart serve`.

use std::io;
use std::path::PathBuf;

use super::{BadInput, tell};
use crate::daemon::{orders::Orders, serve};

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
        // Mistakes are found before anything is started.
        let path = self.config.as_deref();
        let orders = Orders::read(path).map_err(BadInput::of)?;
        if self.check {
            return tell("the configuration is good");
        }
        let log = tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(false);
        // It fails where a log was started before, which then goes on.
        let _ = log.try_init();
        serve::run(orders, path, |address| tell(&format!("listening on http://{address}")))
    }
}
