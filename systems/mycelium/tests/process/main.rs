//! The service itself, as a process that is asked over a socket, told to end, and killed.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod busy;
mod client;
mod end;
mod limits;
mod server;
mod start;
