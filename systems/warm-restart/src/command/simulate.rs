//! `warm-restart simulate`.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tollgate_alerts::desk::Settings;

use super::{BadInput, tell};
use crate::daemon::orders::read_rules;
use crate::rules;
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
            None => std::fs::read_to_string(Path::new(name)).map_err(|why| unknown(name, &why))?,
        };
        let scenario = Scenario::read(&text, name).map_err(BadInput::of)?;
        let settings = match &self.rules {
            None => rules::default_settings(),
            Some(path) => {
                let file = read_rules(path, Duration::from_secs(1));
                Settings::of(file.map_err(BadInput::of)?)
            }
        };
        let outcome = run(&scenario, &settings);
        tell(&format!("{}\n\n{}\n{outcome}", scenario.title, outcome.timeline()))
    }
}

fn list() -> anyhow::Result<()> {
    for (name, text) in ready::SCENARIOS {
        let title = Scenario::read(text, name).map_or(String::new(), |scenario| scenario.title);
        tell(&format!("{name:14} {title}"))?;
    }
    Ok(())
}

fn unknown(name: &str, why: &io::Error) -> BadInput {
    let names: Vec<&str> = ready::SCENARIOS.iter().map(|(name, _)| *name).collect();
    let ready = names.join(", ");
    BadInput(format!("failed to read {name}: {why}; the scenarios that are ready are {ready}"))
}
