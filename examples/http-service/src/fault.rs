//! Does wrong what was asked for: late answers, pauses, errors, memory that is never given back.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::options::Faults;

pub struct Fault {
    asked: Faults,
    started: Instant,
    requests: AtomicU64,
    kept: Mutex<Vec<Vec<u8>>>,
}

impl Fault {
    pub fn new(asked: Faults) -> Fault {
        Fault { asked, started: now(), requests: AtomicU64::new(0), kept: Mutex::default() }
    }

    /// Waits as long as an answer is to be late, and keeps memory.
    pub fn delay(&self) {
        if self.asked.leak > 0
            && let Ok(mut kept) = self.kept.lock()
        {
            // Zeros would take no memory until they are written to.
            kept.push(vec![1; self.asked.leak]);
        }
        if !self.asked.slow.is_zero() {
            sleep(self.asked.slow);
        }
        if let Some((length, period)) = self.asked.freeze {
            sleep(frozen(self.started.elapsed(), length, period));
        }
    }

    /// Whether this request is one of those that fail.
    pub fn fails(&self) -> bool {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        is_due(number, self.asked.fail)
    }
}

/// How long a pause at the end of each period still lasts.
fn frozen(elapsed: Duration, length: Duration, period: Duration) -> Duration {
    let into = elapsed.as_nanos() % period.as_nanos();
    let left = period.as_nanos() - into;
    if left > length.as_nanos() {
        return Duration::ZERO;
    }
    Duration::from_nanos(u64::try_from(left).unwrap_or(u64::MAX))
}

/// Spreads a share evenly over the numbers from 0.
fn is_due(number: u64, share: f64) -> bool {
    let before = number as f64 * share;
    (before + share).floor() > before.floor()
}

#[expect(clippy::disallowed_methods, reason = "pauses come at points in time")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_lasts_until_its_period_ends() {
        let ms = Duration::from_millis;
        let frozen = |at| frozen(ms(at), ms(250), ms(1250));
        assert_eq!([0, 999, 1000, 1100, 1249].map(frozen), [0, 0, 250, 150, 1].map(ms));
        assert_eq!([1250, 2300].map(frozen), [0, 200].map(ms));
    }

    #[test]
    fn errors_are_spread_evenly() {
        let of = |share| (0..100).filter(|number| is_due(*number, share)).collect::<Vec<u64>>();
        assert_eq!(of(0.25), (3..100).step_by(4).collect::<Vec<u64>>());
        assert_eq!((of(0.0).len(), of(1.0).len(), of(0.5).len()), (0, 100, 50));
    }
}
