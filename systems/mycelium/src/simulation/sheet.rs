//! A square of cells that is rewritten from itself, in place, and several times in one sweep over
//! its rows: so cells come from far memory once for as many rewritings.

use super::cross::{Alone, Both, Cross, Rule};
use super::strip::{LEVELS, Order, Strip};
use crate::settings::Boundary;
use crate::wide::{Simd, Work, widely};

/// Cells row by row.
#[derive(Clone, Debug)]
pub(crate) struct Sheet {
    order: Order,
    cells: Vec<f64>,
    strip: Strip,
}

/// What one cell is raised by before one of a sweep's rewritings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raise {
    /// How many rewritings come before.
    pub(crate) level: usize,
    pub(crate) row: usize,
    pub(crate) column: usize,
    pub(crate) by: f64,
    /// What the cell became.
    pub(crate) raised: f64,
}

impl Sheet {
    pub(crate) fn new(size: usize, boundary: Boundary, cells: Vec<f64>) -> Sheet {
        assert_eq!(cells.len(), size * size, "cells of a square");
        let order = Order { size, boundary };
        Sheet { order, cells, strip: Strip::new(order) }
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

    /// Rewrites all rows `times` times, each from itself and its neighbours as they were.
    ///
    /// # Panics
    ///
    /// If that is more than [`LEVELS`] times, or more often than there are rows.
    pub(crate) fn rewrite(
        &mut self,
        times: usize,
        raises: &mut [Raise],
        new: impl Fn(Cross) -> f64,
    ) {
        assert!(times <= self.order.size.min(LEVELS), "{times} rewritings at once");
        widely(Sweep { sheets: [self], times, raises, rule: Alone(new) });
    }

    /// Rewrites two sheets of one size and boundary, each from both.
    pub(crate) fn rewrite_both(
        one: &mut Sheet,
        other: &mut Sheet,
        times: usize,
        new: impl Fn(Cross, Cross) -> (f64, f64),
    ) {
        assert_eq!(one.cells.len(), other.cells.len(), "sheets of one size");
        assert!(times <= one.order.size.min(LEVELS), "{times} rewritings at once");
        widely(Sweep { sheets: [one, other], times, raises: &mut [], rule: Both(new) });
    }

    /// Takes a row of the square in hand.
    #[inline(always)]
    fn load(&mut self, row: usize) {
        let size = self.order.size;
        let cells = &self.cells[row * size..][..size];
        self.strip.row_mut(0, row).copy_from_slice(cells);
    }
}

/// Several rewritings, of which each follows the one before at a distance of a row or two.
struct Sweep<'a, R, const SHEETS: usize> {
    sheets: [&'a mut Sheet; SHEETS],
    times: usize,
    /// Of the first sheet.
    raises: &'a mut [Raise],
    rule: R,
}

impl<R: Rule<SHEETS>, const SHEETS: usize> Work for Sweep<'_, R, SHEETS> {
    type Output = ();

    #[inline(always)]
    fn work<S: Simd>(mut self) {
        let order = self.sheets[0].order;
        for wave in 0..order.size + order.lag() * self.times {
            for level in 0..=self.times {
                match wave.checked_sub(order.lag() * level) {
                    Some(index) if index < order.size => self.write(level, index, order),
                    // Not yet, or not any more.
                    _ => {}
                }
            }
        }
    }
}

impl<R: Rule<SHEETS>, const SHEETS: usize> Sweep<'_, R, SHEETS> {
    #[inline(always)]
    fn write(&mut self, level: usize, index: usize, order: Order) {
        let (row, is_last) = (order.row(level, index), level == self.times);
        if level == 0 {
            for sheet in &mut self.sheets {
                sheet.load(row);
            }
        } else {
            let rows = self.sheets.each_mut().map(|sheet| match is_last {
                true => {
                    let written = &mut sheet.cells[row * order.size..][..order.size];
                    (written, sheet.strip.before(level, index))
                }
                false => sheet.strip.between(level, index),
            });
            self.rule.rewrite(rows);
        }
        if is_last {
            return;
        }
        for raise in self.raises.iter_mut().filter(|raise| (raise.level, raise.row) == (level, row))
        {
            let cell = &mut self.sheets[0].strip.row_mut(level, index)[raise.column];
            *cell += raise.by;
            raise.raised = *cell;
        }
        for sheet in &mut self.sheets {
            sheet.strip.close(level, index);
        }
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
            sheet.rewrite(1, &mut [], |cross| {
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

    const BOUNDARIES: [Boundary; 3] = [Boundary::Periodic, Boundary::Neumann, Boundary::Dirichlet];

    /// Numbers in no order, of which sums are not exact.
    fn square(size: usize) -> Vec<f64> {
        (0..size * size).map(|cell| 1.0 / f64::from((cell * cell % 13 + 1) as u32)).collect()
    }

    fn spread(cross: Cross) -> f64 {
        cross.cell + 0.1 * cross.laplacian()
    }

    #[test]
    fn two_sheets_are_rewritten_as_each_would_be_alone() {
        for boundary in BOUNDARIES {
            let sheet = || Sheet::new(5, boundary, square(5));
            let (mut alone, mut one, mut other) = (sheet(), sheet(), sheet());
            for times in [1, 3, 2] {
                alone.rewrite(times, &mut [], spread);
                let new = |a: Cross, b: Cross| (spread(b), spread(a));
                Sheet::rewrite_both(&mut one, &mut other, times, new);
            }
            assert_eq!(one.cells(), alone.cells());
            assert_eq!(other.into_cells(), alone.into_cells());
        }
    }

    #[test]
    fn several_rewritings_at_once_end_as_one_by_one_and_raise_cells_in_between() {
        for (boundary, size) in BOUNDARIES.into_iter().flat_map(|b| (4..12).map(move |s| (b, s))) {
            for times in 1..=LEVELS {
                let raise = |level: usize| {
                    let (row, column) = (level * 5 % size, (size + level - 1) % size);
                    Raise { level, row, column, by: 0.3, raised: f64::NAN }
                };
                let mut raises: Vec<Raise> = (0..times).map(raise).collect();
                let sheet = || Sheet::new(size, boundary, square(size));
                let (mut at_once, mut one_by_one) = (sheet(), sheet());
                at_once.rewrite(times, &mut raises, spread);
                for raise in &raises {
                    let cell = &mut one_by_one.cells_mut()[raise.row * size + raise.column];
                    *cell += raise.by;
                    assert_eq!(cell.to_bits(), raise.raised.to_bits(), "{raise:?}");
                    one_by_one.rewrite(1, &mut [], spread);
                }
                let found = at_once.cells();
                assert_eq!(found, one_by_one.cells(), "{boundary:?} {size} {times}");
            }
        }
    }
}
