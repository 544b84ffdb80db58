//! The moments at which tasks begin in an open loop.

use std::time::Duration;

use rand::Rng;
use rand::rngs::Xoshiro256PlusPlus;

use super::{Curve, stream};
use crate::workload::{self, Leg};

/// The moments, in their order, that one of several threads has to serve.
///
/// The area below the rates counts tasks. Even arrivals begin where it reaches 0.5, 1.5, 2.5 and so
/// on: a whole area of 6000 gives 6000 tasks, as far from the end as from the start. Poisson
/// arrivals begin where it reaches the sums of independent exponential values of mean one. What
/// would begin with the end of the schedule does not.
#[derive(Clone, Debug)]
pub struct Arrivals {
    curve: Curve,
    /// The line that the last moment was on.
    line: usize,
    last: Duration,
    pace: Pace,
}

#[derive(Clone, Debug)]
enum Pace {
    /// The number of the next task, and how many tasks are from one to the next.
    Even { next: u64, stride: u64 },
    /// The area so far; how far apart tasks are in it on average; the thread's own chance.
    Poisson { area: f64, mean: f64, rng: Box<Xoshiro256PlusPlus> },
}

impl Arrivals {
    /// `share` is the thread, from 0, and how many there are. Of even arrivals, each thread serves
    /// every so-manieth task; of Poisson arrivals, an independent process of its part of the rate.
    #[must_use]
    pub fn new(
        legs: &[Leg],
        arrivals: workload::Arrivals,
        seed: u64,
        share: (u32, u32),
    ) -> Arrivals {
        let (thread, threads) = (share.0, share.1.max(1));
        let pace = match arrivals {
            workload::Arrivals::Even => {
                Pace::Even { next: u64::from(thread), stride: u64::from(threads) }
            }
            workload::Arrivals::Poisson => Pace::Poisson {
                area: 0.0,
                mean: f64::from(threads),
                rng: Box::new(stream(seed, "arrivals", thread)),
            },
        };
        Arrivals { curve: Curve::new(legs), line: 0, last: Duration::ZERO, pace }
    }
}

impl Iterator for Arrivals {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let area = self.pace.advance();
        while self.curve.lines().get(self.line)?.after < area {
            self.line += 1;
        }
        // Two areas closer than rounding must not change the order.
        self.last = self.curve.lines()[self.line].when(area).max(self.last);
        (self.last < self.curve.total()).then_some(self.last)
    }
}

impl std::iter::FusedIterator for Arrivals {}

impl Pace {
    /// The area at which the next task begins.
    fn advance(&mut self) -> f64 {
        match self {
            Pace::Even { next, stride } => {
                let area = *next as f64 + 0.5;
                *next += *stride;
                area
            }
            Pace::Poisson { area, mean, rng } => {
                *area += *mean * exponential(rng);
                *area
            }
        }
    }
}

/// Of mean one.
fn exponential(rng: &mut Xoshiro256PlusPlus) -> f64 {
    let uniform = (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    -(-uniform).ln_1p()
}
