//! The log of a dashboard: what fires and what is the matter, a line each on standard error.

use std::io;

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

pub fn start() {
    // The client of NATS tells at length what alerts tell themselves.
    let targets = Targets::new().with_default(Level::INFO).with_target("async_nats", Level::ERROR);
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(false);
    let log = tracing_subscriber::registry().with(lines.with_target(false).with_filter(targets));
    // It fails where a log was started before, which then goes on.
    let _ = log.try_init();
}
