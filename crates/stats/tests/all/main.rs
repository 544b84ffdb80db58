//! The tests of the statistics: reference tables, exact oracles, properties, coverage.

#![expect(clippy::float_cmp, reason = "many answers here are exact: ends, ties, equal values")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bootstrap;
mod bursts;
mod change_point;
mod compare;
mod coverage;
mod degenerate;
mod golden;
mod growth;
mod histogram;
mod intervals;
mod power;
mod quantile;
mod trend;
