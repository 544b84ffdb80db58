//! Products of small matrices. The right factor is copied into strips as wide as a tile, whatever
//! way it lies in memory, and the left one is read where it lies, so that one loop serves all
//! products and the compiler keeps a tile in registers. Each sum runs in one order, and is rounded
//! once for each product, so neither the registers nor the shape of a tile change it.

use super::real::Real;
use crate::wide::{Simd, Work, widely};

/// Columns of a tile.
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

/// Where right factors are cut into strips; kept, so that it need not be allocated again.
#[derive(Clone, Debug, Default)]
pub struct Scratch<T> {
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

    /// Adds the product of `left` and this to `out`, whose rows begin every `step` values.
    pub fn add_after(&self, left: View<'_, T>, out: &mut [T], step: usize) {
        assert_eq!(left.columns, self.rows, "the factors fit");
        widely(Product { left, right: self, out, step, is_watched: false });
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
        self.right.add_after(left, out, step);
    }
}

struct Product<'a, T> {
    left: View<'a, T>,
    right: &'a Packed<T>,
    out: &'a mut [T],
    step: usize,
    /// Whether sums may be rounded twice, under watch, where nothing is fused.
    is_watched: bool,
}

impl<T: Real> Work for Product<'_, T> {
    type Output = ();

    #[inline(always)]
    fn work<S: Simd>(mut self) {
        // So many rows that the sums of a tile fill eight registers, or four of the widest: enough
        // that no sum waits for itself for long, and few enough to leave room for the factors and
        // to be kept in registers by the compiler.
        match size_of::<S::f32s>() {
            32.. => self.add_all::<4, true>(),
            _ if S::IS_SCALAR => {
                let right = self.right.strips.as_flattened();
                self.is_watched = T::suits(self.left.values) && T::suits(right);
                self.add_all::<2, false>();
            }
            _ => self.add_all::<2, true>(),
        }
    }
}

impl<T: Real> Product<'_, T> {
    #[inline(always)]
    fn add_all<const HEIGHT: usize, const FUSES: bool>(&mut self) {
        let rows = self.left.rows;
        let even = rows - rows % HEIGHT;
        for top in (0..even).step_by(HEIGHT) {
            self.add_rows::<HEIGHT, FUSES>(top);
        }
        for top in even..rows {
            self.add_rows::<1, FUSES>(top);
        }
    }

    /// The tiles side by side from row `top` on. The left factor lies row by row or column by
    /// column, and one of the two steps is 1.
    #[inline(always)]
    fn add_rows<const ROWS: usize, const FUSES: bool>(&mut self, top: usize) {
        let View { values, columns, row_step, column_step, .. } = self.left;
        if column_step == 1 {
            let row = |row: usize| &values[(top + row) * row_step..][..columns];
            let rows: [&[T]; ROWS] = std::array::from_fn(row);
            self.add_tiles::<ROWS, FUSES>(top, |inner| rows.map(|row| row[inner]));
        } else {
            self.add_tiles::<ROWS, FUSES>(top, |inner| {
                let column = &values[inner * column_step + top..];
                *column.first_chunk().expect("a column has the tile's rows")
            });
        }
    }

    #[inline(always)]
    fn add_tiles<const ROWS: usize, const FUSES: bool>(
        &mut self,
        top: usize,
        left: impl Fn(usize) -> [T; ROWS],
    ) {
        let Packed { rows, columns, ref strips } = *self.right;
        for (index, strip) in strips.chunks_exact(rows).enumerate() {
            let watched =
                if !FUSES && self.is_watched { T::sums_if_certain(&left, strip) } else { None };
            let tile = watched.unwrap_or_else(|| tile::<T, ROWS, FUSES>(&left, strip));
            let first = index * WIDTH;
            let width = WIDTH.min(columns - first);
            for (row, sums) in tile.iter().enumerate() {
                let start = (top + row) * self.step + first;
                let cells = &mut self.out[start..start + width];
                if width == WIDTH {
                    add(&mut cells[..WIDTH], sums);
                } else {
                    add(cells, sums);
                }
            }
        }
    }
}

/// Of a length that the compiler knows if it is a tile's.
#[inline(always)]
fn add<T: Real>(cells: &mut [T], sums: &[T]) {
    cells.iter_mut().zip(sums).for_each(|(cell, sum)| *cell += *sum);
}

/// The sums of a tile, over all of the strip's length.
#[inline(always)]
fn tile<T: Real, const ROWS: usize, const FUSES: bool>(
    left: impl Fn(usize) -> [T; ROWS],
    strip: &[[T; WIDTH]],
) -> [[T; WIDTH]; ROWS] {
    let mut sums = [[T::ZERO; WIDTH]; ROWS];
    for (inner, right) in strip.iter().enumerate() {
        for (sums, factor) in sums.iter_mut().zip(&left(inner)) {
            for (sum, value) in sums.iter_mut().zip(right) {
                *sum = factor.times_plus::<FUSES>(*value, *sum);
            }
        }
    }
    sums
}

/// The columns from `first` on. What lies beyond the last one is left as it was: it comes into sums
/// that nobody reads.
#[inline(always)]
fn cut<T: Real>(strip: &mut [[T; WIDTH]], matrix: View<'_, T>, first: usize) {
    let width = WIDTH.min(matrix.columns - first);
    if matrix.column_step == 1 && width == WIDTH {
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
    fn a_sum_runs_in_one_order_and_is_rounded_once_for_each_product_by_any_registers() {
        let sine = |index: usize| ((index * index + 3 * index) as f32 * 0.618).sin();
        // Whose sums come into the middle of two floats, and whose products are nearly nothing.
        let power = |index: usize| (f64::from(index as u32 * 7 % 25).exp2() + 1.0) as f32;
        let small = |index: usize| if index.is_multiple_of(5) { 1e-30 } else { sine(index) };
        for number in [&sine as &dyn Fn(usize) -> f32, &power, &small] {
            assert_is_rounded_once(number);
        }
    }

    fn assert_is_rounded_once(number: &dyn Fn(usize) -> f32) {
        let (m, k, n) = (9, 33, 37);
        let left: Vec<f32> = (0..m * k).map(number).collect();
        let right: Vec<f32> = (0..k * n).map(|index| number(index + 1000)).collect();
        let (view, packed) = (View::new(&left, m, k), Packed::new(View::new(&right, k, n)));
        let (mut out, mut scalar) = (vec![0.0; m * n], vec![0.0; m * n]);
        packed.add_after(view, &mut out, n);
        let out_scalar = &mut scalar;
        let product =
            Product { left: view, right: &packed, out: out_scalar, step: n, is_watched: false };
        product.work::<pulp::Scalar>();
        assert_eq!(out, scalar);
        for (index, found) in out.iter().enumerate() {
            let pairs = (0..k).map(|i| (left[index / n * k + i], right[i * n + index % n]));
            let sum = pairs.fold(0.0_f32, |sum, (left, right)| left.mul_add(right, sum));
            assert_eq!(found.to_bits(), sum.to_bits(), "{index}: {found} and {sum}");
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
