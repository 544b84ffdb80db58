//! A square of cells that is rewritten from itself: from the cells as they were, into as many that
//! take their place.

use crate::settings::Boundary;
use crate::wide::{Work, widely};

/// Cells row by row, and room for what they become.
#[derive(Clone, Debug)]
pub(crate) struct Sheet {
    size: usize,
    boundary: Boundary,
    cells: Vec<f64>,
    next: Vec<f64>,
    /// A row outside of the square.
    zeros: Vec<f64>,
}

impl Sheet {
    pub(crate) fn new(size: usize, boundary: Boundary, cells: Vec<f64>) -> Sheet {
        assert_eq!(cells.len(), size * size, "cells of a square");
        Sheet { size, boundary, next: vec![0.0; size * size], cells, zeros: vec![0.0; size] }
    }

    pub(crate) fn cells(&self) -> &[f64] {
        &self.cells
    }

    pub(crate) fn cells_mut(&mut self) -> &mut [f64] {
        &mut self.cells
    }

    pub(crate) fn into_cells(self) -> Vec<f64> {
        self.cells
    }

    /// Rewrites all rows, each from itself and its neighbours as they were.
    pub(crate) fn rewrite(&mut self, new: impl Fn(Cross) -> f64) {
        widely(Rewrite { sheet: self, new });
        self.turn();
    }

    /// Rewrites two sheets of one size, each from both.
    pub(crate) fn rewrite_both(
        one: &mut Sheet,
        other: &mut Sheet,
        new: impl Fn(Cross, Cross) -> (f64, f64),
    ) {
        assert_eq!(one.size, other.size, "sheets of one size");
        widely(RewriteBoth { one, other, new });
        one.turn();
        other.turn();
    }

    fn turn(&mut self) {
        std::mem::swap(&mut self.cells, &mut self.next);
    }

    /// The row that is to be written, and what to write it from.
    #[inline(always)]
    fn row(&mut self, index: usize) -> (&mut [f64], Row<'_>) {
        let (size, last) = (self.size, self.size - 1);
        let at = |index: usize| &self.cells[index * size..(index + 1) * size];
        let cells = at(index);
        let (above, below, before, after) = match self.boundary {
            Boundary::Periodic => (at(last), at(0), cells[last], cells[0]),
            Boundary::Neumann => (cells, cells, cells[0], cells[last]),
            Boundary::Dirichlet => (&*self.zeros, &*self.zeros, 0.0, 0.0),
        };
        let up = if index == 0 { above } else { at(index - 1) };
        let down = if index == last { below } else { at(index + 1) };
        let written = &mut self.next[index * size..(index + 1) * size];
        (written, Row { up, cells, down, before, after })
    }
}

struct Rewrite<'a, F> {
    sheet: &'a mut Sheet,
    new: F,
}

impl<F: Fn(Cross) -> f64> Work for Rewrite<'_, F> {
    type Output = ();

    #[inline(always)]
    fn work(self) {
        for index in 0..self.sheet.size {
            let (written, row) = self.sheet.row(index);
            rewrite(written, row, &self.new);
        }
    }
}

struct RewriteBoth<'a, F> {
    one: &'a mut Sheet,
    other: &'a mut Sheet,
    new: F,
}

impl<F: Fn(Cross, Cross) -> (f64, f64)> Work for RewriteBoth<'_, F> {
    type Output = ();

    #[inline(always)]
    fn work(self) {
        for index in 0..self.one.size {
            let (one, other) = (self.one.row(index), self.other.row(index));
            rewrite_both(one.0, other.0, one.1, other.1, &self.new);
        }
    }
}

/// A row, those above and below, and what lies beyond its two ends.
#[derive(Clone, Copy)]
struct Row<'a> {
    up: &'a [f64],
    cells: &'a [f64],
    down: &'a [f64],
    before: f64,
    after: f64,
}

impl<'a> Row<'a> {
    /// The cells of the first and the last column.
    #[inline(always)]
    fn edges(self) -> [Cross; 2] {
        let last = self.cells.len() - 1;
        let cross = |column: usize, left: f64, right: f64| {
            let (up, down) = (self.up[column], self.down[column]);
            Cross { up, down, left, right, cell: self.cells[column] }
        };
        [cross(0, self.before, self.cells[1]), cross(last, self.cells[last - 1], self.after)]
    }

    /// All columns that have a neighbour on either side. The loop over them is free of conditions.
    #[inline(always)]
    fn inner(self) -> impl Iterator<Item = Cross> + use<'a> {
        let last = self.cells.len() - 1;
        let beside = self.cells.windows(3);
        beside.zip(&self.up[1..last]).zip(&self.down[1..last]).map(|((cells, up), down)| Cross {
            up: *up,
            down: *down,
            left: cells[0],
            right: cells[2],
            cell: cells[1],
        })
    }
}

// What is written is a parameter of its own, so that the compiler knows that nothing else lies
// there, and computes several columns at once.

#[inline(always)]
fn rewrite(written: &mut [f64], row: Row<'_>, new: &impl Fn(Cross) -> f64) {
    let last = written.len() - 1;
    for (written, cross) in written[1..last].iter_mut().zip(row.inner()) {
        *written = new(cross);
    }
    let edges = row.edges().map(new);
    (written[0], written[last]) = (edges[0], edges[1]);
}

#[inline(always)]
fn rewrite_both(
    one: &mut [f64],
    other: &mut [f64],
    one_row: Row<'_>,
    other_row: Row<'_>,
    new: &impl Fn(Cross, Cross) -> (f64, f64),
) {
    let last = one.len() - 1;
    let written = one[1..last].iter_mut().zip(&mut other[1..last]);
    for ((written, a), b) in written.zip(one_row.inner()).zip(other_row.inner()) {
        (*written.0, *written.1) = new(a, b);
    }
    let [a, c] = one_row.edges();
    let [b, d] = other_row.edges();
    (one[0], other[0]) = new(a, b);
    (one[last], other[last]) = new(c, d);
}

/// A cell and its four neighbours.
#[derive(Clone, Copy)]
pub(crate) struct Cross {
    up: f64,
    down: f64,
    left: f64,
    right: f64,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What a cell gets from its neighbours, twice, as sums of powers of ten.
    fn gathered(boundary: Boundary) -> [Vec<f64>; 2] {
        let mut sheet = Sheet::new(3, boundary, (1..=9).map(f64::from).collect());
        let mut gather = || {
            let cells = sheet.cells().to_vec();
            sheet.rewrite(|cross| {
                (cross.up + cross.down) * 1000.0
                    + cross.left * 100.0
                    + cross.right * 10.0
                    + cross.cell
            });
            let gathered = sheet.cells().to_vec();
            sheet.cells_mut().copy_from_slice(&cells);
            gathered
        };
        [gather(), gather()]
    }

    #[test]
    fn neighbours_are_those_before_the_rewriting_and_those_of_the_boundary() {
        #[rustfmt::skip]
        let expected = [
            (Boundary::Periodic, [
                11321.0, 13132.0, 15213.0,
                8654.0, 10465.0, 12546.0,
                5987.0, 7798.0, 9879.0,
            ]),
            (Boundary::Neumann, [
                5121.0, 7132.0, 9233.0,
                8454.0, 10465.0, 12566.0,
                11787.0, 13798.0, 15899.0,
            ]),
            (Boundary::Dirichlet, [
                4021.0, 5132.0, 6203.0,
                8054.0, 10465.0, 12506.0,
                4087.0, 5798.0, 6809.0,
            ]),
        ];
        for (boundary, expected) in expected {
            for found in gathered(boundary) {
                let found: Vec<u64> = found.iter().map(|cell| cell.to_bits()).collect();
                assert_eq!(found, expected.map(f64::to_bits), "{boundary:?}");
            }
        }
    }

    #[test]
    fn two_sheets_are_rewritten_as_each_would_be_alone() {
        let start: Vec<f64> = (0..25).map(|cell| f64::from(cell * cell % 13)).collect();
        for boundary in [Boundary::Periodic, Boundary::Neumann, Boundary::Dirichlet] {
            let sheet = || Sheet::new(5, boundary, start.clone());
            let (mut alone, mut one, mut other) = (sheet(), sheet(), sheet());
            for _ in 0..3 {
                alone.rewrite(Cross::laplacian);
                let new = |a: Cross, b: Cross| (b.laplacian(), a.laplacian());
                Sheet::rewrite_both(&mut one, &mut other, new);
            }
            assert_eq!(one.cells(), alone.cells());
            assert_eq!(other.into_cells(), alone.into_cells());
        }
    }
}
