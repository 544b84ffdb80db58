//! Runs of ones in a row of words, bit 0 of the first word lowest.

/// Keeps the bits at which a run of so many ones begins. Each step ANDs the row with itself shifted
/// by as much as the runs found so far are long, so that the length doubles.
pub fn run_starts(bits: &mut [u64], length: u16) {
    let mut found = 1;
    while found < length {
        let step = found.min(length - found);
        and_shifted(bits, step);
        found += step;
    }
}

/// The length of the longest run of ones.
#[must_use]
pub fn longest_run(bits: &[u64]) -> u16 {
    let mut longest = 0;
    let mut length = 0;
    for word in bits {
        // A run goes on from the word before through its lowest ones.
        let ones = word.trailing_ones() as u16;
        length += ones;
        longest = longest.max(length);
        if ones == 64 {
            continue;
        }
        longest = longest.max(longest_within(*word));
        length = word.leading_ones() as u16;
    }
    longest.max(length)
}

/// The runs of ones as start and length, ascending.
pub(super) fn runs(bits: &[u64]) -> impl Iterator<Item = (u16, u16)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = next(bits, at, false)?;
        let end = next(bits, start, true).unwrap_or(bits.len() as u16 * 64);
        at = end;
        Some((start, end - start))
    })
}

/// The lowest one.
pub(super) fn lowest(bits: &[u64]) -> Option<u16> {
    let word = bits.iter().position(|word| *word != 0)?;
    Some(word as u16 * 64 + bits[word].trailing_zeros() as u16)
}

/// The highest one.
pub(super) fn highest(bits: &[u64]) -> Option<u16> {
    let word = bits.iter().rposition(|word| *word != 0)?;
    Some(word as u16 * 64 + 63 - bits[word].leading_zeros() as u16)
}

/// The n-th one, from 0.
pub(super) fn nth(bits: &[u64], mut n: u64) -> Option<u16> {
    for (word, index) in bits.iter().zip(0..) {
        let ones = u64::from(word.count_ones());
        if n < ones {
            let mut rest = *word;
            for _ in 0..n {
                rest &= rest - 1;
            }
            return Some(index * 64 + rest.trailing_zeros() as u16);
        }
        n -= ones;
    }
    None
}

/// Calls with each word a run touches and its bits there; true if every call was.
pub(super) fn for_each_mask(
    start: u16,
    length: u16,
    mut call: impl FnMut(usize, u64) -> bool,
) -> bool {
    let (mut at, end) = (u32::from(start), u32::from(start) + u32::from(length));
    let mut all = true;
    while at < end {
        let bits = (64 - at % 64).min(end - at);
        let mask = (u64::MAX >> (64 - bits)) << (at % 64);
        all &= call(at as usize / 64, mask);
        at += bits;
    }
    all
}

/// The longest run of ones inside one word: how often it can be ANDed with itself shifted by one.
fn longest_within(word: u64) -> u16 {
    // Powers of two first: halves[i] has a one where a run of 2^i ones begins.
    let mut halves = [word, 0, 0, 0, 0, 0];
    let mut reached = 0;
    for power in 1..6 {
        let before = halves[power - 1];
        halves[power] = before & before >> (1 << (power - 1));
        if halves[power] == 0 {
            break;
        }
        reached = power;
    }
    if word == 0 {
        return 0;
    }
    let (mut found, mut length) = (halves[reached], 1_u16 << reached);
    for power in (0..reached).rev() {
        let longer = found & halves[power] >> length;
        if longer != 0 {
            found = longer;
            length += 1 << power;
        }
    }
    length
}

/// ANDs the row with itself, moved down by so many bits.
fn and_shifted(bits: &mut [u64], step: u16) {
    let (words, step) = (usize::from(step) / 64, u32::from(step) % 64);
    for index in 0..bits.len() {
        let low = bits.get(index + words).copied().unwrap_or(0);
        let shifted = match step {
            0 => low,
            _ => low >> step | bits.get(index + words + 1).copied().unwrap_or(0) << (64 - step),
        };
        bits[index] &= shifted;
    }
}

/// The first bit at or above `from` that is a zero, or a one.
fn next(bits: &[u64], from: u16, zero: bool) -> Option<u16> {
    let flip = if zero { u64::MAX } else { 0 };
    let mut word = usize::from(from / 64);
    let mut rest = (bits.get(word)? ^ flip) & (u64::MAX << (from % 64));
    while rest == 0 {
        word += 1;
        rest = bits.get(word)? ^ flip;
    }
    Some(word as u16 * 64 + rest.trailing_zeros() as u16)
}
