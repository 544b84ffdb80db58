//! The clock behind every timing: what it can tell apart, and what reading it costs.
//!
//! The only place of this package that reads a clock; everything else takes one.

use std::hint::black_box;
use std::time::Instant;

/// Nanoseconds since a moment of the clock's own choice; never goes back.
pub(crate) trait Clock {
    fn now(&self) -> u64;
}

pub(crate) struct SystemClock {
    start: Instant,
}

impl SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the harness's timer is where a clock is read")]
    pub(crate) fn new() -> SystemClock {
        SystemClock { start: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> u64 {
        // 64 bits of nanoseconds last for five centuries.
        self.start.elapsed().as_nanos() as u64
    }
}

/// What a clock is fit for, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Timer {
    /// The shortest time above zero that the clock shows.
    pub period: u64,
    /// What two readings show with nothing in between, at the least.
    pub reading: u64,
    /// What an iteration of an empty loop takes. Told, and left in every figure: a processor
    /// counts while it works, so that subtracting it would take away what was never added.
    pub iteration: f64,
}

/// A clock that stands still for this many readings is as coarse as that took.
const MOST_READINGS: usize = 100_000;
const READINGS: usize = 1_000;
const LOOPS: u64 = 10_000;
const ROUNDS: usize = 20;

impl Timer {
    pub(crate) fn of(clock: &dyn Clock) -> Timer {
        let (mut period, mut reading) = (u64::MAX, u64::MAX);
        for round in 0..MOST_READINGS {
            let before = clock.now();
            let gap = clock.now().saturating_sub(before);
            reading = reading.min(gap);
            if gap > 0 {
                period = period.min(gap);
            }
            if round >= READINGS && period < u64::MAX {
                break;
            }
        }
        if period == u64::MAX {
            period = 1_000_000;
        }
        let mut iteration = f64::INFINITY;
        for _ in 0..ROUNDS {
            let start = clock.now();
            for _ in 0..LOOPS {
                black_box(());
            }
            let passed = clock.now().saturating_sub(start).saturating_sub(reading);
            iteration = iteration.min(passed as f64 / LOOPS as f64);
        }
        Timer { period, reading, iteration }
    }

    /// The shortest time that is timed at all: the clock errs by a twentieth of it at most.
    pub(crate) fn shortest(&self) -> u64 {
        self.period.saturating_mul(20)
    }

    /// A reading without what the clock itself took. A clock that was slower when it was tried
    /// makes zero, never less.
    pub(crate) fn net(&self, nanoseconds: u64) -> u64 {
        nanoseconds.saturating_sub(self.reading)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use super::*;

    /// A clock that passes time when it is told to, and a fixed time at each reading.
    #[derive(Clone)]
    pub(crate) struct Scripted {
        now: Rc<Cell<u64>>,
        reading: u64,
    }

    impl Scripted {
        pub(crate) fn new(reading: u64) -> Scripted {
            Scripted { now: Rc::new(Cell::new(0)), reading }
        }

        pub(crate) fn pass(&self, nanoseconds: u64) {
            self.now.set(self.now.get() + nanoseconds);
        }
    }

    impl Clock for Scripted {
        fn now(&self) -> u64 {
            self.pass(self.reading);
            self.now.get()
        }
    }

    #[test]
    fn a_clock_is_known_by_its_smallest_step() {
        let timer = Timer::of(&Scripted::new(25));
        assert_eq!(timer, Timer { period: 25, reading: 25, iteration: 0.0 });
        assert_eq!(timer.shortest(), 500);
    }

    #[test]
    fn a_clock_that_stands_still_is_taken_for_a_coarse_one() {
        let timer = Timer::of(&Scripted::new(0));
        assert_eq!((timer.period, timer.reading), (1_000_000, 0));
    }

    #[test]
    fn what_is_left_of_a_reading_is_never_negative() {
        let timer = Timer { period: 20, reading: 30, iteration: 0.5 };
        assert_eq!([0, 29, 30, 31].map(|nanoseconds| timer.net(nanoseconds)), [0, 0, 0, 1]);
    }

    #[test]
    fn the_systems_clock_never_goes_back() {
        let clock = SystemClock::new();
        let mut before = clock.now();
        for _ in 0..1_000 {
            let now = clock.now();
            assert!(now >= before);
            before = now;
        }
    }
}
