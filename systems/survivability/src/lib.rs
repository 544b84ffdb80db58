//! A discrete-event simulator of elastic optical networks under failures: lightpath requests
//! arrive, are routed over one of K candidate paths, hold spectrum, and leave; links fail and are
//! repaired.
//!
//! The core is pure: seeds and times are parameters, and a simulation gives the same bytes on any
//! number of threads. Files and the command line lie at the edge.

pub mod aggregate;
pub mod bench;
pub mod dataset;
pub mod disjoint;
pub mod experiment;
pub mod failure;
pub mod features;
mod fingerprint;
pub mod link_set;
pub mod modulation;
pub mod network;
mod number;
#[cfg(test)]
mod oracle;
pub mod outcome;
pub mod paths;
pub mod plot;
pub mod policy;
pub mod setup;
pub mod simulation;
pub mod spectrum;
pub mod state;
pub mod sweep;
pub mod topology;
pub mod traffic;
pub mod train;
pub mod transition;
