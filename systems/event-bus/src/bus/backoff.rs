//! How long to wait before the next attempt: twice as long each time, and no two clients alike.

use std::time::Duration;

/// Waits that grow from one to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    pub first: Duration,
    pub most: Duration,
}

impl Backoff {
    /// The wait before an attempt, counted from one; the first attempt after a loss waits, too,
    /// because everybody lost the broker at the same moment. `lot` is a number from 0 to 1.
    #[must_use]
    pub fn delay(&self, attempt: usize, lot: f64) -> Duration {
        let doublings = u32::try_from(attempt.saturating_sub(1)).unwrap_or(u32::MAX).min(20);
        let whole = self.first.saturating_mul(1 << doublings).min(self.most);
        // Never less than half, or many would come at once after all.
        whole.mul_f64(0.5 + 0.5 * lot.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff =
        Backoff { first: Duration::from_millis(50), most: Duration::from_secs(2) };

    #[test]
    fn waits_double_up_to_the_longest() {
        let waits: Vec<u128> =
            [1, 2, 3, 6, 7, 1000, usize::MAX].map(|n| BACKOFF.delay(n, 1.0).as_millis()).to_vec();
        assert_eq!(waits, [50, 100, 200, 1600, 2000, 2000, 2000]);
    }

    #[test]
    fn a_lot_shortens_a_wait_by_up_to_half_and_a_bad_one_no_further() {
        let wait = |lot| BACKOFF.delay(3, lot).as_millis();
        assert_eq!([wait(0.0), wait(0.5), wait(-7.0), wait(9.0)], [100, 150, 100, 200]);
        assert_eq!(BACKOFF.delay(0, 0.0), Duration::from_millis(25));
    }
}
