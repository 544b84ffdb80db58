//! Streams of random numbers: fast ones, and those of NumPy to the last bit.

mod fast;
mod numpy;
mod ziggurat;

#[cfg(test)]
mod tests;

use crate::settings::Streams;
use fast::Fast;
use numpy::Pcg64;
use ziggurat::Bits;

/// What a seed stands for, drawn number after number.
#[derive(Clone, Debug)]
pub struct Random(Source);

#[derive(Clone, Debug)]
enum Source {
    Fast(Fast),
    Numpy(Pcg64),
}

impl Random {
    #[must_use]
    pub fn new(streams: Streams, seed: u64) -> Random {
        Random(match streams {
            Streams::Fast => Source::Fast(Fast::new(seed)),
            Streams::Numpy => Source::Numpy(Pcg64::new(seed)),
        })
    }

    /// Evenly from 0 to 1, which is never reached.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        match &mut self.0 {
            Source::Fast(fast) => fast.unit(),
            Source::Numpy(pcg) => pcg.unit(),
        }
    }

    /// Of mean 0 and deviation 1.
    #[inline]
    pub fn normal(&mut self) -> f64 {
        match &mut self.0 {
            Source::Fast(fast) => ziggurat::normal(fast),
            Source::Numpy(pcg) => ziggurat::normal(pcg),
        }
    }

    /// Evenly one of the `n` integers from 0.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn below(&mut self, n: u64) -> u64 {
        assert!(n > 0, "one of no integers");
        match &mut self.0 {
            Source::Fast(fast) => fast.below(n),
            Source::Numpy(pcg) => pcg.below(n),
        }
    }

    #[inline]
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Every order is equally likely. It is not the order of NumPy's `shuffle`.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last as u64 + 1) as usize;
            items.swap(last, other);
        }
    }
}
