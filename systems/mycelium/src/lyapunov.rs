//! How fast neighbouring states part: exponents from series and from maps.
//!
//! [`of_map`] and [`of_flow`] have the equations and follow small differences along them;
//! [`rosenstein`] and [`wolf`] have a series alone and look for neighbours in it. The first
//! version's figure is no exponent and is kept under the name of what it is.

mod embedding;
mod increments;
mod rosenstein;
mod spectrum;
mod wolf;

#[cfg(test)]
mod tests;

pub use embedding::Embedding;
pub use increments::{Form, Stability, mean_log_increment, stability};
pub use rosenstein::{Rosenstein, rosenstein};
pub use spectrum::{Flow, of_flow, of_map};
pub use wolf::{Wolf, wolf};
