//! Performance budgets: from a budget file to a verdict.
//!
//! The flow is `budget` → `plan` → `measure` → `judge` → `report`, with `history` keeping what was
//! measured. Everything but `measure`, `history` and `machine` is pure.

pub mod budget;
pub mod calendar;
pub mod course;
pub mod explain;
pub mod history;
pub mod judge;
pub mod machine;
pub mod measure;
pub mod metric;
pub mod plan;
pub mod quantity;
pub mod report;
pub mod run;
