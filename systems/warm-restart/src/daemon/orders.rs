//! What the service does until it is told otherwise: the configuration and the rules it names, read
//! as a whole or not at all.

use std::path::Path;
use std::time::Duration;

use thiserror::Error;
use tollgate_alerts::file::{Action, Deed, File, Mistakes};

use super::config::{BadConfig, Config};
use crate::durable::FileError;
use crate::place;
use crate::rules;
use tollgate_alerts::deliver::Means;
use tollgate_alerts::desk::Settings;

#[derive(Clone, Debug)]
pub struct Orders {
    pub config: Config,
    pub settings: Settings,
    pub means: Means,
}

#[derive(Debug, Error)]
pub enum BadOrders {
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Config(#[from] BadConfig),
    #[error(transparent)]
    Rules(#[from] Mistakes),
    #[error(
        "{file}:{line}: the action `{action}` publishes, and the configuration names no server: \
         `nats = \"nats://host:4222\"` would be one"
    )]
    Nowhere { file: String, line: usize, action: String },
}

impl Orders {
    /// From a configuration file; without one everything is as it is by default.
    pub fn read(path: Option<&Path>) -> Result<Orders, BadOrders> {
        let config = match path {
            Some(path) => Config::read(&text_of(path)?, path)?,
            None => Config::default(),
        };
        let interval = Duration::from_millis(config.interval_ms.into());
        let mut file = match &config.rules {
            Some(path) => {
                let (text, name) = (text_of(path)?, path.display().to_string());
                let file = rules::read(&text, &name, interval)?;
                reachable(&file, &config, &text, name)?;
                file
            }
            None => rules::defaults(),
        };
        let (actions, nats) = (std::mem::take(&mut file.actions), config.nats.clone());
        let means = Means { actions, nats };
        let tolerance = Duration::from_secs(config.tolerance_seconds.into());
        let settings = Settings { tolerance, ..Settings::of(file) };
        Ok(Orders { config, settings, means })
    }
}

/// A file of rules over the metrics that there are.
pub fn read_rules(path: &Path, interval: Duration) -> Result<File, BadOrders> {
    Ok(rules::read(&text_of(path)?, &path.display().to_string(), interval)?)
}

/// Whoever publishes needs a server.
fn reachable(file: &File, config: &Config, text: &str, name: String) -> Result<(), BadOrders> {
    let publishes = |action: &&Action| matches!(action.deed, Deed::Publish { .. });
    match file.actions.iter().find(publishes) {
        Some(action) if config.nats.is_none() => {
            let line = place::line_of(text, &["action", &action.name, "subject"]);
            Err(BadOrders::Nowhere { file: name, line, action: action.name.clone() })
        }
        _ => Ok(()),
    }
}

fn text_of(path: &Path) -> Result<String, FileError> {
    std::fs::read_to_string(path).map_err(FileError::of("read", path))
}
