//! What a cell is rewritten from: itself and its four neighbours, column by column of a row.

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

/// A row with what lies beyond its two ends, and the rows above and below.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) up: &'a [f64],
    pub(super) cells: &'a [f64],
    pub(super) down: &'a [f64],
}

/// How so many sheets are rewritten, each from all.
pub(super) trait Rule<const SHEETS: usize> {
    /// Writes a row of each.
    fn rewrite(&self, rows: [(&mut [f64], Row<'_>); SHEETS]);
}

pub(super) struct Alone<F>(pub(super) F);

impl<F: Fn(Cross) -> f64> Rule<1> for Alone<F> {
    #[inline(always)]
    fn rewrite(&self, [(written, row)]: [(&mut [f64], Row<'_>); 1]) {
        rewrite(written, row, &self.0);
    }
}

pub(super) struct Both<F>(pub(super) F);

impl<F: Fn(Cross, Cross) -> (f64, f64)> Rule<2> for Both<F> {
    #[inline(always)]
    fn rewrite(&self, [one, other]: [(&mut [f64], Row<'_>); 2]) {
        rewrite_both(one.0, other.0, one.1, other.1, &self.0);
    }
}

// What is written is a parameter of its own, so that the compiler knows that nothing else lies
// there, and computes several columns at once. It does so only if it sees that no index lies beyond
// an end, which an enumeration hides from it: that took twice as long.

#[expect(clippy::needless_range_loop, reason = "an enumeration hides the ends from the compiler")]
#[inline(always)]
fn rewrite(written: &mut [f64], row: Row<'_>, new: &impl Fn(Cross) -> f64) {
    let count = written.len();
    let columns = Columns::new(row, count);
    for column in 0..count {
        written[column] = new(columns.cross(column));
    }
}

#[inline(always)]
fn rewrite_both(
    one: &mut [f64],
    other: &mut [f64],
    one_row: Row<'_>,
    other_row: Row<'_>,
    new: &impl Fn(Cross, Cross) -> (f64, f64),
) {
    let count = one.len();
    let other = &mut other[..count];
    let (a, b) = (Columns::new(one_row, count), Columns::new(other_row, count));
    for column in 0..count {
        (one[column], other[column]) = new(a.cross(column), b.cross(column));
    }
}

/// Slices of one length, in which the compiler need not look for the end again and again.
#[derive(Clone, Copy)]
struct Columns<'a> {
    up: &'a [f64],
    left: &'a [f64],
    cells: &'a [f64],
    right: &'a [f64],
    down: &'a [f64],
}

impl<'a> Columns<'a> {
    #[inline(always)]
    fn new(row: Row<'a>, count: usize) -> Columns<'a> {
        Columns {
            up: &row.up[..count],
            left: &row.cells[..count],
            cells: &row.cells[1..][..count],
            right: &row.cells[2..][..count],
            down: &row.down[..count],
        }
    }

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
