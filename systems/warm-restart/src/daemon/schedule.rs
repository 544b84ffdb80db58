//! When to look: at multiples of an interval from the start, whatever a look takes.

/// Times are of a steady clock, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    interval_ms: i64,
    next_ms: i64,
    missed: u64,
}

impl Schedule {
    /// The first time is the start itself.
    #[must_use]
    pub fn new(interval_ms: i64, start_ms: i64) -> Schedule {
        Schedule { interval_ms: interval_ms.max(1), next_ms: start_ms, missed: 0 }
    }

    /// Whether it is time. Times that went by altogether are missed, and not made up for.
    pub fn is_due(&mut self, now_ms: i64) -> bool {
        let late_ms = now_ms - self.next_ms;
        if late_ms < 0 {
            return false;
        }
        let passed = late_ms / self.interval_ms;
        self.missed += u64::try_from(passed).unwrap_or(0);
        self.next_ms += (passed + 1) * self.interval_ms;
        true
    }

    /// Other times from now on; those that were missed stay counted.
    pub fn change(&mut self, interval_ms: i64, now_ms: i64) {
        let changed = Schedule::new(interval_ms, now_ms);
        if changed.interval_ms != self.interval_ms {
            *self = Schedule { missed: self.missed, ..changed };
        }
    }

    /// How long it is until then.
    #[must_use]
    pub fn wait_ms(&self, now_ms: i64) -> u64 {
        u64::try_from(self.next_ms - now_ms).unwrap_or(0)
    }

    #[must_use]
    pub fn missed(&self) -> u64 {
        self.missed
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn looks_that_come_late_do_not_move_the_next_ones() {
        let mut schedule = Schedule::new(1000, 0);
        let table =
            [(0, true), (10, false), (1300, true), (1999, false), (2000, true), (5999, true)];
        for (now_ms, is_due) in table {
            assert_eq!(schedule.is_due(now_ms), is_due, "{now_ms}");
        }
        assert_eq!((schedule.missed(), schedule.wait_ms(5999), schedule.wait_ms(7000)), (2, 1, 0));
    }

    #[test]
    fn another_interval_begins_at_once_and_the_same_one_changes_nothing() {
        let mut schedule = Schedule::new(1000, 0);
        assert!(schedule.is_due(2500));
        schedule.change(1000, 2700);
        assert_eq!(schedule.wait_ms(2700), 300);
        schedule.change(500, 2700);
        assert!(schedule.is_due(2700));
        assert_eq!((schedule.wait_ms(2700), schedule.missed()), (500, 2));
    }

    proptest! {
        #[test]
        fn every_time_is_looked_at_or_missed(steps in prop::collection::vec(0..5000_i64, 1..100)) {
            let mut schedule = Schedule::new(700, 0);
            prop_assert!(schedule.is_due(0));
            let (mut now_ms, mut looks) = (0, 1);
            for step in steps {
                now_ms += step;
                looks += u64::from(schedule.is_due(now_ms));
            }
            let times = u64::try_from(now_ms / 700).unwrap() + 1;
            prop_assert_eq!(looks + schedule.missed(), times);
        }
    }
}
