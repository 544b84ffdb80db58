//! The simulator against what is known from elsewhere: formulas, chains solved exactly, counts of
//! another simulator. Every seed is fixed, so that a test gives the same answer each time.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod build;
mod classes;
mod compatible;
mod course;
mod erlang;
mod interval;
mod protection;
mod repeat;
