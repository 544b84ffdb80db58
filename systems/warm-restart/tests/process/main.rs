//! The program itself, as a process that is asked over a socket, told to end, and killed.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod command;
mod kill;
mod life;
mod server;
mod watchers;
