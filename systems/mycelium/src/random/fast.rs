//! Numbers of xoshiro256++ (Blackman and Vigna 2019).

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};

use super::ziggurat::Bits;

#[derive(Clone, Debug)]
pub(super) struct Fast(Xoshiro256PlusPlus);

impl Fast {
    pub(super) fn new(seed: u64) -> Fast {
        Fast(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// The upper half of a product (Lemire 2019); what would favour some integers is drawn anew.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        loop {
            let product = u128::from(self.bits()) * u128::from(n);
            let low = product as u64;
            if low >= n || low >= n.wrapping_neg() % n {
                return (product >> 64) as u64;
            }
        }
    }
}

impl Bits for Fast {
    #[inline]
    fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }
}
