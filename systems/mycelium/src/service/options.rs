//! What an operator chooses, and what an environment chooses where nothing is said.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use super::access::Keys;

/// Everything that is chosen before the service begins.
#[derive(Clone, Debug)]
pub struct Options {
    pub environment: Environment,
    pub keys: Keys,
    /// Whether all but the public addresses ask for a key.
    pub keys_required: bool,
    /// Without it nobody is limited.
    pub rates: Option<Rates>,
    /// Proxies that are believed where a request came from.
    pub trusted_proxies: Vec<IpAddr>,
    pub origins: Origins,
    /// Threads that compute; those that answer are others.
    pub compute_threads: usize,
    /// Jobs that may wait for each of them.
    pub queue_per_thread: usize,
    /// By how much computing gives way to answering, from 0 to 19.
    pub compute_nice: u8,
    /// How long a request may take in all, and its body alone.
    pub request_time: Duration,
    pub body_time: Duration,
    /// The longest body, in bytes.
    pub body_limit: usize,
    /// Connections at a time; who comes then waits.
    pub connections: usize,
    /// How long a connection may be silent before a request, or take to send the head of one.
    pub silence: Duration,
    /// How long the requests at hand have once the service is to end.
    pub grace: Duration,
    pub metrics: bool,
    /// Whether reading the metrics takes a key, too.
    pub metrics_need_key: bool,
}

/// Where the service runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Environment {
    #[default]
    Dev,
    Staging,
    Prod,
}

/// Requests of one client to one address, all told in one window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// For each address that has no limit of its own.
    pub requests: u32,
    pub window: Duration,
}

/// Which pages of others may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origins {
    Any,
    These(Vec<String>),
    None,
}

#[derive(Debug, Error, PartialEq, Eq)]
pub enum OptionsError {
    #[error("requests need a key in {0}, but no key was given")]
    NoKeys(&'static str),
    #[error("`{option}` is 0, but must be 1 at least")]
    Zero { option: &'static str },
    #[error("`{option}` is {value}, but must be {most} at most")]
    TooMuch { option: &'static str, value: u64, most: u64 },
    #[error("`{0}` is no origin, such as https://example.org")]
    Origin(String),
    #[error("`compute_nice` is {0}, but must be from 0 to 19")]
    Nice(u8),
}

#[derive(Debug, Error, PartialEq, Eq)]
#[error("`{0}` is no environment: dev, staging or prod")]
pub struct UnknownEnvironment(String);

impl Options {
    #[must_use]
    pub fn for_environment(environment: Environment) -> Options {
        let is_dev = environment == Environment::Dev;
        let (request_time, origins) = match environment {
            Environment::Dev => (300, Origins::Any),
            Environment::Staging => (120, Origins::local()),
            Environment::Prod => (60, Origins::None),
        };
        Options {
            environment,
            keys: Keys::default(),
            keys_required: !is_dev,
            rates: (!is_dev).then(Rates::default),
            trusted_proxies: Vec::new(),
            origins,
            compute_threads: cores(),
            queue_per_thread: 4,
            compute_nice: 5,
            request_time: Duration::from_secs(request_time),
            body_time: Duration::from_secs(10),
            body_limit: 1 << 20,
            connections: 10_000,
            silence: Duration::from_secs(60),
            grace: Duration::from_secs(30),
            metrics: true,
            metrics_need_key: false,
        }
    }

    /// Refuses what no service can be made of.
    pub fn check(&self) -> Result<(), OptionsError> {
        if self.keys_required && self.keys.is_empty() && self.environment != Environment::Dev {
            return Err(OptionsError::NoKeys(self.environment.name()));
        }
        let rates = self.rates.unwrap_or_default();
        for (option, is_zero) in [
            ("compute_threads", self.compute_threads == 0),
            ("request_time", self.request_time.is_zero()),
            ("body_time", self.body_time.is_zero()),
            ("body_limit", self.body_limit == 0),
            ("connections", self.connections == 0),
            ("silence", self.silence.is_zero()),
            ("rates.requests", rates.requests == 0),
            ("rates.window", rates.window.is_zero()),
        ] {
            if is_zero {
                return Err(OptionsError::Zero { option });
            }
        }
        self.check_most()?;
        if self.compute_nice > 19 {
            return Err(OptionsError::Nice(self.compute_nice));
        }
        match &self.origins {
            Origins::These(origins) => origins.iter().try_for_each(|origin| check_origin(origin)),
            Origins::Any | Origins::None => Ok(()),
        }
    }
}

impl Options {
    /// Refuses what no machine has, and what would not fit into its numbers. Times are in seconds.
    fn check_most(&self) -> Result<(), OptionsError> {
        const YEAR: u64 = 365 * 86_400;
        let window = self.rates.unwrap_or_default().window;
        for (option, value, most) in [
            ("compute_threads", self.compute_threads as u64, 1024),
            ("queue_per_thread", self.queue_per_thread as u64, 1_000_000),
            ("connections", self.connections as u64, 1_000_000),
            ("request_time", self.request_time.as_secs(), YEAR),
            ("body_time", self.body_time.as_secs(), YEAR),
            ("silence", self.silence.as_secs(), YEAR),
            ("grace", self.grace.as_secs(), YEAR),
            ("rates.window", window.as_secs(), YEAR),
        ] {
            if value > most {
                return Err(OptionsError::TooMuch { option, value, most });
            }
        }
        Ok(())
    }
}

impl Default for Options {
    fn default() -> Options {
        Options::for_environment(Environment::Dev)
    }
}

impl Default for Rates {
    fn default() -> Rates {
        Rates { requests: 100, window: Duration::from_secs(60) }
    }
}

impl Origins {
    fn local() -> Origins {
        Origins::These(["http://localhost:3000", "http://localhost:8080"].map(str::to_owned).into())
    }
}

impl Environment {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Environment::Dev => "dev",
            Environment::Staging => "staging",
            Environment::Prod => "prod",
        }
    }
}

impl FromStr for Environment {
    type Err = UnknownEnvironment;

    fn from_str(text: &str) -> Result<Environment, UnknownEnvironment> {
        match text.to_ascii_lowercase().as_str() {
            "dev" | "development" => Ok(Environment::Dev),
            "staging" => Ok(Environment::Staging),
            "prod" | "production" => Ok(Environment::Prod),
            _ => Err(UnknownEnvironment(text.to_owned())),
        }
    }
}

/// A scheme, a host and perhaps a port, as browsers send it: a path would never match.
fn check_origin(origin: &str) -> Result<(), OptionsError> {
    let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"/?#@*,".contains(&byte);
    match host {
        Some(host) if !host.is_empty() && host.bytes().all(is_plain) => Ok(()),
        _ => Err(OptionsError::Origin(origin.to_owned())),
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_beyond_dev_does_not_begin_without_a_key() {
        for environment in [Environment::Staging, Environment::Prod] {
            let options = Options::for_environment(environment);
            assert_eq!(options.check(), Err(OptionsError::NoKeys(environment.name())));
            let open = Options { keys_required: false, ..options.clone() };
            assert_eq!(open.check(), Ok(()));
            let keys = Keys::of(["secret"]);
            assert_eq!(Options { keys, ..options }.check(), Ok(()));
        }
        assert_eq!(Options::default().check(), Ok(()));
    }

    #[test]
    fn each_environment_has_its_own_defaults() {
        let of = Options::for_environment;
        assert!(!of(Environment::Dev).keys_required && of(Environment::Dev).rates.is_none());
        assert_eq!(of(Environment::Dev).origins, Origins::Any);
        assert_eq!(of(Environment::Staging).rates.unwrap().requests, 100);
        assert_eq!(of(Environment::Prod).origins, Origins::None);
        assert_eq!(of(Environment::Prod).request_time, Duration::from_secs(60));
    }

    #[test]
    fn a_limit_of_nothing_is_refused_by_its_name() {
        let options = Options { compute_threads: 0, ..Options::default() };
        assert_eq!(options.check(), Err(OptionsError::Zero { option: "compute_threads" }));
        let rates = Some(Rates { requests: 0, ..Rates::default() });
        let options = Options { rates, ..Options::default() };
        assert_eq!(options.check(), Err(OptionsError::Zero { option: "rates.requests" }));
        let options = Options { compute_nice: 20, ..Options::default() };
        assert_eq!(options.check(), Err(OptionsError::Nice(20)));
    }

    #[test]
    fn what_no_machine_has_is_refused_before_it_is_tried() {
        let usual = Options::default;
        let forever = Duration::from_secs(u64::MAX);
        for (name, options) in [
            ("compute_threads", Options { compute_threads: 1025, ..usual() }),
            ("queue_per_thread", Options { queue_per_thread: usize::MAX, ..usual() }),
            ("connections", Options { connections: usize::MAX, ..usual() }),
            ("silence", Options { silence: forever, ..usual() }),
            ("grace", Options { grace: forever, ..usual() }),
        ] {
            match options.check() {
                Err(OptionsError::TooMuch { option, .. }) => assert_eq!(option, name),
                other => panic!("{name}: {other:?}"),
            }
        }
    }

    #[test]
    fn what_no_browser_sends_is_no_origin() {
        let with = |origin: &str| {
            let origins = Origins::These(vec![origin.to_owned()]);
            Options { origins, ..Options::default() }.check()
        };
        assert_eq!(with("https://example.org:8443"), Ok(()));
        for bad in ["", "*", "example.org", "https://", "https://a.org/", "ftp://x", "http://a b"] {
            assert_eq!(with(bad), Err(OptionsError::Origin(bad.to_owned())));
        }
    }

    #[test]
    fn environments_are_read_by_their_names() {
        assert_eq!("prod".parse(), Ok(Environment::Prod));
        assert_eq!("Production".parse(), Ok(Environment::Prod));
        assert_eq!("STAGING".parse(), Ok(Environment::Staging));
        assert_eq!("dev".parse::<Environment>().unwrap().name(), "dev");
        assert!("test".parse::<Environment>().unwrap_err().to_string().contains("`test`"));
    }
}
