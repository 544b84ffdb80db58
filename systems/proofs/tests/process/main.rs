//! The program itself, as a process that is asked over a socket, told to end, and killed.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod client;
mod command;
mod drain;
mod kill;
mod registry;
mod server;
