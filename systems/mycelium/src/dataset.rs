//! Many runs turned into rows: what is drawn for each, and the files they are written to.
//!
//! A [`Plan`] says which runs; everything drawn for a row comes from the plan alone, so that rows
//! can be computed in any order, by any number of threads, and again after an interruption.

pub mod array;
mod error;
mod files;
pub mod inspect;
mod journal;
mod plan;
mod preset;
mod row;
mod run;
mod table;
#[cfg(test)]
mod tests;

pub use error::DatasetError;
pub use files::{Format, read, write};
pub use plan::{Plan, Recipe, Sampler, Scenario};
pub use preset::{PRESETS, Preset};
pub use row::{Draw, Row};
pub use run::{Progress, Report, generate};
pub use table::{Column, Table};
