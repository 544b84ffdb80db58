//! Topologies and the paths through them, by the public interface.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod disjoint;
mod formats;
mod graphs;
mod networkx;
mod paths;
mod paths_golden;
mod shipped;
