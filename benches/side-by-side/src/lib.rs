//! Three functions whose times lie a thousandfold apart.

/// Steps of a generator, each of which waits for the one before.
#[must_use]
#[inline(never)]
pub fn steps(mut state: u64, count: u32) -> u64 {
    for _ in 0..count {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
    }
    state
}

pub const SIZES: [(&str, u32); 3] = [("2 ns", 1), ("2 us", 1_000), ("2 ms", 1_000_000)];
