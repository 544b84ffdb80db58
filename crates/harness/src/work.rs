//! The loops around what is timed: a closure alone, or one that is given an input each time.
//!
//! Inputs exist before the clock is read and outputs die after it was read again.

use std::hint::black_box;
use std::mem::needs_drop;

use crate::allocation::{Counting, Usage};
use crate::clock::Clock;
use crate::timing::Work;

/// What a measured operation can do besides being timed.
pub(crate) trait Operable: Work {
    fn once(&mut self);
    /// Runs once and says what memory that took; input and output are none of it.
    fn counted(&mut self, counting: &Counting) -> Usage;
}

/// A closure that needs nothing.
pub(crate) struct Plain<F, T> {
    run: F,
    outputs: Vec<T>,
}

impl<T, F: FnMut() -> T> Plain<F, T> {
    pub(crate) fn new(run: F) -> Plain<F, T> {
        Plain { run, outputs: Vec::new() }
    }
}

impl<T, F: FnMut() -> T> Work for Plain<F, T> {
    fn timed(&mut self, clock: &dyn Clock, runs: u64) -> u64 {
        let Plain { run, outputs } = self;
        if runs == 1 {
            let start = clock.now();
            let output = black_box(run());
            let end = clock.now();
            drop(output);
            return end.saturating_sub(start);
        }
        if !needs_drop::<T>() {
            let start = clock.now();
            for _ in 0..runs {
                black_box(run());
            }
            return clock.now().saturating_sub(start);
        }
        outputs.reserve(runs as usize);
        let start = clock.now();
        for _ in 0..runs {
            outputs.push(black_box(run()));
        }
        let end = clock.now();
        outputs.clear();
        end.saturating_sub(start)
    }

    fn keeps(&self) -> bool {
        needs_drop::<T>()
    }
}

impl<T, F: FnMut() -> T> Operable for Plain<F, T> {
    fn once(&mut self) {
        black_box((self.run)());
    }

    fn counted(&mut self, counting: &Counting) -> Usage {
        let (output, usage) = counting.during(|| black_box((self.run)()));
        drop(output);
        usage
    }
}

/// A closure with a second one that makes its input.
pub(crate) struct Fed<M, F, I, T> {
    make: M,
    run: F,
    inputs: Vec<I>,
    outputs: Vec<T>,
}

impl<I, T, M: FnMut() -> I, F: FnMut(I) -> T> Fed<M, F, I, T> {
    pub(crate) fn new(make: M, run: F) -> Fed<M, F, I, T> {
        Fed { make, run, inputs: Vec::new(), outputs: Vec::new() }
    }
}

impl<I, T, M: FnMut() -> I, F: FnMut(I) -> T> Work for Fed<M, F, I, T> {
    fn timed(&mut self, clock: &dyn Clock, runs: u64) -> u64 {
        let Fed { make, run, inputs, outputs } = self;
        if runs == 1 {
            let input = black_box(make());
            let start = clock.now();
            let output = black_box(run(input));
            let end = clock.now();
            drop(output);
            return end.saturating_sub(start);
        }
        inputs.extend((0..runs).map(|_| make()));
        outputs.reserve(if needs_drop::<T>() { runs as usize } else { 0 });
        let mut given = inputs.drain(..);
        let start = clock.now();
        for input in given.by_ref() {
            let output = black_box(run(black_box(input)));
            if needs_drop::<T>() {
                outputs.push(output);
            }
        }
        let end = clock.now();
        drop(given);
        outputs.clear();
        end.saturating_sub(start)
    }

    fn keeps(&self) -> bool {
        true
    }
}

impl<I, T, M: FnMut() -> I, F: FnMut(I) -> T> Operable for Fed<M, F, I, T> {
    fn once(&mut self) {
        black_box((self.run)(black_box((self.make)())));
    }

    fn counted(&mut self, counting: &Counting) -> Usage {
        let input = black_box((self.make)());
        let (output, usage) = counting.during(|| black_box((self.run)(input)));
        drop(output);
        usage
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::clock::tests::Scripted;

    /// Takes time when it dies.
    struct Heavy(Scripted);

    impl Drop for Heavy {
        fn drop(&mut self) {
            self.0.pass(1_000_000);
        }
    }

    #[test]
    fn making_inputs_and_dropping_outputs_is_not_timed() {
        for runs in [1, 7] {
            let clock = Scripted::new(0);
            let make = || {
                clock.pass(1_000_000);
                Heavy(clock.clone())
            };
            let mut work = Fed::new(make, |input| {
                clock.pass(10);
                input
            });
            assert_eq!(work.timed(&clock, runs), 10 * runs);
            assert_eq!(clock.now(), (2_000_000 + 10) * runs);
        }
    }

    #[test]
    fn dropping_what_a_plain_closure_returns_is_not_timed() {
        for runs in [1, 7] {
            let clock = Scripted::new(0);
            let mut work = Plain::new(|| {
                clock.pass(10);
                Heavy(clock.clone())
            });
            assert_eq!(work.timed(&clock, runs), 10 * runs);
        }
    }

    #[test]
    fn every_run_has_an_input_of_its_own_in_the_order_they_were_made() {
        let next = Cell::new(0);
        let mut seen = Vec::new();
        let make = || next.replace(next.get() + 1);
        Fed::new(make, |input| seen.push(input)).timed(&Scripted::new(0), 5);
        assert_eq!(seen, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_batch_runs_exactly_as_often_as_it_says() {
        for runs in [1, 2, 1_000] {
            let count = Cell::new(0);
            let clock = Scripted::new(0);
            let add = || count.set(count.get() + 1);
            Plain::new(add).timed(&clock, runs);
            Plain::new(|| {
                add();
                vec![0_u8]
            })
            .timed(&clock, runs);
            assert_eq!(count.get(), 2 * runs);
        }
    }
}
