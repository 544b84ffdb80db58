//! The program itself, as a process that is asked over a socket, told to end, and killed.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod broker;
mod command;
mod documents;
mod journal;
mod kill;
mod life;
mod publish;
mod reload;
mod secure;
mod server;
mod watchers;
