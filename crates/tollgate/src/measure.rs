//! Measuring.
pub mod launcher;
