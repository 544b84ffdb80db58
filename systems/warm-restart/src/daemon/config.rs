//! The configuration file: strict, so that a key that is misspelt does not go unnoticed.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;
use tollgate_alerts::deliver::nats;

use crate::place;

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
    /// The NATS server on which actions publish, such as `nats://name:password@host:4222`.
    pub nats: Option<String>,
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

/// The queue has its whole room from the start on: with so many, some ten megabytes.
const MOST_REQUESTS: u32 = 1 << 16;

#[derive(Debug, Error)]
pub enum BadConfig {
    #[error("{path}: {cause}", path = .path.display())]
    Form { path: PathBuf, cause: Box<toml::de::Error> },
    #[error("{path}:{line}: `{key}` is {value}, and has to be {wanted}", path = .path.display())]
    Value { path: PathBuf, line: usize, key: &'static str, value: String, wanted: String },
}

impl Default for Config {
    fn default() -> Config {
        Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 9477)),
            folder: PathBuf::from("/var/lib/warm-restart"),
            rules: None,
            nats: None,
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
            ("queue", config.queue, 1, MOST_REQUESTS),
            ("outbox", config.outbox, 1, 1_000_000),
        ];
        for (key, value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                let (path, line) = (path.to_owned(), place::line_of(text, &[key]));
                let (value, wanted) = (value.to_string(), format!("from {least} to {most}"));
                return Err(BadConfig::Value { path, line, key, value, wanted });
            }
        }
        if let Some(Err(why)) = config.nats.as_deref().map(nats::address) {
            let (path, line) = (path.to_owned(), place::line_of(text, &["nats"]));
            let value = config.nats.unwrap_or_default();
            let wanted = format!("an address such as nats://host:4222 ({why})");
            return Err(BadConfig::Value { path, line, key: "nats", value, wanted });
        }
        Ok(config)
    }

    /// The keys that are read at the start alone and that another configuration has otherwise.
    pub fn differences_for_a_start(&self, other: &Config) -> impl Iterator<Item = &'static str> {
        let keys = [
            ("listen", self.listen != other.listen),
            ("folder", self.folder != other.folder),
            ("queue", self.queue != other.queue),
            ("outbox", self.outbox != other.outbox),
        ];
        keys.into_iter().filter(|(_, differs)| *differs).map(|(key, _)| key)
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
            ("\nqueue = 0", "a.toml:2: `queue` is 0, and has to be from 1 to 65536"),
            ("interval_ms = 9", "a.toml:1: `interval_ms` is 9"),
            ("queue = 1\nnats = \"bus\"", "a.toml:2: `nats` is bus, and has to be an address"),
            ("listen = \"here\"", "line 1"),
            ("listen", "line 1"),
        ];
        for (text, said) in table {
            let error = Config::read(text, Path::new("a.toml")).unwrap_err().to_string();
            assert!(error.starts_with("a.toml:") && error.contains(said), "{error}");
        }
    }
}
