//! How many boxes of a grid hold a cell that is set.

use super::super::mask::{BITS, Mask};

/// What becomes of cells beyond the last whole box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    /// A box reaches over the edge for them.
    Over,
    /// They are left out.
    Within,
}

/// For each of the rising sizes. A size that is a multiple of twice the last one is counted on a
/// mask that was halved on the way: the mask with less to look at.
pub(super) fn counts(mask: &Mask, sizes: &[usize], edge: Edge) -> Vec<u64> {
    let mut halved: Option<Mask> = None;
    let mut scale = 1;
    let mut count = |&size: &usize| {
        while size.is_multiple_of(scale * 2) {
            halved = Some(halved.as_ref().unwrap_or(mask).halved());
            scale *= 2;
        }
        let per_side = match edge {
            Edge::Over => mask.size().div_ceil(size),
            Edge::Within => mask.size() / size,
        };
        match &halved {
            Some(halved) if size.is_multiple_of(scale) => occupied(halved, size / scale, per_side),
            _ => occupied(mask, size, per_side),
        }
    };
    sizes.iter().map(&mut count).collect()
}

/// Among so many boxes along each side, from the corner on.
fn occupied(mask: &Mask, size: usize, per_side: usize) -> u64 {
    let mut band = vec![0; mask.row(0).len()];
    let mut count = 0;
    for row in 0..per_side {
        band.fill(0);
        for row in row * size..((row + 1) * size).min(mask.size()) {
            for (band, word) in band.iter_mut().zip(mask.row(row)) {
                *band |= word;
            }
        }
        count += if size == 1 {
            ones(&band, per_side)
        } else {
            (0..per_side).filter(|place| any(&band, place * size, size)).count() as u64
        };
    }
    count
}

/// How many of the first bits are set.
fn ones(words: &[u64], bits: usize) -> u64 {
    let whole: u64 = words[..bits / BITS].iter().map(|word| u64::from(word.count_ones())).sum();
    match bits % BITS {
        0 => whole,
        rest => whole + u64::from((words[bits / BITS] & !(u64::MAX << rest)).count_ones()),
    }
}

/// Whether any of so many bits is set, as far as there are words.
fn any(words: &[u64], from: usize, bits: usize) -> bool {
    let to = (from + bits).min(words.len() * BITS);
    let last = (to - 1) / BITS;
    (from / BITS..=last).any(|place| {
        let mut word = words[place];
        if place == from / BITS {
            word &= u64::MAX << (from % BITS);
        }
        if place == last {
            word &= u64::MAX >> (BITS - 1 - (to - 1) % BITS);
        }
        word != 0
    })
}
