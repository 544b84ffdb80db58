//! Samples, histograms, quantiles, intervals and comparisons behind Tollgate's verdicts.
//!
//! Everything here is a pure function of its arguments: no clock, no file, no hidden randomness.
//! What needs random numbers takes a seed, so that the same data judged twice gives the same
//! bytes. The methods and what each is checked against are in `docs/statistics.md`.

#![warn(missing_docs)]

pub mod binomial;
pub mod bootstrap;
pub mod change_point;
pub mod compare;
pub mod dependence;
mod distribution;
pub mod histogram;
pub mod interval;
pub mod mean;
pub mod multiple;
pub mod power;
pub mod quantile;
pub mod rng;
pub mod sample;
mod special;
pub mod trend;

pub use histogram::Histogram;
pub use interval::Interval;
pub use sample::Sample;
