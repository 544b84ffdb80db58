//! One cell of a step: diffusion, and diffusion with reaction. Products and sums are rounded one by
//! one, never fused, so that every machine computes the same bits.

use super::cross::Cross;

/// A cell after diffusion.
#[inline(always)]
pub(super) fn diffused(cell: Cross, alpha: f64) -> f64 {
    cell.cell + alpha * cell.laplacian()
}

/// How fast two substances spread, and react with one another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kinetics {
    pub(super) activator_diffusion: f64,
    pub(super) inhibitor_diffusion: f64,
    pub(super) activator_rate: f64,
    pub(super) inhibitor_rate: f64,
}

impl Kinetics {
    /// What one of the two gains in a step is at most this share of the larger.
    pub(super) fn rate(self) -> f64 {
        self.activator_rate.max(self.inhibitor_rate)
    }

    /// Both after the step, as far as they are not below zero.
    #[inline(always)]
    pub(super) fn react(self, activator: Cross, inhibitor: Cross) -> [f64; 2] {
        let (a, i) = (activator.cell, inhibitor.cell);
        let reaction = self.activator_rate * (a * (1.0 - a) - i);
        let next_a = a + (self.activator_diffusion * activator.laplacian() + reaction);
        let reaction = self.inhibitor_rate * (a - i);
        let next_i = i + (self.inhibitor_diffusion * inhibitor.laplacian() + reaction);
        [raised(next_a), raised(next_i)]
    }
}

/// At least zero. Written as one comparison, for which processors have one instruction, and which
/// keeps what is not a number.
#[inline(always)]
fn raised(value: f64) -> f64 {
    if 0.0 > value { 0.0 } else { value }
}
