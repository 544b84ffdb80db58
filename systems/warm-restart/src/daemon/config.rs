//! The configuration file: strict, so that a key that is misspelt does not go unnoticed.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

/// What the service is told by whoever runs it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where it answers; port 0 for any that is free.
    pub listen: SocketAddr,
    /// Where it keeps what outlives it.
    pub folder: PathBuf,
    /// Rules, actions, silences and routing; the default rules without it.
    pub rules: Option<PathBuf>,
    pub interval_ms: u32,
    /// How often it saves though nothing happened.
    pub save_seconds: u32,
    /// How long it may have been away for what was pending to go on.
    pub tolerance_seconds: u32,
    /// How many requests may wait for it.
    pub queue: u32,
    /// How many notifications may wait to be told.
    pub outbox: u32,
}

#[derive(Debug, Error)]
pub enum BadConfig {
    #[error("{path}: {cause}", path = .path.display())]
    Form { path: PathBuf, cause: Box<toml::de::Error> },
    #[error("{path}: `{key}` is {value}, and has to be from {least} to {most}", path = .path.display())]
    Range { path: PathBuf, key: &'static str, value: u32, least: u32, most: u32 },
}

impl Default for Config {
    fn default() -> Config {
        Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 9477)),
            folder: PathBuf::from("/var/lib/warm-restart"),
            rules: None,
            interval_ms: 1000,
            save_seconds: 60,
            tolerance_seconds: 3600,
            queue: 1024,
            outbox: 1024,
        }
    }
}

impl Config {
    /// The path is for what is told of mistakes.
    pub fn read(text: &str, path: &Path) -> Result<Config, BadConfig> {
        let config: Config = toml::from_str(text)
            .map_err(|cause| BadConfig::Form { path: path.to_owned(), cause: Box::new(cause) })?;
        let ranges = [
            ("interval_ms", config.interval_ms, 10, 3_600_000),
            ("save_seconds", config.save_seconds, 1, 86_400),
            ("tolerance_seconds", config.tolerance_seconds, 0, 31_536_000),
            ("queue", config.queue, 1, 1_000_000),
            ("outbox", config.outbox, 1, 1_000_000),
        ];
        for (key, value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                return Err(BadConfig::Range { path: path.to_owned(), key, value, least, most });
            }
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_as_it_is_by_default() {
        let config = Config::read("interval_ms = 500", Path::new("a.toml")).unwrap();
        assert_eq!(config, Config { interval_ms: 500, ..Config::default() });
    }

    #[test]
    fn mistakes_are_told_with_file_and_line() {
        let table = [
            ("\nintervall = 1", "line 2"),
            ("queue = -1", "line 1"),
            ("queue = 0", "`queue` is 0, and has to be from 1 to 1000000"),
            ("interval_ms = 9", "`interval_ms` is 9"),
            ("listen = \"here\"", "line 1"),
            ("listen", "line 1"),
        ];
        for (text, said) in table {
            let error = Config::read(text, Path::new("a.toml")).unwrap_err().to_string();
            assert!(error.starts_with("a.toml: ") && error.contains(said), "{error}");
        }
    }
}
