//! What the cells cannot have left, without a look at them: from it follows, step after step, that
//! nothing has to be clamped, and no threshold can be crossed.

use crate::settings::Boundary;

/// Bounds that hold for every cell, if not tightly.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) least: f64,
    pub(super) most: f64,
}

/// More than what rounding adds to a potential in a step.
const ROUNDING: f64 = 1e-14;

impl Span {
    /// Around the cells, and around what lies beyond the edge.
    pub(super) fn around(cells: &[f64], boundary: Boundary) -> Span {
        let mut span = Span::of(cells);
        if boundary == Boundary::Dirichlet {
            span.include(0.0);
        }
        span
    }

    fn of(cells: &[f64]) -> Span {
        let mut span = Span { least: f64::INFINITY, most: f64::NEG_INFINITY };
        for cell in cells {
            span.include(*cell);
        }
        span
    }

    #[inline]
    pub(super) fn include(&mut self, cell: f64) {
        self.least = if cell < self.least { cell } else { self.least };
        self.most = if cell > self.most { cell } else { self.most };
    }

    /// As if any of the cells were raised.
    pub(super) fn raise(&mut self, by: f64) {
        self.least = self.least.min(self.least + by);
        self.most = self.most.max(self.most + by);
    }

    /// After diffusion, whose cells are means of cells for a diffusion of at most a quarter.
    pub(super) fn diffused(self, steps: usize) -> Span {
        let rounding = steps as f64 * ROUNDING;
        Span { least: self.least - rounding, most: self.most + rounding }
    }

    pub(super) fn is_within(self, least: f64, most: f64) -> bool {
        least <= self.least && self.most <= most
    }
}

/// The largest that an activator and an inhibitor can be after a step that began with none above
/// `most`: diffusion leaves the largest as it is, and a reaction adds at most `rate` of it.
pub(super) fn grown(most: f64, rate: f64) -> f64 {
    most * (1.0 + rate) * (1.0 + 1e-12)
}

/// The largest of two fields of numbers that are not below zero.
pub(super) fn most(one: &[f64], other: &[f64]) -> f64 {
    Span::of(one).most.max(Span::of(other).most)
}
