//! The load generator against real servers.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod accounts;
mod answers;
mod broken;
mod bus;
mod ends;
mod expectations;
mod freeze;
mod limits;
mod loads;
mod messages;
mod rates;
mod raw;
mod redirects;
mod secure;
mod server;
mod users;
