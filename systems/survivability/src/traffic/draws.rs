//! The random numbers of a request stream, from one of two generators.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng as _, SeedableRng as _};
use rand_mt::Mt;

use super::Generator;

/// A seeded generator. Two streams of one seed are told apart by their number.
#[derive(Clone, Debug)]
pub struct Draws {
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    Xoshiro(Xoshiro256PlusPlus),
    Mersenne(Box<Mt>),
}

impl Draws {
    /// The generator of a request stream.
    #[must_use]
    pub fn traffic(generator: Generator, seed: u64) -> Draws {
        match generator {
            Generator::Xoshiro => Draws::stream(seed, 0),
            // The reference generator takes 32 bits; a longer seed is folded.
            Generator::Mersenne => {
                let seed = (seed ^ seed >> 32) as u32;
                Draws { source: Source::Mersenne(Box::new(Mt::new(seed))) }
            }
        }
    }

    /// A stream of its own for what is not traffic: placement, policies, failures.
    #[must_use]
    pub fn stream(seed: u64, stream: u64) -> Draws {
        // An odd constant keeps the seeds of different streams apart; splitmix64 does the mixing.
        // Not its own increment, with which streams would share three of four words of state.
        let seed = seed.wrapping_add(stream.wrapping_mul(0xD1B5_4A32_D192_ED03));
        Draws { source: Source::Xoshiro(Xoshiro256PlusPlus::seed_from_u64(seed)) }
    }

    /// Uniform in [0, 1) with 53 bits.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        const SCALE: f64 = 1.0 / (1_u64 << 53) as f64;
        match &mut self.source {
            Source::Xoshiro(xoshiro) => (xoshiro.next_u64() >> 11) as f64 * SCALE,
            Source::Mersenne(mersenne) => {
                let high = u64::from(mersenne.next_u32() >> 5);
                let low = u64::from(mersenne.next_u32() >> 6);
                (high << 26 | low) as f64 * SCALE
            }
        }
    }

    /// Exponential with mean 1.
    #[inline]
    pub fn exponential(&mut self) -> f64 {
        let uniform = self.uniform();
        // Once in 2^53 draws the logarithm would be infinite.
        if uniform > 0.0 { -uniform.ln() } else { 53.0 * std::f64::consts::LN_2 }
    }

    /// A whole number below `count`.
    #[inline]
    pub fn below(&mut self, count: u64) -> u64 {
        ((self.uniform() * count as f64) as u64).min(count - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::float_cmp, reason = "the stream is reproduced to the bit")]
    fn the_mersenne_stream_is_that_of_numpy() {
        let mut draws = Draws::traffic(Generator::Mersenne, 1);
        // numpy.random.seed(1); numpy.random.uniform(size=6)
        let expected = [
            0.417022004702574,
            0.7203244934421581,
            0.00011437481734488664,
            0.30233257263183977,
            0.14675589081711304,
            0.0923385947687978,
        ];
        assert_eq!(expected.map(|_| draws.uniform()), expected);
    }

    #[test]
    fn streams_of_one_seed_differ() {
        let mut first = Draws::stream(7, 0);
        let mut second = Draws::stream(7, 1);
        assert!((0..8).any(|_| first.below(1 << 40) != second.below(1 << 40)));
    }

    /// Seeding takes four steps of splitmix64. Streams whose seeds lie its increment apart would
    /// begin with states that overlap.
    #[test]
    fn the_states_of_two_streams_share_no_word() {
        const INCREMENT: u64 = 0x9E37_79B9_7F4A_7C15;
        let word = |seed: u64, step: u64| {
            let z = seed.wrapping_add(INCREMENT.wrapping_mul(step));
            let z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ z >> 31
        };
        // The first number of a generator comes from its first and its last word.
        let first = |from: u64, to: u64| from.wrapping_add(to).rotate_left(23).wrapping_add(from);
        let uniform = |number: u64| (number >> 11) as f64 / (1_u64 << 53) as f64;
        let seed = 42;
        let begins = |stream: u64, step: u64| {
            let expected = uniform(first(word(seed, step), word(seed, step + 3)));
            (Draws::stream(seed, stream).uniform() - expected).abs() < f64::EPSILON
        };
        assert!(begins(0, 1), "the seeding is another one than this test takes it for");
        assert!((1..4).all(|stream| (1..1000).all(|step| !begins(stream, step))));
    }

    #[test]
    fn exponential_draws_have_mean_and_deviation_one() {
        let mut draws = Draws::stream(3, 0);
        let values: Vec<f64> = (0..200_000).map(|_| draws.exponential()).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let square = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>();
        let deviation = (square / values.len() as f64).sqrt();
        assert!((mean - 1.0).abs() < 0.01 && (deviation - 1.0).abs() < 0.02, "{mean} {deviation}");
    }
}
