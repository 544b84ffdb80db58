//! Electric potentials in a mycelium: simulated, turned into features and datasets, learned from,
//! and served over HTTP.

pub mod bench;
pub mod command;
pub mod dataset;
pub mod error;
pub mod features;
pub mod federated;
pub mod field;
pub mod ifs;
pub mod lyapunov;
pub mod membrane;
pub mod model;
pub mod nernst;
pub mod npy;
#[cfg(feature = "parquet")]
mod panicking;
pub mod pattern;
pub mod picture;
pub mod random;
pub mod science;
pub mod service;
pub mod settings;
pub mod simulation;
pub mod validation;
mod whole;
mod wide;
