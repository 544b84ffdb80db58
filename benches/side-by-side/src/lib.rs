//! Functions whose times lie a thousandfold apart, and one that allocates.

/// Steps of a generator, each of which waits for the one before: six operations of one processor
/// cycle each.
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

/// Makes texts of so many numbers and gives their memory back: what is kept until later makes the
/// next ones cost more, and the tools keep different amounts.
#[must_use]
#[inline(never)]
pub fn texts(count: u32) -> usize {
    let texts: Vec<String> = (0..count).map(|number| number.to_string()).collect();
    std::hint::black_box(&texts).len()
}

/// Each run begins where the one before it ended, so that the processor cannot run two at once.
pub const ONE_STEP: &str = "one step";
pub const A_THOUSAND: &str = "a thousand";
pub const A_MILLION: &str = "a million";
pub const TEXTS: &str = "a hundred texts";

pub const NAMES: [&str; 4] = [ONE_STEP, A_THOUSAND, A_MILLION, TEXTS];
