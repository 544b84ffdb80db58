//! The tests of the bus: who hears what, against a naive answer; queues; and the door's protocol.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod door;
mod headers;
mod model;
mod protocol;
mod queues;
