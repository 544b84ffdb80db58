//! Functions whose times lie a thousandfold apart, and one that is less regular.

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

/// The middle of two hundred numbers, found by sorting them: branches that are hard to foresee.
/// Nothing that allocates is compared, because what memory costs hangs on what was done before.
#[must_use]
#[inline(never)]
pub fn middle(seed: u32) -> u32 {
    let mut numbers: [u32; 200] =
        std::array::from_fn(|at| (at as u32 ^ seed).wrapping_mul(2_654_435_761));
    numbers.sort_unstable();
    numbers[100]
}

/// Each run begins where the one before it ended, so that the processor cannot run two at once.
pub const ONE_STEP: &str = "one step";
pub const TEN_STEPS: &str = "ten steps";
pub const A_THOUSAND: &str = "a thousand";
pub const A_MILLION: &str = "a million";
pub const A_SORT: &str = "a sort";

pub const NAMES: [&str; 5] = [ONE_STEP, TEN_STEPS, A_THOUSAND, A_MILLION, A_SORT];
