//! Rules over named, labelled metrics: what holds for how long, since when, and who is told. All of
//! it is pure: time is a parameter, and nothing here waits, reads a clock or opens a file. Only the
//! feature `deliver` does what is to be done for somebody to be told.

pub mod board;
#[cfg(feature = "deliver")]
pub mod deliver;
pub mod desk;
pub mod engine;
pub mod file;
pub mod labels;
pub mod matcher;
pub mod moment;
pub mod mute;
pub mod notify;
pub mod outbox;
pub mod prometheus;
pub mod rule;
pub mod saved;
