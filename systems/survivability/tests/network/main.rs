//! Topologies and the paths through them, by the public interface.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod graphs;
mod paths;
mod paths_golden;
