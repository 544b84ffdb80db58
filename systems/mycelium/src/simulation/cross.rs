//! What a cell is rewritten from: itself and its four neighbours, column by column of a row.

use super::strip::{Around, Written};

/// A cell and its four neighbours.
#[derive(Clone, Copy)]
pub(crate) struct Cross {
    pub(super) up: f64,
    pub(super) down: f64,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(crate) cell: f64,
}

impl Cross {
    /// The sum is taken in this order everywhere. It is the order of array programs, so that their
    /// golden values are met to the last bit.
    #[inline(always)]
    pub(crate) fn laplacian(self) -> f64 {
        self.up + self.down + self.left + self.right - 4.0 * self.cell
    }
}

/// How so many fields are rewritten, each from all.
pub(crate) trait Rule<const FIELDS: usize> {
    /// Writes a row of each.
    fn rewrite(&self, written: Written<'_>, around: Around<'_>);
}

impl<F: Fn([Cross; 1]) -> [f64; 1]> Rule<1> for F {
    #[inline(always)]
    fn rewrite(&self, Written { cells, size, .. }: Written<'_>, around: Around<'_>) {
        rewrite_one(&mut cells[..size], around, self);
    }
}

impl<F: Fn([Cross; 2]) -> [f64; 2]> Rule<2> for F {
    #[inline(always)]
    fn rewrite(&self, Written { cells, pitch, size }: Written<'_>, around: Around<'_>) {
        let (a, b) = cells.split_at_mut(pitch);
        rewrite_two(&mut a[..size], &mut b[..size], around, self);
    }
}

impl<F: Fn([Cross; 3]) -> [f64; 3]> Rule<3> for F {
    #[inline(always)]
    fn rewrite(&self, Written { cells, pitch, size }: Written<'_>, around: Around<'_>) {
        let (a, rest) = cells.split_at_mut(pitch);
        let (b, c) = rest.split_at_mut(pitch);
        rewrite_three(&mut a[..size], &mut b[..size], &mut c[..size], around, self);
    }
}

// What is written are parameters of their own, so that the compiler knows that nothing else lies
// there, and computes several columns at once. It does so only if it sees that no index lies beyond
// an end, which an enumeration hides from it: that took twice as long.

#[expect(clippy::needless_range_loop, reason = "an enumeration hides the ends from the compiler")]
#[inline(always)]
fn rewrite_one(a: &mut [f64], around: Around<'_>, new: &impl Fn([Cross; 1]) -> [f64; 1]) {
    let count = a.len();
    let of_a = around.columns(0, count);
    for column in 0..count {
        [a[column]] = new([of_a.cross(column)]);
    }
}

#[inline(always)]
fn rewrite_two(
    a: &mut [f64],
    b: &mut [f64],
    around: Around<'_>,
    new: &impl Fn([Cross; 2]) -> [f64; 2],
) {
    let count = a.len();
    let b = &mut b[..count];
    let (of_a, of_b) = (around.columns(0, count), around.columns(1, count));
    for column in 0..count {
        [a[column], b[column]] = new([of_a.cross(column), of_b.cross(column)]);
    }
}

#[inline(always)]
fn rewrite_three(
    a: &mut [f64],
    b: &mut [f64],
    c: &mut [f64],
    around: Around<'_>,
    new: &impl Fn([Cross; 3]) -> [f64; 3],
) {
    let count = a.len();
    let (b, c) = (&mut b[..count], &mut c[..count]);
    let (of_a, of_b) = (around.columns(0, count), around.columns(1, count));
    let of_c = around.columns(2, count);
    for column in 0..count {
        let crosses = [of_a.cross(column), of_b.cross(column), of_c.cross(column)];
        [a[column], b[column], c[column]] = new(crosses);
    }
}

/// Slices of one length, in which the compiler need not look for the end again and again.
#[derive(Clone, Copy)]
pub(super) struct Columns<'a> {
    pub(super) up: &'a [f64],
    pub(super) left: &'a [f64],
    pub(super) cells: &'a [f64],
    pub(super) right: &'a [f64],
    pub(super) down: &'a [f64],
}

impl Columns<'_> {
    #[inline(always)]
    fn cross(self, column: usize) -> Cross {
        Cross {
            up: self.up[column],
            down: self.down[column],
            left: self.left[column],
            right: self.right[column],
            cell: self.cells[column],
        }
    }
}
