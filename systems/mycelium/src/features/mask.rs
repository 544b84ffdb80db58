//! A square of bits: which cells are active.

/// Row by row; each row starts at a word, lowest bit first. Bits beyond the side are never set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    size: usize,
    words_per_row: usize,
    words: Vec<u64>,
}

pub(super) const BITS: usize = u64::BITS as usize;

impl Mask {
    /// With nothing set.
    ///
    /// # Panics
    ///
    /// If the square has no cells.
    #[must_use]
    pub fn new(size: usize) -> Mask {
        assert!(size > 0, "a mask has cells");
        let words_per_row = size.div_ceil(BITS);
        Mask { size, words_per_row, words: vec![0; words_per_row * size] }
    }

    /// Set where the function of row and column says so.
    #[must_use]
    pub fn from_fn(size: usize, mut is_set: impl FnMut(usize, usize) -> bool) -> Mask {
        let mut mask = Mask::new(size);
        for row in 0..size {
            for column in 0..size {
                if is_set(row, column) {
                    mask.set(row, column);
                }
            }
        }
        mask
    }

    /// Set where a cell, which is in volts, is above a level, which is in millivolts.
    ///
    /// # Panics
    ///
    /// If the mask has another size than the cells.
    pub fn fill_above(&mut self, cells: &[f64], level: f64) {
        assert_eq!(cells.len(), self.size * self.size, "a mask has the size of its cells");
        let rows = self.words.chunks_exact_mut(self.words_per_row);
        for (words, row) in rows.zip(cells.chunks_exact(self.size)) {
            for (word, cells) in words.iter_mut().zip(row.chunks(BITS)) {
                let bits = cells.iter().enumerate();
                *word = bits
                    .fold(0, |word, (bit, cell)| word | u64::from(cell * 1000.0 > level) << bit);
            }
        }
    }

    /// # Panics
    ///
    /// If there is no such cell.
    pub fn set(&mut self, row: usize, column: usize) {
        assert!(row < self.size && column < self.size, "no cell {row}, {column}");
        self.words[row * self.words_per_row + column / BITS] |= 1 << (column % BITS);
    }

    /// # Panics
    ///
    /// If there is no such cell.
    #[must_use]
    pub fn get(&self, row: usize, column: usize) -> bool {
        assert!(row < self.size && column < self.size, "no cell {row}, {column}");
        self.words[row * self.words_per_row + column / BITS] >> (column % BITS) & 1 == 1
    }

    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// How many cells are set.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    pub(super) fn rows(&self) -> impl ExactSizeIterator<Item = &[u64]> {
        self.words.chunks_exact(self.words_per_row)
    }

    pub(super) fn row(&self, row: usize) -> &[u64] {
        &self.words[row * self.words_per_row..(row + 1) * self.words_per_row]
    }

    /// Half as many cells a side, rounded up: set where any of the four is that a cell stands for.
    pub(super) fn halved(&self) -> Mask {
        let mut half = Mask::new(self.size.div_ceil(2));
        let per_row = half.words_per_row;
        for (row, words) in half.words.chunks_exact_mut(per_row).enumerate() {
            let upper = self.row(row * 2);
            // Beyond the last row is nothing.
            let lower = if row * 2 + 1 < self.size { self.row(row * 2 + 1) } else { upper };
            for (place, (upper, lower)) in upper.iter().zip(lower).enumerate() {
                let pairs = squeeze(upper | lower);
                words[place / 2] |= pairs << (place % 2 * (BITS / 2));
            }
        }
        half
    }
}

/// A bit of each pair of bits, set if any of the two is; in the lower half of the word.
fn squeeze(word: u64) -> u64 {
    let mut word = (word | word >> 1) & 0x5555_5555_5555_5555;
    word = (word | word >> 1) & 0x3333_3333_3333_3333;
    word = (word | word >> 2) & 0x0f0f_0f0f_0f0f_0f0f;
    word = (word | word >> 4) & 0x00ff_00ff_00ff_00ff;
    word = (word | word >> 8) & 0x0000_ffff_0000_ffff;
    (word | word >> 16) & 0x0000_0000_ffff_ffff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_set_where_the_potential_is_above_the_level_but_not_where_it_is_equal() {
        let mut mask = Mask::new(2);
        mask.fill_above(&[-0.060, -0.0599, -0.07, 0.0], -60.0);
        let set = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(row, column)| mask.get(row, column));
        assert_eq!((set, mask.count()), ([false, true, false, true], 2));
    }

    #[test]
    fn a_mask_is_filled_anew_and_beyond_a_word() {
        let cells: Vec<f64> = (0..70 * 70).map(|cell| f64::from(cell % 3)).collect();
        let mut mask = Mask::from_fn(70, |_, _| true);
        mask.fill_above(&cells, 1500.0);
        let expected = Mask::from_fn(70, |row, column| (row * 70 + column) % 3 == 2);
        assert_eq!(mask, expected);
    }

    #[test]
    fn a_cell_of_the_half_stands_for_four_also_at_the_odd_edge() {
        for size in [1, 2, 3, 64, 65, 127, 130] {
            let mask = Mask::from_fn(size, |row, column| (row * 31 + column * 17) % 11 == 0);
            let half = Mask::from_fn(size.div_ceil(2), |row, column| {
                let rows = row * 2..(row * 2 + 2).min(size);
                let mut columns = column * 2..(column * 2 + 2).min(size);
                columns.any(|column| rows.clone().any(|row| mask.get(row, column)))
            });
            assert_eq!(mask.halved(), half, "{size} a side");
        }
    }

    #[test]
    #[should_panic(expected = "no cell 0, 2")]
    fn a_cell_outside_is_no_cell() {
        Mask::new(2).set(0, 2);
    }
}
