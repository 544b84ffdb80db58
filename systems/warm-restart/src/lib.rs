//! Counts how switches restart (warm or cold, how long until they are in step, what was corrupt and
//! recovered), and alerts on what it counts.

pub mod bench;
pub mod command;
pub mod core;
pub mod daemon;
pub mod durable;
pub mod event;
pub mod export;
pub mod fleet;
pub mod journal;
pub mod lifecycle;
pub mod metrics;
mod place;
pub mod rules;
pub mod series;
pub mod simulate;
pub mod state;
pub mod trend;
