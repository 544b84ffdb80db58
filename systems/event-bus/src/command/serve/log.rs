//! The log: lines on standard error, for people or for programs.

use std::io;

use clap::ValueEnum;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    /// One line for each request
    Debug,
}

pub fn start(format: Format, level: LogLevel) {
    let level = match level {
        LogLevel::Error => Level::ERROR,
        LogLevel::Warn => Level::WARN,
        LogLevel::Info => Level::INFO,
        LogLevel::Debug => Level::DEBUG,
    };
    // The client tells at length what we tell ourselves.
    let targets = Targets::new().with_default(level).with_target("async_nats", Level::WARN);
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let log = tracing_subscriber::registry();
    // It fails where a log was started before, which then goes on.
    let _ = match format {
        Format::Text => log.with(lines.with_ansi(false).with_filter(targets)).try_init(),
        Format::Json => log.with(lines.json().flatten_event(true).with_filter(targets)).try_init(),
    };
}
