//! What a measured program links: the lines in which it tells Tollgate what it measured.
//!
//! A program in any language can print these lines; this package is a convenience for Rust.
//!
//! ```
//! use tollgate_harness::{Record, Values};
//!
//! let record = Record {
//!     operation: Some("parse".to_owned()),
//!     metric: "time".to_owned(),
//!     unit: "us".to_owned(),
//!     better: None,
//!     values: Values::Samples(vec![112.5, 108.1]),
//! };
//! record.print(&mut std::io::stdout())?;
//! # Ok::<(), std::io::Error>(())
//! ```

pub mod record;

pub use record::{Better, Record, RecordError, Values};
