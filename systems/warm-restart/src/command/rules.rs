//! `warm-restart rules`.

use std::path::PathBuf;
use std::time::Duration;

use super::{BadInput, tell};
use crate::daemon::orders::read_rules;
use crate::rules::DEFAULTS;

#[derive(Debug, clap::Subcommand)]
pub enum Rules {
    /// Tell every mistake of a file at once
    Check { file: PathBuf },
    /// Show the rules that hold without a file, as a file to begin with
    Defaults,
}

impl Rules {
    pub fn run(&self) -> anyhow::Result<()> {
        match self {
            Rules::Check { file } => {
                let read = read_rules(file, Duration::from_secs(1)).map_err(BadInput::of)?;
                let enabled = read.rules.iter().filter(|rule| rule.is_enabled).count();
                tell(&format!("{} rules, {enabled} of them on", read.rules.len()))
            }
            Rules::Defaults => tell(DEFAULTS),
        }
    }
}
