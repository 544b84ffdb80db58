//! What `event-bus serve` takes, and what it makes of that.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

use clap::ValueEnum;

use super::log::{Format, LogLevel};
use crate::bus::{Address, Options};
use crate::command::BadInput;
use crate::command::connect::Connect;
use crate::service::{Mode, Settings, Streams};
use crate::store::{self, Retention};
use crate::writer::Limits;

#[derive(Debug, clap::Args)]
#[command(after_help = "`--bus embedded` needs no broker: the bus is inside this process, and \
                        with --listen other commands reach it as they would reach a broker.")]
pub struct Serve {
    #[command(flatten)]
    connect: Connect,
    /// With `--bus embedded`: where clients of NATS are let in; port 0 for any that is free
    #[arg(long, value_name = "ADDRESS", env = "EVENT_BUS_LISTEN")]
    listen: Option<SocketAddr>,
    /// Where events are kept: a path, sqlite:PATH or postgres://...
    #[arg(
        long,
        value_name = "URL",
        env = "EVENT_BUS_STORE",
        hide_env_values = true,
        default_value = "sqlite:event-bus.db"
    )]
    pub store: String,
    /// What a stored event survives
    #[arg(long, env = "EVENT_BUS_DURABILITY", default_value = "process")]
    pub durability: Durability,
    /// Take events from a stream, until they are stored
    #[arg(long, env = "EVENT_BUS_JETSTREAM", conflicts_with = "core")]
    jetstream: bool,
    /// Take events as they are published, at most once; this is the default
    #[arg(long)]
    core: bool,
    /// Where to answer /health, /ready and /metrics, for example 127.0.0.1:8080
    #[arg(long, value_name = "ADDRESS", env = "EVENT_BUS_HTTP")]
    pub http: Option<SocketAddr>,
    /// Instances with one queue share the work
    #[arg(long, value_name = "NAME", env = "EVENT_BUS_QUEUE", default_value = "db")]
    queue: String,
    /// The name of this instance; a made-up one if not given
    #[arg(long, value_name = "NAME", env = "EVENT_BUS_INSTANCE")]
    instance: Option<String>,
    /// Publish the ids of what was committed to {prefix}.receipts
    #[arg(long, env = "EVENT_BUS_RECEIPTS")]
    receipts: bool,
    /// Events in one transaction at most
    #[arg(long, value_name = "N", env = "EVENT_BUS_BATCH", default_value_t = NonZeroUsize::new(500).expect("it is not zero"))]
    batch: NonZeroUsize,
    /// Milliseconds for which a batch may gather
    #[arg(long, value_name = "MS", env = "EVENT_BUS_BATCH_MS", default_value_t = 5)]
    batch_ms: u64,
    /// Microseconds for which a batch waits for more right after another; 0 commits at once
    #[arg(long, value_name = "US", env = "EVENT_BUS_LINGER_US", default_value_t = 1000)]
    linger_us: u64,
    /// Events taken and not yet committed, at most
    #[arg(long, value_name = "N", env = "EVENT_BUS_IN_FLIGHT", default_value_t = NonZeroUsize::new(4096).expect("it is not zero"))]
    in_flight: NonZeroUsize,
    /// The stream of events; that of what cannot be stored is called the same with _DEAD behind it
    #[arg(long, value_name = "NAME", env = "EVENT_BUS_STREAM", default_value = "EVENTS")]
    stream: String,
    /// Hours for which the streams keep what they have
    #[arg(long, value_name = "HOURS", env = "EVENT_BUS_STREAM_HOURS", default_value_t = 168)]
    stream_hours: u64,
    /// Bytes of each stream at most, after which publishing is refused; 0 for no limit
    #[arg(long, value_name = "BYTES", env = "EVENT_BUS_STREAM_BYTES", default_value_t = 0)]
    stream_bytes: u64,
    /// Milliseconds without a sign of life after which another instance gets an event
    #[arg(
        long,
        value_name = "MS",
        env = "EVENT_BUS_ACK_WAIT_MS",
        default_value_t = 5_000,
        value_parser = clap::value_parser!(u64).range(100..)
    )]
    ack_wait_ms: u64,
    /// Hours for which messages of the chat are kept; 0 for ever
    #[arg(long, value_name = "HOURS", env = "EVENT_BUS_KEEP_CHAT_HOURS", default_value_t = 150)]
    keep_chat_hours: u64,
    /// Hours for which all other events are kept; 0 for ever
    #[arg(long, value_name = "HOURS", env = "EVENT_BUS_KEEP_EVENT_HOURS", default_value_t = 720)]
    keep_event_hours: u64,
    /// Threads that read the database
    #[arg(long, value_name = "N", env = "EVENT_BUS_READERS", default_value_t = NonZeroUsize::new(2).expect("it is not zero"))]
    readers: NonZeroUsize,
    /// Threads of the runtime; one for each core if not given
    #[arg(long, value_name = "N", env = "EVENT_BUS_WORKERS")]
    pub workers: Option<NonZeroUsize>,
    /// Seconds to finish what was taken once the service is asked to end
    #[arg(long, value_name = "SECONDS", env = "EVENT_BUS_DRAIN_SECONDS", default_value_t = 10)]
    pub drain_seconds: u64,
    /// How the log is written
    #[arg(long, value_name = "FORMAT", env = "EVENT_BUS_LOG_FORMAT", default_value = "text")]
    pub log_format: Format,
    /// What the log says
    #[arg(long, value_name = "LEVEL", env = "EVENT_BUS_LOG_LEVEL", default_value = "info")]
    pub log_level: LogLevel,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Durability {
    /// The end of the process; the loss of power may take the last moments with it
    Process,
    /// The loss of power; each commit waits for the disk
    Disk,
}

/// Which bus it is.
pub enum Where {
    Nats(Box<Options>),
    Embedded { listen: Option<SocketAddr> },
}

impl Serve {
    pub fn place(&self) -> Result<Where, BadInput> {
        match (&self.connect.bus, self.listen) {
            (Address::Embedded, listen) => Ok(Where::Embedded { listen }),
            (Address::Nats(_), None) => Ok(Where::Nats(Box::new(self.connect.options()?))),
            (Address::Nats(server), Some(_)) => Err(BadInput(format!(
                "--listen is for `--bus embedded`; {server} has listeners of its own"
            ))),
        }
    }

    pub fn settings(&self) -> Result<Settings, BadInput> {
        let bad = |what: &str, name: &str| BadInput(format!("{what} {name:?} is not one token"));
        let is_token = |name: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
            !name.is_empty() && name.len() <= 64 && name.chars().all(plain)
        };
        let named = [("--queue", Some(&self.queue)), ("--instance", self.instance.as_ref())];
        for (option, name) in named.into_iter().chain([("--stream", Some(&self.stream))]) {
            if let Some(name) = name.filter(|name| !is_token(name)) {
                return Err(bad(option, name));
            }
        }
        let mut settings = Settings::new(self.connect.prefix.clone(), self.mode()?);
        if let Some(instance) = &self.instance {
            settings.instance.clone_from(instance);
        }
        Ok(Settings {
            queue: self.queue.clone(),
            receipts: self.receipts,
            in_flight: self.in_flight.get(),
            readers: self.readers.get(),
            retention: Some(self.retention()),
            ..settings
        })
    }

    fn retention(&self) -> Retention {
        let ms = |hours: u64| match hours {
            0 => u64::MAX,
            hours => hours.saturating_mul(3_600_000),
        };
        Retention {
            chat_ms: ms(self.keep_chat_hours),
            events_ms: ms(self.keep_event_hours),
            ..Retention::default()
        }
    }

    fn mode(&self) -> Result<Mode, BadInput> {
        if !self.jetstream {
            return Ok(Mode::Core);
        }
        if self.connect.bus == Address::Embedded {
            let text = "--jetstream needs a NATS server: the embedded bus has no streams";
            return Err(BadInput(text.to_owned()));
        }
        Ok(Mode::Stream(Streams {
            events: self.stream.clone(),
            dead: format!("{}_DEAD", self.stream),
            age: Duration::from_secs(self.stream_hours * 3600),
            bytes: self.stream_bytes,
            ack_wait: Duration::from_millis(self.ack_wait_ms),
            pull: self.batch.get(),
        }))
    }

    pub fn limits(&self) -> Limits {
        Limits {
            // Room for what may be in flight and for the requests beside it.
            queue: self.in_flight.get() + 1024,
            batch: self.batch.get(),
            longest_wait: Duration::from_millis(self.batch_ms),
            linger: Duration::from_micros(self.linger_us),
        }
    }
}

impl From<Durability> for store::Durability {
    fn from(durability: Durability) -> store::Durability {
        match durability {
            Durability::Process => store::Durability::Process,
            Durability::Disk => store::Durability::Disk,
        }
    }
}
