//! Products of small matrices. Both factors are copied into strips as wide as a tile, whatever way
//! they lie in memory, so that one loop serves all products and the compiler keeps a tile in
//! registers. Each sum runs in one order, so the width of the registers does not change it.

use super::real::Real;
use crate::wide::{Work, widely};

/// Rows and columns of a tile: eight registers of four `f32`, half of what every x86-64 has. Wide
/// and low is fastest there: few values have to be spread over a register.
const HEIGHT: usize = 2;
const WIDTH: usize = 16;

/// A matrix that lies in a slice, row by row or column by column.
#[derive(Clone, Copy, Debug)]
pub struct View<'a, T> {
    values: &'a [T],
    rows: usize,
    columns: usize,
    row_step: usize,
    column_step: usize,
}

/// A right factor, cut into strips.
#[derive(Clone, Debug, Default)]
pub struct Packed<T> {
    rows: usize,
    columns: usize,
    strips: Vec<[T; WIDTH]>,
}

/// Where factors are cut into strips; kept, so that it need not be allocated again.
#[derive(Clone, Debug, Default)]
pub struct Scratch<T> {
    left: Vec<[T; HEIGHT]>,
    right: Packed<T>,
}

impl<'a, T> View<'a, T> {
    /// Row after row.
    pub fn new(values: &'a [T], rows: usize, columns: usize) -> View<'a, T> {
        View::spaced(values, rows, columns, columns)
    }

    /// Rows that begin every `row_step` values.
    pub fn spaced(values: &'a [T], rows: usize, columns: usize, row_step: usize) -> View<'a, T> {
        debug_assert!(rows > 0 && columns > 0, "no matrix here is empty");
        View { values, rows, columns, row_step, column_step: 1 }
    }

    pub fn transposed(self) -> View<'a, T> {
        View {
            values: self.values,
            rows: self.columns,
            columns: self.rows,
            row_step: self.column_step,
            column_step: self.row_step,
        }
    }
}

impl<T: Real> Packed<T> {
    pub fn new(matrix: View<'_, T>) -> Packed<T> {
        let mut packed = Packed::default();
        packed.pack(matrix);
        packed
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    fn pack(&mut self, matrix: View<'_, T>) {
        (self.rows, self.columns) = (matrix.rows, matrix.columns);
        let strips = matrix.columns.div_ceil(WIDTH);
        self.strips.resize(matrix.rows * strips, [T::ZERO; WIDTH]);
        for (index, strip) in self.strips.chunks_exact_mut(matrix.rows).enumerate() {
            cut(strip, matrix, index * WIDTH);
        }
    }
}

impl<T: Real> Scratch<T> {
    /// Adds the product to `out`, whose rows begin every `step` values.
    pub fn add(&mut self, left: View<'_, T>, right: View<'_, T>, out: &mut [T], step: usize) {
        self.right.pack(right);
        add_product(left, &self.right, &mut self.left, (out, step));
    }

    /// The same with a factor that was packed before.
    pub fn add_packed(&mut self, left: View<'_, T>, right: &Packed<T>, out: &mut [T]) {
        add_product(left, right, &mut self.left, (out, right.columns));
    }
}

fn add_product<T: Real>(
    left: View<'_, T>,
    right: &Packed<T>,
    strip: &mut Vec<[T; HEIGHT]>,
    (out, step): (&mut [T], usize),
) {
    assert_eq!(left.columns, right.rows, "the factors fit");
    strip.resize(left.columns, [T::ZERO; HEIGHT]);
    widely(Product { left, right, strip, out, step });
}

struct Product<'a, T> {
    left: View<'a, T>,
    right: &'a Packed<T>,
    strip: &'a mut [[T; HEIGHT]],
    out: &'a mut [T],
    step: usize,
}

impl<T: Real> Work for Product<'_, T> {
    type Output = ();

    #[inline(always)]
    fn work(self) {
        let Product { left, right, strip, out, step } = self;
        add_tiles(left, right, strip, out, step);
    }
}

#[inline(always)]
fn add_tiles<T: Real>(
    left: View<'_, T>,
    right: &Packed<T>,
    strip: &mut [[T; HEIGHT]],
    out: &mut [T],
    step: usize,
) {
    for top in (0..left.rows).step_by(HEIGHT) {
        cut(strip, left.transposed(), top);
        let height = HEIGHT.min(left.rows - top);
        for (index, columns) in right.strips.chunks_exact(right.rows).enumerate() {
            let tile = tile(strip, columns);
            let start = index * WIDTH;
            let width = WIDTH.min(right.columns - start);
            for (row, sums) in tile.iter().take(height).enumerate() {
                let start = (top + row) * step + start;
                let cells = &mut out[start..start + width];
                cells.iter_mut().zip(sums).for_each(|(cell, sum)| *cell += *sum);
            }
        }
    }
}

/// The sums of a tile, over all of the strips' length.
#[inline(always)]
fn tile<T: Real>(left: &[[T; HEIGHT]], right: &[[T; WIDTH]]) -> [[T; WIDTH]; HEIGHT] {
    let mut sums = [[T::ZERO; WIDTH]; HEIGHT];
    for (left, right) in left.iter().zip(right) {
        for (sums, factor) in sums.iter_mut().zip(left) {
            for (sum, value) in sums.iter_mut().zip(right) {
                *sum += *factor * *value;
            }
        }
    }
    sums
}

/// The columns from `first` on. What lies beyond the last one is left as it was: it comes into sums
/// that nobody reads.
#[inline(always)]
fn cut<T: Real, const N: usize>(strip: &mut [[T; N]], matrix: View<'_, T>, first: usize) {
    let width = N.min(matrix.columns - first);
    if matrix.column_step == 1 && width == N {
        for (row, slots) in strip.iter_mut().enumerate() {
            let values = &matrix.values[row * matrix.row_step + first..];
            *slots = *values.first_chunk().expect("a row has this strip's columns");
        }
        return;
    }
    for lane in 0..width {
        let column = &matrix.values[(first + lane) * matrix.column_step..];
        for (slots, value) in strip.iter_mut().zip(column.iter().step_by(matrix.row_step)) {
            slots[lane] = *value;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Row by column, as it is defined.
    fn product(left: &[f64], right: &[f64], (m, k, n): (usize, usize, usize)) -> Vec<f64> {
        let cell = |index: usize| {
            let (row, column) = (index / n, index % n);
            (0..k).map(|inner| left[row * k + inner] * right[inner * n + column]).sum()
        };
        (0..m * n).map(cell).collect()
    }

    fn transpose(values: &[f64], rows: usize, columns: usize) -> Vec<f64> {
        (0..rows * columns).map(|index| values[index % rows * columns + index / rows]).collect()
    }

    proptest! {
        #[test]
        fn a_product_is_the_sums_of_row_by_column_whichever_way_the_factors_lie(
            (m, k, n) in (1_usize..8, 1_usize..12, 1_usize..40),
            seed in 0_u32..1000,
        ) {
            // Small integers: every sum is exact.
            let number = |index: usize| f64::from((index as u32 * 7 + seed) % 23) - 11.0;
            let left: Vec<f64> = (0..m * k).map(number).collect();
            let right: Vec<f64> = (0..k * n).map(|index| number(index + 5)).collect();
            let expected = product(&left, &right, (m, k, n));
            let (turned_left, turned_right) = (transpose(&left, m, k), transpose(&right, k, n));
            let lefts = [View::new(&left, m, k), View::new(&turned_left, k, m).transposed()];
            let rights = [View::new(&right, k, n), View::new(&turned_right, n, k).transposed()];
            let mut scratch = Scratch::default();
            for left in lefts {
                for right in rights {
                    let mut out = vec![0.0; m * n];
                    scratch.add(left, right, &mut out, n);
                    prop_assert_eq!(&out, &expected);
                }
            }
        }
    }

    #[test]
    fn a_product_is_added_to_what_was_there_and_touches_nothing_between_its_rows() {
        let mut out = vec![1.0, 9.0, 1.0, 9.0];
        let (left, right) = ([2.0, 3.0], [10.0]);
        let mut scratch = Scratch::default();
        scratch.add(View::new(&left, 2, 1), View::new(&right, 1, 1), &mut out, 2);
        assert_eq!(out, [21.0, 9.0, 31.0, 9.0]);
    }
}
