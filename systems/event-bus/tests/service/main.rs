//! The service with a real broker and a real database: what is promised in each mode holds, also
//! when one of them goes away.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../src/bus/tests/broker.rs"]
mod broker;
#[path = "../store/cluster.rs"]
mod cluster;
mod command;
mod core;
mod embedded;
mod process;
mod requests;
mod scene;
mod stream;
mod watch;
