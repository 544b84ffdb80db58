//! A small network with attention and spike-timing plasticity, and its training.
//!
//! Everything is written for one core and small layers. The way through and the way back allocate
//! nothing once a workspace is warm, and every sum has one order, whatever the registers are.

mod adam;
mod attention;
mod backward;
mod fused;
mod linear;
mod matrix;
mod network;
mod plasticity;
mod real;
mod stdp;
mod train;
mod twice;
mod weights;
mod workspace;

#[cfg(test)]
mod tests;

pub use adam::Adam;
pub use fused::Fused;
pub use network::{Architecture, Batch, Network};
pub use plasticity::Plasticity;
pub use real::Real;
pub use stdp::Stdp;
pub use train::Trainer;
pub use workspace::Workspace;
