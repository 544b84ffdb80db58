//! The history from outside: what is stored is read back, whatever happens in between.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic and tell")]

mod baselines;
mod checkpoints;
mod child;
mod crash;
mod damage;
mod disk;
mod example;
mod kept;
mod pruning;
mod reading;
mod round_trip;
mod schemas;
mod size;
mod strategy;
mod transfer;
