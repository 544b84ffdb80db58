//! Draws that depend on a seed alone, and not on the release of the `rand` crate.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};

use crate::policy::network::{Layer, Network};

pub(super) struct Random(Xoshiro256PlusPlus);

impl Random {
    pub(super) fn new(seed: u64) -> Random {
        Random(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// Fisher and Yates.
    pub(super) fn shuffle(&mut self, items: &mut [usize]) {
        for last in (1..items.len()).rev() {
            let drawn = ((u128::from(self.0.next_u64()) * (last as u128 + 1)) >> 64) as usize;
            items.swap(last, drawn);
        }
    }

    /// Layers of those widths as PyTorch begins them: weights and biases uniform up to one by the
    /// root of the number of inputs (Kaiming's uniform with a = √5).
    pub(super) fn network(&mut self, widths: &[usize]) -> Network {
        let mut layer = |inputs: usize, outputs: usize| {
            let bound = 1.0 / (inputs as f32).sqrt();
            let mut draw = |count| (0..count).map(|_| self.symmetric() * bound).collect();
            Layer::new(inputs, draw(inputs * outputs), draw(outputs))
        };
        Network::new(widths.windows(2).map(|pair| layer(pair[0], pair[1])).collect())
    }

    /// Uniform from -1 to below 1, of 2²⁴ values.
    fn symmetric(&mut self) -> f32 {
        (self.0.next_u64() >> 40) as f32 / (1 << 23) as f32 - 1.0
    }
}

/// A number from 0 to below 1 that looks random and is the same for the same two (the finaliser of
/// SplitMix64).
pub(super) fn hash(seed: u64, of: u64) -> f64 {
    let mut mixed = seed;
    for part in [0x9e37_79b9_7f4a_7c15, of] {
        mixed = mixed.wrapping_add(part).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
    }
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shuffle_keeps_every_item_and_comes_from_its_seed() {
        let shuffled = |seed| {
            let mut items: Vec<usize> = (0..100).collect();
            Random::new(seed).shuffle(&mut items);
            items
        };
        assert_eq!(shuffled(1), shuffled(1));
        assert_ne!(shuffled(1), shuffled(2));
        let mut sorted = shuffled(1);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn first_weights_spread_evenly_within_their_bound() {
        let network = Random::new(3).network(&[25, 128, 4]);
        assert_eq!(network.hidden(), [128]);
        let weights = network.layers()[0].weights();
        assert!(weights.iter().all(|weight| (-0.2..0.2).contains(weight)));
        let squares: f32 = weights.iter().map(|weight| weight * weight).sum();
        let variance = squares / weights.len() as f32;
        assert!((variance / (0.04 / 3.0) - 1.0).abs() < 0.05, "{variance}");
    }

    #[test]
    fn hashes_spread_evenly() {
        let below = (0..10_000).filter(|index| hash(5, *index) < 0.2).count();
        assert!((1_850..2_150).contains(&below), "{below}");
        assert!((hash(1, 2) - hash(2, 1)).abs() > 1e-9);
    }
}
