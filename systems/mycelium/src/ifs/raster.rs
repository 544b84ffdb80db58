//! A fractal as cells of a square, to be counted in boxes or looked at.

use super::Ifs;
use crate::features::Mask;

/// The first points lie beside the fractal. At scales of a half or less these many bring them
/// nearer to it than a cell of any square that fits in memory.
const AWAY: usize = 30;

impl Ifs {
    /// Set where a point lies, in the smallest upright square around all of them. Row 0 is on top.
    ///
    /// # Panics
    ///
    /// If the square has no cells.
    #[must_use]
    pub fn raster(&self, size: usize) -> Mask {
        let mut mask = Mask::new(size);
        let points = &self.points[AWAY.min(self.points.len() - 1)..];
        let (left, right) = span(points.iter().map(|point| point.0));
        let (bottom, top) = span(points.iter().map(|point| point.1));
        let side = (right - left).max(top - bottom).max(f64::MIN_POSITIVE);
        let cell = |along: f64| ((along / side * size as f64) as usize).min(size - 1);
        for (x, y) in points {
            mask.set(cell(top - y), cell(x - left));
        }
        mask
    }
}

fn span(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| {
        (least.min(value), most.max(value))
    })
}
