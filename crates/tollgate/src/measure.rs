//! Where measurements come from.

pub mod import;
