//! Seeded random numbers: every draw in this package comes from a seed given by the caller.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};

/// The generator for resampling, from a seed that is stored with the result.
pub fn seeded(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

/// A seed from names, for example a run's id and a metric, the same on every machine and release.
///
/// FNV-1a over the parts, each preceded by its length so that ("ab", "c") differs from
/// ("a", "bc"), then the finaliser of SplitMix64, because FNV alone mixes its high bits badly.
pub fn seed_from(parts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut eat = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    for part in parts {
        (part.len() as u64).to_le_bytes().into_iter().for_each(&mut eat);
        part.bytes().for_each(&mut eat);
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// `n` uniform numbers in [0, 1) from a linear congruential generator that any language rebuilds
/// in one line. It makes the inputs of the reference tables; it is not for resampling.
pub fn lcg(seed: u64, n: usize) -> Vec<f64> {
    let mut state = seed;
    let next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    std::iter::repeat_with(next).take(n).collect()
}

/// A number below `n`, by multiplication: the same on every release of the `rand` crate, with a
/// bias of at most n / 2^64.
pub(crate) fn below(rng: &mut Xoshiro256PlusPlus, n: usize) -> usize {
    ((u128::from(rng.next_u64()) * n as u128) >> 64) as usize
}
