//! Square fields that are rewritten from themselves, in place, and several times in one sweep over
//! their rows: so cells come from far memory once for as many rewritings.

use super::cross::Rule;
use super::strip::{LEVELS, Order, Rows, Strip, Written};
use crate::settings::Boundary;
use crate::wide::{Simd, Work, widely};

/// The fields, one after the other, each row by row, and what it takes to sweep over them.
#[derive(Clone, Debug)]
pub(crate) struct Sheets<const FIELDS: usize> {
    order: Order,
    cells: Vec<f64>,
    strip: Strip,
}

/// What one cell of the first field is raised by before one of a sweep's rewritings.
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

impl<const FIELDS: usize> Sheets<FIELDS> {
    /// # Panics
    ///
    /// If the cells are not so many squares.
    pub(crate) fn new(size: usize, boundary: Boundary, cells: Vec<f64>) -> Self {
        assert_eq!(cells.len(), FIELDS * size * size, "cells of {FIELDS} squares");
        let order = Order { size, boundary };
        Sheets { order, cells, strip: Strip::new(order, FIELDS) }
    }

    pub(crate) fn fields(&self) -> [&[f64]; FIELDS] {
        let count = self.order.size * self.order.size;
        std::array::from_fn(|field| &self.cells[field * count..][..count])
    }

    pub(crate) fn fields_mut(&mut self) -> [&mut [f64]; FIELDS] {
        let count = self.order.size * self.order.size;
        let mut fields = self.cells.chunks_exact_mut(count);
        std::array::from_fn(|_| fields.next().expect("there are as many"))
    }

    /// The first field alone.
    pub(crate) fn into_first(mut self) -> Vec<f64> {
        self.cells.truncate(self.order.size * self.order.size);
        self.cells.shrink_to_fit();
        self.cells
    }

    /// Rewrites all rows `times` times, those of as many fields as there are in the rule, and from
    /// this field on: each from itself and its neighbours as they were, in all these fields.
    ///
    /// # Panics
    ///
    /// If that is more than [`LEVELS`] times, or more often than there are rows.
    pub(crate) fn rewrite<const COUNT: usize>(
        &mut self,
        from: usize,
        times: usize,
        raises: &mut [Raise],
        rule: impl Rule<COUNT>,
    ) {
        let order = self.order;
        assert!(times <= order.size.min(LEVELS), "{times} rewritings at once");
        assert!(from + COUNT <= FIELDS, "fields {from} to {} of {FIELDS}", from + COUNT);
        let cells = &mut self.cells[from * order.size * order.size..];
        widely(Sweep { cells, rows: self.strip.rows(), order, times, raises, rule });
    }
}

/// Several rewritings, of which each follows the one before at a distance of a row or two.
struct Sweep<'a, R, const FIELDS: usize> {
    cells: &'a mut [f64],
    rows: Rows<'a>,
    order: Order,
    times: usize,
    raises: &'a mut [Raise],
    rule: R,
}

impl<R: Rule<FIELDS>, const FIELDS: usize> Work for Sweep<'_, R, FIELDS> {
    type Output = ();

    #[inline(always)]
    fn work<S: Simd>(mut self) {
        let order = self.order;
        for wave in 0..order.size + order.lag() * self.times {
            for level in 0..=self.times {
                match wave.checked_sub(order.lag() * level) {
                    Some(index) if index < order.size => self.write(level, index),
                    // Not yet, or not any more.
                    _ => {}
                }
            }
        }
    }
}

impl<R: Rule<FIELDS>, const FIELDS: usize> Sweep<'_, R, FIELDS> {
    #[inline(always)]
    fn write(&mut self, level: usize, index: usize) {
        let (row, size) = (self.order.row(level, index), self.order.size);
        if level == 0 {
            for field in 0..FIELDS {
                let cells = &self.cells[field * size * size + row * size..][..size];
                self.rows.own(level, index, field)[1..=size].copy_from_slice(cells);
            }
        } else if level < self.times {
            let (written, around) = self.rows.between(level, index);
            self.rule.rewrite(written, around);
        } else {
            let cells = &mut self.cells[row * size..];
            let written = Written { cells, pitch: size * size, size };
            self.rule.rewrite(written, self.rows.before(level, index));
            return;
        }
        for raise in self.raises.iter_mut().filter(|raise| (raise.level, raise.row) == (level, row))
        {
            let cell = &mut self.rows.own(level, index, 0)[1 + raise.column];
            *cell += raise.by;
            raise.raised = *cell;
        }
        self.rows.close(level, index, FIELDS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::cross::Cross;

    /// What a cell gets from its neighbours, twice, as sums of powers of ten.
    fn gathered(boundary: Boundary) -> [Vec<f64>; 2] {
        let cells: Vec<f64> = (1..=9).map(f64::from).collect();
        let mut sheets = Sheets::<1>::new(3, boundary, cells.clone());
        let mut gather = || {
            sheets.fields_mut()[0].copy_from_slice(&cells);
            sheets.rewrite(0, 1, &mut [], |[cross]: [Cross; 1]| {
                let gathered = (cross.up + cross.down) * 1000.0
                    + cross.left * 100.0
                    + cross.right * 10.0
                    + cross.cell;
                [gathered]
            });
            sheets.fields()[0].to_vec()
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
    fn fields_are_rewritten_as_each_would_be_alone_from_all_of_them() {
        for (boundary, size) in BOUNDARIES.into_iter().flat_map(|b| [5, 16, 21].map(|s| (b, s))) {
            let cells = square(size);
            let turned: Vec<f64> = cells.iter().rev().copied().collect();
            let shifted: Vec<f64> = cells.iter().map(|cell| cell + 1.0).collect();
            let starts = [cells, turned, shifted];
            let mut alone = starts.clone().map(|cells| Sheets::<1>::new(size, boundary, cells));
            let mut two = Sheets::<2>::new(size, boundary, starts[..2].concat());
            let mut three = Sheets::<3>::new(size, boundary, starts.concat());
            for times in [1, 3, 2] {
                for alone in &mut alone {
                    alone.rewrite(0, times, &mut [], |[a]: [Cross; 1]| [spread(a)]);
                }
                // Each field goes to the next one's place and back.
                two.rewrite(0, times, &mut [], |[a, b]: [Cross; 2]| [spread(b), spread(a)]);
                three.rewrite(0, times, &mut [], |[a, b, c]: [Cross; 3]| {
                    [spread(b), spread(c), spread(a)]
                });
            }
            let [a, b, c] = alone.each_ref().map(|alone| alone.fields()[0]);
            assert_eq!(two.fields(), [a, b], "{boundary:?} {size}");
            assert_eq!(three.fields(), [a, b, c], "{boundary:?} {size}");
        }
    }

    #[test]
    fn fields_that_are_not_of_a_rule_are_left_alone() {
        let new = |[a]: [Cross; 1]| [spread(a)];
        let mut alone = Sheets::<1>::new(6, Boundary::Periodic, square(6));
        alone.rewrite(0, 3, &mut [], new);
        let alone = alone.into_first();
        for rewritten in 0..3 {
            let mut sheets = Sheets::<3>::new(6, Boundary::Periodic, square(6).repeat(3));
            sheets.rewrite(rewritten, 3, &mut [], new);
            for (index, field) in sheets.fields().into_iter().enumerate() {
                let expected = if index == rewritten { &alone } else { &square(6) };
                assert_eq!(field, expected, "{index}, of which {rewritten} was rewritten");
            }
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
                let sheets = || Sheets::<1>::new(size, boundary, square(size));
                let (mut at_once, mut one_by_one) = (sheets(), sheets());
                let new = |[cross]: [Cross; 1]| [spread(cross)];
                at_once.rewrite(0, times, &mut raises, new);
                for raise in &raises {
                    let cell = &mut one_by_one.fields_mut()[0][raise.row * size + raise.column];
                    *cell += raise.by;
                    assert_eq!(cell.to_bits(), raise.raised.to_bits(), "{raise:?}");
                    one_by_one.rewrite(0, 1, &mut [], new);
                }
                assert_eq!(at_once.fields(), one_by_one.fields(), "{boundary:?} {size} {times}");
            }
        }
    }
}
