//! What `serve` takes, by flags or by variables, and what it makes of that.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;
use clap::builder::BoolishValueParser;
use tracing::Level;

use crate::command::BadInput;
use crate::service::{Environment, Keys, LogFormat, Options, Origins, Rates};

/// Serves simulations, features and a live page over HTTP until SIGINT or SIGTERM.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Serve {
    /// Address to listen on; 0.0.0.0 for all
    #[arg(long, env = "MFN_API_HOST", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub host: IpAddr,
    /// Port to listen on; 0 for any that is free
    #[arg(long, short, env = "MFN_API_PORT", default_value_t = 8000)]
    pub port: u16,
    /// What holds where nothing else is said: dev, staging or prod
    #[arg(long, value_name = "NAME", env = "MFN_ENV", default_value = "dev")]
    env: Environment,
    #[command(flatten)]
    access: Access,
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    watch: Watch,
}

const EXAMPLES: &str = "\
Examples:
  mycelium serve --port 8000
  MFN_ENV=prod MFN_API_KEYS_FILE=keys.txt mycelium serve --host 0.0.0.0";

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Who may ask")]
struct Access {
    /// A key that clients may send; others see it among the processes, so prefer a file
    #[arg(long, value_name = "KEY", env = "MFN_API_KEY", hide_env_values = true)]
    api_key: Option<String>,
    /// More keys
    #[arg(
        long,
        value_name = "KEY,...",
        env = "MFN_API_KEYS",
        hide_env_values = true,
        value_delimiter = ','
    )]
    api_keys: Vec<String>,
    /// A file with a key
    #[arg(long, value_name = "FILE", env = "MFN_API_KEY_FILE")]
    api_key_file: Option<PathBuf>,
    /// A file with keys, one a line or with commas between
    #[arg(long, value_name = "FILE", env = "MFN_API_KEYS_FILE")]
    api_keys_file: Option<PathBuf>,
    /// Whether all but the public addresses ask for a key [default: by --env]
    #[arg(
        long,
        value_name = "BOOL",
        env = "MFN_API_KEY_REQUIRED",
        num_args = 0..=1,
        default_missing_value = "true",
        value_parser = BoolishValueParser::new()
    )]
    api_key_required: Option<bool>,
    /// Origins whose pages may ask; * for all [default: by --env]
    #[arg(long, value_name = "URL,...", env = "MFN_CORS_ORIGINS", value_delimiter = ',')]
    cors_origins: Vec<String>,
    /// Proxies whose X-Forwarded-For is believed
    #[arg(long, value_name = "ADDRESS,...", env = "MFN_TRUSTED_PROXIES", value_delimiter = ',')]
    trusted_proxies: Vec<IpAddr>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "How much")]
struct Limits {
    /// Whether clients are limited [default: by --env]
    #[arg(
        long,
        value_name = "BOOL",
        env = "MFN_RATE_LIMIT_ENABLED",
        num_args = 0..=1,
        default_missing_value = "true",
        value_parser = BoolishValueParser::new()
    )]
    rate_limit_enabled: Option<bool>,
    /// Requests of one client in a window, for addresses without a limit of their own
    #[arg(long, value_name = "N", env = "MFN_RATE_LIMIT_REQUESTS", default_value_t = 100)]
    rate_limit_requests: u32,
    /// The window
    #[arg(long, value_name = "SECONDS", env = "MFN_RATE_LIMIT_WINDOW", default_value_t = 60)]
    rate_limit_window: u64,
    /// Threads that compute [default: one for each core]
    #[arg(long, value_name = "N", env = "MFN_COMPUTE_THREADS")]
    compute_threads: Option<usize>,
    /// Jobs that may wait for each of them
    #[arg(long, value_name = "N", env = "MFN_QUEUE_PER_THREAD", default_value_t = 4)]
    queue_per_thread: usize,
    /// Seconds that a request may take [default: by --env]
    #[arg(long, value_name = "SECONDS", env = "MFN_REQUEST_SECONDS")]
    request_seconds: Option<u64>,
    /// The longest body in bytes
    #[arg(long, value_name = "BYTES", env = "MFN_BODY_LIMIT", default_value_t = 1 << 20)]
    body_limit: usize,
    /// Connections at a time; who comes then waits
    #[arg(long, value_name = "N", env = "MFN_CONNECTIONS", default_value_t = 10_000)]
    connections: usize,
    /// Seconds for which a connection may be silent
    #[arg(long, value_name = "SECONDS", env = "MFN_IDLE_SECONDS", default_value_t = 60)]
    idle_seconds: u64,
    /// Seconds that requests at hand have when the service is asked to end
    #[arg(long, value_name = "SECONDS", env = "MFN_DRAIN_SECONDS", default_value_t = 30)]
    drain_seconds: u64,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "For those who watch")]
struct Watch {
    /// Whether there are metrics
    #[arg(
        long,
        value_name = "BOOL",
        env = "MFN_METRICS_ENABLED",
        default_value_t = true,
        num_args = 0..=1,
        default_missing_value = "true",
        action = clap::ArgAction::Set,
        value_parser = BoolishValueParser::new()
    )]
    metrics_enabled: bool,
    /// Whether reading them takes a key, too
    #[arg(
        long,
        value_name = "BOOL",
        env = "MFN_METRICS_INCLUDE_IN_AUTH",
        default_value_t = false,
        num_args = 0..=1,
        default_missing_value = "true",
        action = clap::ArgAction::Set,
        value_parser = BoolishValueParser::new()
    )]
    metrics_include_in_auth: bool,
    /// How the log is written [default: json in prod, otherwise text]
    #[arg(long, value_name = "FORMAT", env = "MFN_LOG_FORMAT", ignore_case = true)]
    log_format: Option<FormatName>,
    /// What the log says
    #[arg(
        long,
        value_name = "LEVEL",
        env = "MFN_LOG_LEVEL",
        default_value = "info",
        ignore_case = true
    )]
    log_level: LevelName,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatName {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LevelName {
    Error,
    #[value(alias = "warn")]
    Warning,
    Info,
    Debug,
}

/// All that was chosen.
pub struct Chosen {
    pub options: Options,
    pub log_format: LogFormat,
    pub log_level: Level,
}

impl Serve {
    pub fn chosen(&self) -> Result<Chosen, BadInput> {
        let options = self.options()?;
        let log_format = match self.watch.log_format {
            Some(FormatName::Text) => LogFormat::Text,
            Some(FormatName::Json) => LogFormat::Json,
            None => LogFormat::of(self.env),
        };
        let log_level = match self.watch.log_level {
            LevelName::Error => Level::ERROR,
            LevelName::Warning => Level::WARN,
            LevelName::Info => Level::INFO,
            LevelName::Debug => Level::DEBUG,
        };
        Ok(Chosen { options, log_format, log_level })
    }

    fn options(&self) -> Result<Options, BadInput> {
        let defaults = Options::for_environment(self.env);
        let limits = &self.limits;
        let rates = Rates {
            requests: limits.rate_limit_requests,
            window: Duration::from_secs(limits.rate_limit_window),
        };
        let is_limited = limits.rate_limit_enabled.unwrap_or(defaults.rates.is_some());
        Ok(Options {
            keys: self.access.keys()?,
            keys_required: self.access.api_key_required.unwrap_or(defaults.keys_required),
            rates: is_limited.then_some(rates),
            trusted_proxies: self.access.trusted_proxies.clone(),
            origins: self.access.origins().unwrap_or(defaults.origins),
            compute_threads: limits.compute_threads.unwrap_or(defaults.compute_threads),
            queue_per_thread: limits.queue_per_thread,
            request_time: limits.request_seconds.map_or(defaults.request_time, Duration::from_secs),
            body_limit: limits.body_limit,
            connections: limits.connections,
            silence: Duration::from_secs(limits.idle_seconds),
            grace: Duration::from_secs(limits.drain_seconds),
            metrics: self.watch.metrics_enabled,
            metrics_need_key: self.watch.metrics_include_in_auth,
            ..defaults
        })
    }
}

impl Access {
    fn keys(&self) -> Result<Keys, BadInput> {
        let mut keys: Vec<String> = self.api_keys.clone();
        keys.extend(self.api_key.clone());
        if let Some(path) = &self.api_key_file {
            keys.push(read(path)?);
        }
        if let Some(path) = &self.api_keys_file {
            keys.extend(read(path)?.split([',', '\n']).map(str::to_owned));
        }
        Ok(Keys::of(keys))
    }

    fn origins(&self) -> Option<Origins> {
        let origins: Vec<String> =
            self.cors_origins.iter().map(|origin| origin.trim().to_owned()).collect();
        match origins.iter().any(|origin| origin == "*") {
            _ if origins.is_empty() => None,
            true => Some(Origins::Any),
            false => Some(Origins::These(origins)),
        }
    }
}

fn read(path: &Path) -> Result<String, BadInput> {
    std::fs::read_to_string(path)
        .map_err(|error| BadInput(format!("could not read {}: {error}", path.display())))
}
