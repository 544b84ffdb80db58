//! Samples, histograms, quantiles, intervals and comparisons: pure and seeded.

pub mod histogram;
