//! Runs of set bits in a row of words.

/// The columns from a start up to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) start: usize,
    pub(super) end: usize,
}

use super::super::mask::BITS;

/// From left to right.
pub(super) fn of(row: &[u64]) -> impl Iterator<Item = Run> {
    let mut column = 0;
    std::iter::from_fn(move || {
        let start = next(row, column, 0)?;
        let end = next(row, start, u64::MAX).unwrap_or(row.len() * BITS);
        column = end;
        Some(Run { start, end })
    })
}

/// The first bit from a column on that is set, after all were turned over where `turn` is set.
fn next(row: &[u64], column: usize, turn: u64) -> Option<usize> {
    let first = column / BITS;
    let mut words = row.iter().enumerate().skip(first).map(|(place, word)| {
        let kept = if place == first { u64::MAX << (column % BITS) } else { u64::MAX };
        (place, (word ^ turn) & kept)
    });
    let (place, word) = words.find(|(_, word)| *word != 0)?;
    Some(place * BITS + word.trailing_zeros() as usize)
}
