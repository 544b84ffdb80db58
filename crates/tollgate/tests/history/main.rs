//! The history from outside: what is stored is read back, whatever happens in between.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod baselines;
mod child;
mod crash;
mod damage;
mod disk;
mod example;
mod pruning;
mod reading;
mod round_trip;
mod schemas;
mod speed;
mod strategy;
mod transfer;
