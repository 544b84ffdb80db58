//! What a measured program links: the lines in which it tells Tollgate what it measured.
//!
//! A program in any language can print these lines; this package is a convenience for Rust.

pub mod record;

pub use record::{Better, Record, RecordError, Values};
