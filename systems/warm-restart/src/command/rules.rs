//! `warm-restart rules`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tollgate_alerts::file::written;
use tollgate_alerts::prometheus;

use super::{BadInput, tell};
use crate::daemon::orders::read_rules;
use crate::durable::FileError;
use crate::rules::DEFAULTS;

#[derive(Debug, clap::Subcommand)]
pub enum Rules {
    /// Tell every mistake of a file at once
    Check { file: PathBuf },
    /// Show the rules that hold without a file, as a file to begin with
    Defaults,
    /// Show the alerts of a rule file of Prometheus as rules of a file, and list on standard error
    /// those that cannot be said here
    Import { file: PathBuf },
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
            Rules::Import { file } => import(file),
        }
    }
}

fn import(file: &Path) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file).map_err(FileError::of("read", file));
    let name = file.display();
    let imported = prometheus::read(&text.map_err(BadInput::of)?)
        .map_err(|error| BadInput(format!("{name}: {error}")))?;
    for one in &imported.unsupported {
        // Where standard error is closed nobody listens.
        let _ = writeln!(io::stderr(), "{name}: {one}");
    }
    tell(&written(&imported.rules))
}
