//! Products of small matrices in f32, row by row, the same bits on every machine.
//!
//! Each element of a product is summed in ascending order of the inner index, and every product is
//! rounded before it is added: there is no fused multiply-add and no reordering. What runs in
//! parallel are the elements, which the compiler turns into vector instructions.

/// `rows × inner` times `inner × columns`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub rows: usize,
    pub inner: usize,
    pub columns: usize,
}

/// Adds the product of two matrices to `sum`. All three are stored row by row.
pub fn add_product(sum: &mut [f32], left: &[f32], right: &[f32], shape: Shape) {
    let Shape { rows, inner, columns } = shape;
    assert_eq!(sum.len(), rows * columns, "the sum has another shape");
    assert_eq!(left.len(), rows * inner, "the left factor has another shape");
    assert_eq!(right.len(), inner * columns, "the right factor has another shape");
    let mut row = 0;
    while row + 4 <= rows {
        let mut column = 0;
        while column + 8 <= columns {
            tile::<4, 8>(sum, left, right, shape, row, column);
            column += 8;
        }
        while column + 4 <= columns {
            tile::<4, 4>(sum, left, right, shape, row, column);
            column += 4;
        }
        while column < columns {
            tile::<4, 1>(sum, left, right, shape, row, column);
            column += 1;
        }
        row += 4;
    }
    while row < rows {
        add_row(sum, left, right, shape, row);
        row += 1;
    }
}

/// Swaps rows and columns: `columns × rows` from `rows × columns`.
pub fn transpose(from: &[f32], rows: usize, columns: usize, into: &mut Vec<f32>) {
    assert_eq!(from.len(), rows * columns, "the matrix has another shape");
    into.clear();
    into.resize(rows * columns, 0.0);
    if rows == 0 || columns == 0 {
        return;
    }
    for (row, line) in from.chunks_exact(columns).enumerate() {
        for (value, to) in line.iter().zip(into[row..].iter_mut().step_by(rows)) {
            *to = *value;
        }
    }
}

/// One row alone, as in the forward pass of one input: wide tiles, since no other row shares what
/// is loaded.
fn add_row(sum: &mut [f32], left: &[f32], right: &[f32], shape: Shape, row: usize) {
    let columns = shape.columns;
    let mut column = 0;
    while column + 32 <= columns {
        tile::<1, 32>(sum, left, right, shape, row, column);
        column += 32;
    }
    while column + 4 <= columns {
        tile::<1, 4>(sum, left, right, shape, row, column);
        column += 4;
    }
    while column < columns {
        tile::<1, 1>(sum, left, right, shape, row, column);
        column += 1;
    }
}

/// A tile of the sum, kept in registers while the inner index runs.
fn tile<const ROWS: usize, const COLUMNS: usize>(
    sum: &mut [f32],
    left: &[f32],
    right: &[f32],
    shape: Shape,
    row: usize,
    column: usize,
) {
    let Shape { inner, columns, .. } = shape;
    let left: [&[f32]; ROWS] = std::array::from_fn(|r| &left[(row + r) * inner..][..inner]);
    let mut tile = [[0.0_f32; COLUMNS]; ROWS];
    for (r, tile) in tile.iter_mut().enumerate() {
        tile.copy_from_slice(&sum[(row + r) * columns + column..][..COLUMNS]);
    }
    for (i, line) in right.chunks_exact(columns).enumerate().take(inner) {
        let line: &[f32; COLUMNS] =
            line[column..].first_chunk().expect("a tile ends where the row ends or before");
        for (tile, left) in tile.iter_mut().zip(&left) {
            let factor = left[i];
            for (cell, value) in tile.iter_mut().zip(line) {
                *cell += factor * value;
            }
        }
    }
    for (r, tile) in tile.iter().enumerate() {
        sum[(row + r) * columns + column..][..COLUMNS].copy_from_slice(tile);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one_by_one(sum: &mut [f32], left: &[f32], right: &[f32], shape: Shape) {
        for row in 0..shape.rows {
            for column in 0..shape.columns {
                for i in 0..shape.inner {
                    sum[row * shape.columns + column] +=
                        left[row * shape.inner + i] * right[i * shape.columns + column];
                }
            }
        }
    }

    fn matrix(cells: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        let next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from((state >> 16) as u16) / 7.0 - 4000.0
        };
        std::iter::repeat_with(next).take(cells).collect()
    }

    proptest! {
        /// Tiles change what is computed at the same time, never a bit of the result.
        #[test]
        fn a_product_has_the_bits_of_the_sum_one_by_one(
            rows in 0..10_usize, inner in 0..40_usize, columns in 0..75_usize, seed: u32,
        ) {
            let shape = Shape { rows, inner, columns };
            let left = matrix(rows * inner, seed);
            let right = matrix(inner * columns, seed ^ 1);
            let mut sum = matrix(rows * columns, seed ^ 2);
            let mut expected = sum.clone();
            one_by_one(&mut expected, &left, &right, shape);
            add_product(&mut sum, &left, &right, shape);
            let bits = |values: &[f32]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&sum), bits(&expected));
        }

        #[test]
        fn a_matrix_transposed_twice_is_itself(rows in 0..9_usize, columns in 0..9_usize) {
            let from = matrix(rows * columns, 5);
            let (mut once, mut twice) = (Vec::new(), Vec::new());
            transpose(&from, rows, columns, &mut once);
            transpose(&once, columns, rows, &mut twice);
            prop_assert_eq!(twice, from);
        }
    }

    #[test]
    fn a_column_of_a_matrix_is_a_row_of_its_transpose() {
        let mut into = vec![9.0];
        transpose(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, 3, &mut into);
        assert_eq!(into, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    }
}
