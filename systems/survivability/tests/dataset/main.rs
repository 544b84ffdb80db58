//! Datasets: what is written can be read, what is damaged is named, and nothing grows.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod line;
mod logger;
#[cfg(feature = "parquet")]
mod parquet;
mod reader;
mod summary;
mod transitions;
#[cfg(feature = "zstd")]
mod zstd;
