//! When something is sent, computed from values alone: levels over time, the moments at which tasks
//! begin, who is present when, and what is left to chance. Time is counted from the load's start.

mod arrivals;
mod choice;
mod curve;
mod presence;

use std::time::Duration;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};
use tollgate_stats::rng::seed_from;

pub use arrivals::Arrivals;
pub use choice::{Choice, deal, share};
pub use curve::Curve;
pub use presence::{Presence, spread};

use crate::workload::Think;

/// Random numbers of its own for one of many of a kind, such as user 7, from the load's seed. What
/// others draw meanwhile changes nothing.
#[must_use]
pub fn stream(seed: u64, kind: &str, number: u32) -> Xoshiro256PlusPlus {
    let seed = seed_from(&[&seed.to_string(), kind, &number.to_string()]);
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

/// How long a user thinks this time, evenly from its range, both ends included.
#[must_use]
pub fn pause(think: Think, rng: &mut Xoshiro256PlusPlus) -> Duration {
    let nanoseconds = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    let range = nanoseconds(think.longest.saturating_sub(think.shortest));
    match range {
        0 => think.shortest,
        range => think.shortest + Duration::from_nanos(below(rng, range.saturating_add(1))),
    }
}

/// A number below `n`, by multiplication: the same on every release of the `rand` crate, with a
/// bias of at most n / 2^64.
fn below(rng: &mut Xoshiro256PlusPlus, n: u64) -> u64 {
    ((u128::from(rng.next_u64()) * u128::from(n)) >> 64) as u64
}
