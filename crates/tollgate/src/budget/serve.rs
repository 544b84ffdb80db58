//! The service of a case: what starts it or where it runs, what loads it, and what runs beside it.

use std::collections::BTreeMap;
use std::time::Duration;

use tollgate_load::workload::Tls;

use super::company::{Beside, Disturbance};
use super::load::Load;

/// A service, started on a free port or running elsewhere, and loaded.
#[derive(Clone, Debug, PartialEq)]
pub struct ServeSource {
    /// Mentions `{port}`, unless `env` does. Empty when only a running service is loaded, or one
    /// that Tollgate provides.
    pub command: Vec<String>,
    pub provided: Option<Provided>,
    /// A running service, used in place of starting one.
    pub url: Option<String>,
    pub ready: Option<String>,
    pub dir: Option<String>,
    pub env: BTreeMap<String, String>,
    /// How long it may take to become ready.
    pub timeout: Duration,
    pub allow_hosts: Vec<String>,
    pub load: Load,
    /// In the order of their start.
    pub beside: Vec<Beside>,
    /// In the order of time.
    pub disturb: Vec<Disturbance>,
}

/// A message bus that needs no command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provided {
    /// A `nats-server` with an empty store, perhaps with a configuration file.
    Nats { config: Option<String> },
    /// The bus inside this process.
    Bus,
}

impl ServeSource {
    /// Whether a trial starts the service as a process of its own.
    #[must_use]
    pub fn starts_process(&self) -> bool {
        !self.command.is_empty() || matches!(self.provided, Some(Provided::Nats { .. }))
    }

    /// Whether a program of that name runs beside it.
    #[must_use]
    pub fn has_beside(&self, name: &str) -> bool {
        self.beside.iter().any(|program| program.name == name)
    }

    /// How it is spoken to when it is started here. Whom to believe is said of what speaks TLS.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        let is_configured = matches!(self.provided, Some(Provided::Nats { config: Some(_) }));
        match self.load.protocol.tls {
            _ if !self.greets() => "http",
            Tls::Authority(_) | Tls::Anyone if is_configured => "tls",
            _ => "nats",
        }
    }

    /// Whether it is a bus, which introduces itself to whoever connects.
    #[must_use]
    pub fn greets(&self) -> bool {
        let bus = |url: &String| url.starts_with("nats://") || url.starts_with("tls://");
        let started = self.provided.is_some() || self.load.is_of_messages();
        self.url.as_ref().map_or(started, bus)
    }

    /// What a trial starts, in the words of the file.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.provided {
            Some(Provided::Nats { .. }) => "nats".to_owned(),
            Some(Provided::Bus) => "bus".to_owned(),
            None => self.command.join(" "),
        }
    }
}
