//! `warm-restart simulate`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

use super::{BadInput, tell};
use crate::core::Settings;
use crate::daemon::serve::read_rules;
use crate::simulate::scenario::Scenario;
use crate::simulate::{ready, run};

#[derive(Debug, clap::Args)]
pub struct Simulate {
    /// A file, or the name of a scenario that is ready; without one, those are listed
    scenario: Option<String>,
    /// Rules other than those that hold by default
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
}

impl Simulate {
    pub fn run(&self) -> anyhow::Result<()> {
        let Some(name) = &self.scenario else { return list() };
        let text = match ready::find(name) {
            Some(text) => text.to_owned(),
            None => std::fs::read_to_string(Path::new(name))
                .with_context(|| format!("`{name}` is neither a ready scenario nor a file"))?,
        };
        let scenario = Scenario::read(&text).map_err(|error| BadInput(error.to_string()))?;
        let settings = match &self.rules {
            None => Settings::defaults(),
            Some(path) => {
                let file = read_rules(path, Duration::from_secs(1));
                Settings::of(file.map_err(|error| BadInput(format!("{error:#}")))?)
            }
        };
        let outcome = run(&scenario, &settings);
        tell(&format!("{}\n\n{}\n{outcome}", scenario.title, outcome.timeline()))
    }
}

fn list() -> anyhow::Result<()> {
    for (name, text) in ready::SCENARIOS {
        let title = Scenario::read(text).map_or(String::new(), |scenario| scenario.title);
        tell(&format!("{name:14} {title}"))?;
    }
    Ok(())
}
