//! The generator behind `numpy.random.default_rng`: PCG64 (XSL-RR 128/64, O'Neill 2014), seeded by
//! way of a pool of hashed words.

use super::ziggurat::Bits;

#[derive(Clone, Debug)]
pub(super) struct Pcg64 {
    state: u128,
    increment: u128,
    /// The upper half of bits whose lower half was used for a small integer.
    spare: Option<u32>,
}

const MULTIPLIER: u128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645;

impl Pcg64 {
    pub(super) fn new(seed: u64) -> Pcg64 {
        let [high, low, stream_high, stream_low] = words(seed);
        let start = u128::from(high) << 64 | u128::from(low);
        let stream = u128::from(stream_high) << 64 | u128::from(stream_low);
        let mut pcg = Pcg64 { state: 0, increment: stream << 1 | 1, spare: None };
        pcg.advance();
        pcg.state = pcg.state.wrapping_add(start);
        pcg.advance();
        pcg
    }

    /// What `integers(0, n)` gives: the upper half of a product (Lemire 2019), of 32 bits where
    /// they suffice.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        let whole = 1 << 32;
        match n {
            1 => 0,
            _ if n < whole => self.below_short(n as u32).into(),
            _ if n == whole => self.half().into(),
            _ => self.below_long(n),
        }
    }

    fn below_short(&mut self, n: u32) -> u32 {
        loop {
            let product = u64::from(self.half()) * u64::from(n);
            let low = product as u32;
            if low >= n || low >= n.wrapping_neg() % n {
                return (product >> 32) as u32;
            }
        }
    }

    fn below_long(&mut self, n: u64) -> u64 {
        loop {
            let product = u128::from(self.bits()) * u128::from(n);
            let low = product as u64;
            if low >= n || low >= n.wrapping_neg() % n {
                return (product >> 64) as u64;
            }
        }
    }

    fn half(&mut self) -> u32 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let bits = self.bits();
        self.spare = Some((bits >> 32) as u32);
        bits as u32
    }

    #[inline]
    fn advance(&mut self) {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(self.increment);
    }
}

impl Bits for Pcg64 {
    #[inline]
    fn bits(&mut self) -> u64 {
        self.advance();
        let folded = (self.state >> 64) as u64 ^ self.state as u64;
        folded.rotate_right((self.state >> 122) as u32)
    }
}

/// What `SeedSequence(seed).generate_state(4, uint64)` gives.
fn words(seed: u64) -> [u64; 4] {
    let pool = pool(seed);
    let mut hash = Hash { constant: 0x8b51_f9dd, multiplier: 0x58f3_8ded };
    std::array::from_fn(|index| {
        let low = hash.of(pool[2 * index % 4]);
        let high = hash.of(pool[(2 * index + 1) % 4]);
        u64::from(high) << 32 | u64::from(low)
    })
}

/// The seed's words, each mixed into each.
fn pool(seed: u64) -> [u32; 4] {
    let mut hash = Hash { constant: 0x43b0_d7e5, multiplier: 0x931e_8875 };
    let mut pool = [seed as u32, (seed >> 32) as u32, 0, 0].map(|word| hash.of(word));
    for source in 0..4 {
        for target in (0..4).filter(|target| *target != source) {
            pool[target] = mixed(pool[target], hash.of(pool[source]));
        }
    }
    pool
}

/// A hash of words whose constant changes with each of them.
struct Hash {
    constant: u32,
    multiplier: u32,
}

impl Hash {
    fn of(&mut self, word: u32) -> u32 {
        let word = word ^ self.constant;
        self.constant = self.constant.wrapping_mul(self.multiplier);
        let word = word.wrapping_mul(self.constant);
        word ^ word >> 16
    }
}

fn mixed(one: u32, other: u32) -> u32 {
    let mixed = one.wrapping_mul(0xca01_f9dd).wrapping_sub(other.wrapping_mul(0x4973_f715));
    mixed ^ mixed >> 16
}
