//! What is still to be done for somebody to be told: a queue with an end, apart from evaluation,
//! with trials further and further apart.

use std::collections::VecDeque;
use std::time::Duration;

/// Something to be done, such as a request to somebody's server.
#[derive(Clone, Debug, PartialEq)]
pub struct Errand<T> {
    /// Whoever receives it knows by this that it came before.
    pub key: String,
    pub what: T,
    /// Trials that failed.
    failures: u32,
    due_ms: u64,
}

/// What can be out of date: something newer under the same key takes its place.
pub trait Replaces {
    /// Takes from an older one that was never told what would be lost with it.
    fn replaces(&mut self, older: &Self);
}

/// How often and how far apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// After the first failure; twice as long after each further one.
    pub first: Duration,
    pub longest: Duration,
    /// Trials altogether.
    pub trials: u32,
}

/// Errands in the order in which they are due.
#[derive(Clone, Debug)]
pub struct Outbox<T> {
    waiting: VecDeque<Errand<T>>,
    room: usize,
    patience: Patience,
    counts: Counts,
}

/// What became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub waiting: u64,
    pub done: u64,
    /// Trials that failed and are made again.
    pub retried: u64,
    /// Given up after the last trial.
    pub dead: u64,
    /// There was no room for them.
    pub refused: u64,
    /// Something newer under the same key took their place, and tells what they had to tell.
    pub replaced: u64,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience { first: Duration::from_secs(1), longest: Duration::from_secs(300), trials: 10 }
    }
}

impl<T: Replaces> Outbox<T> {
    #[must_use]
    pub fn new(room: usize, patience: Patience) -> Outbox<T> {
        Outbox { waiting: VecDeque::new(), room, patience, counts: Counts::default() }
    }

    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts { waiting: self.waiting.len() as u64, ..self.counts }
    }

    /// Adds an errand that is due at once. One with the same key that waits already is replaced by
    /// it. Whether there was room.
    pub fn put(&mut self, key: String, what: T, now_ms: u64) -> bool {
        self.resume(key, what, 0, now_ms)
    }

    /// Everything that waits, with how many trials failed, in the order in which it is due.
    pub fn waiting(&self) -> impl ExactSizeIterator<Item = (&str, &T, u32)> {
        self.waiting.iter().map(|errand| (&*errand.key, &errand.what, errand.failures))
    }

    /// Adds an errand of an earlier process, which is due at once. Whether there was room.
    pub fn resume(&mut self, key: String, mut what: T, failures: u32, now_ms: u64) -> bool {
        if let Some(at) = self.waiting.iter().position(|waiting| waiting.key == key) {
            what.replaces(&self.waiting[at].what);
            self.waiting.remove(at);
            self.counts.replaced += 1;
        }
        if self.waiting.len() >= self.room {
            self.counts.refused += 1;
            return false;
        }
        self.insert(Errand { key, what, failures, due_ms: now_ms });
        true
    }

    /// Takes the one that is due first, if it is due.
    pub fn take(&mut self, now_ms: u64) -> Option<Errand<T>> {
        if self.next_ms()? > now_ms {
            return None;
        }
        self.waiting.pop_front()
    }

    /// When the next one is due.
    #[must_use]
    pub fn next_ms(&self) -> Option<u64> {
        self.waiting.front().map(|errand| errand.due_ms)
    }

    pub fn done(&mut self) {
        self.counts.done += 1;
    }

    /// A trial failed: it is made again later, unless that was the last one. Whether it is.
    pub fn failed(&mut self, mut errand: Errand<T>, now_ms: u64) -> bool {
        errand.failures += 1;
        let newer = self.waiting.iter_mut().find(|waiting| waiting.key == errand.key);
        if let Some(newer) = newer {
            newer.what.replaces(&errand.what);
            self.counts.replaced += 1;
            return false;
        }
        if errand.failures >= self.patience.trials {
            self.counts.dead += 1;
            return false;
        }
        self.counts.retried += 1;
        errand.due_ms = now_ms.saturating_add(self.patience.pause_ms(errand.failures));
        self.insert(errand);
        true
    }

    fn insert(&mut self, errand: Errand<T>) {
        let at = self.waiting.partition_point(|waiting| waiting.due_ms <= errand.due_ms);
        self.waiting.insert(at, errand);
    }
}

impl Patience {
    fn pause_ms(self, failures: u32) -> u64 {
        let factor = 1_u32.checked_shl(failures - 1).unwrap_or(u32::MAX);
        let pause = self.first.saturating_mul(factor).min(self.longest);
        u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Its hundreds are what would be lost.
    impl Replaces for u32 {
        fn replaces(&mut self, older: &u32) {
            *self += older / 100 * 100;
        }
    }

    fn outbox(room: usize) -> Outbox<u32> {
        let (first, longest) = (Duration::from_secs(1), Duration::from_secs(5));
        Outbox::new(room, Patience { first, longest, trials: 5 })
    }

    #[test]
    fn trials_are_further_and_further_apart_and_come_to_an_end() {
        let mut outbox = outbox(4);
        outbox.put("a".to_owned(), 1, 0);
        let (mut now, mut times) = (0, Vec::new());
        while let Some(errand) = outbox.take(now) {
            times.push(now);
            outbox.failed(errand, now);
            now = outbox.next_ms().unwrap_or(now);
        }
        assert_eq!(times, [0, 1000, 3000, 7000, 12_000]);
        assert_eq!(outbox.counts(), Counts { retried: 4, dead: 1, ..Counts::default() });
    }

    #[test]
    fn trials_of_an_earlier_process_count_and_none_is_made_anew() {
        let mut outbox = outbox(4);
        outbox.put("a".to_owned(), 1, 0);
        let errand = outbox.take(0).unwrap();
        outbox.failed(errand, 0);
        let mut next = self::outbox(4);
        for (key, &what, failures) in outbox.waiting() {
            next.resume(key.to_owned(), what, failures + 3, 9);
        }
        let errand = next.take(9).unwrap();
        assert!(!next.failed(errand, 9), "that was the fifth");
    }

    #[test]
    fn who_finds_no_room_is_counted_and_what_is_out_of_date_makes_room() {
        let mut outbox = outbox(2);
        assert!(outbox.put("a".to_owned(), 1, 0) && outbox.put("b".to_owned(), 2, 0));
        assert!(!outbox.put("c".to_owned(), 3, 0));
        assert!(outbox.put("a".to_owned(), 4, 0));
        assert_eq!(outbox.counts().refused, 1);
        let order: Vec<u32> =
            std::iter::from_fn(|| outbox.take(0)).map(|errand| errand.what).collect();
        assert_eq!(order, [2, 4]);
    }

    #[test]
    fn what_failed_is_not_tried_again_once_something_newer_waits() {
        let mut outbox = outbox(2);
        outbox.put("a".to_owned(), 1, 0);
        let errand = outbox.take(0).unwrap();
        outbox.put("a".to_owned(), 2, 0);
        assert!(!outbox.failed(errand, 0));
        let counts = Counts { waiting: 1, replaced: 1, ..Counts::default() };
        assert_eq!(outbox.counts(), counts, "it is told by the newer one, and not given up");
        assert_eq!(outbox.take(0).map(|errand| errand.what), Some(2));
        assert_eq!(outbox.take(u64::MAX), None);
    }

    #[test]
    fn what_would_be_lost_with_an_older_one_is_told_by_the_newer_one() {
        let mut outbox = outbox(2);
        outbox.put("a".to_owned(), 101, 0);
        outbox.put("b".to_owned(), 900, 0);
        outbox.put("a".to_owned(), 2, 0);
        assert_eq!(outbox.take(0).map(|errand| errand.what), Some(900));
        let errand = outbox.take(0).unwrap();
        assert_eq!(errand.what, 102, "it was waiting");
        outbox.put("a".to_owned(), 3, 0);
        outbox.failed(errand, 0);
        assert_eq!(outbox.take(0).map(|errand| errand.what), Some(103), "it was under way");
    }

    proptest! {
        /// Done, dead, refused, replaced and waiting are all there were, and they find room.
        #[test]
        fn every_errand_is_accounted_for(
            steps in prop::collection::vec((0..3_u8, 0..4_u8), 0..60),
        ) {
            let mut outbox = outbox(3);
            let (mut put, mut now) = (0_u64, 0_u64);
            for (step, key) in steps {
                match step {
                    0 => {
                        outbox.put(key.to_string(), 0, now);
                        put += 1;
                    }
                    1 => {
                        if outbox.take(now).is_some() {
                            outbox.done();
                        }
                    }
                    _ => {
                        if let Some(errand) = outbox.take(now) {
                            outbox.failed(errand, now);
                        }
                    }
                }
                now += 700;
                let counts = outbox.counts();
                prop_assert!(counts.waiting <= 3);
                let Counts { waiting, done, dead, refused, replaced, .. } = counts;
                prop_assert_eq!(waiting + done + dead + refused + replaced, put);
            }
        }
    }
}
