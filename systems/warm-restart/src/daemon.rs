//! The service: one thread owns all that is known. It takes what comes over a bounded queue, looks
//! once in an interval, and saves before it answers; whoever waits for others is another thread.

pub mod clock;
pub mod config;
pub mod figures;
pub mod http;
pub mod keeper;
pub mod lock;
pub mod orders;
mod reload;
mod saving;
pub mod schedule;
pub mod sd;
pub mod serve;
mod signal;
pub mod text;
pub mod watch;

pub use self::config::Config;
