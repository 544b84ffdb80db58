//! Policies: which of the candidate paths a request gets.

pub mod input;
pub mod learned;
pub mod matrix;
pub mod network;
pub mod weights;
