//! How many requests a client may send to one address: a bucket of tokens for each pair of them,
//! refilled all the time. Buckets that are full again are forgotten.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::clock::Stopwatch;
use super::options::Rates;

/// The limits of all clients.
pub struct Limits {
    rates: Rates,
    buckets: Mutex<Buckets>,
    running: Stopwatch,
}

/// What a request found in its bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    pub limit: u32,
    pub remaining: u32,
    /// Where there was nothing in it: whole seconds until there is.
    pub wait: Option<u64>,
}

type Key = (IpAddr, &'static str);

/// Two generations of buckets. Each window the younger one becomes the elder, whose buckets went
/// unused for a whole window and so are full again.
struct Buckets {
    window: Duration,
    most: usize,
    young: HashMap<Key, Bucket>,
    old: HashMap<Key, Bucket>,
    turned: Duration,
}

#[derive(Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Duration,
}

/// Buckets in each generation: some megabytes, however many clients come.
const MOST: usize = 32_768;

impl Limits {
    #[must_use]
    pub fn new(rates: Rates) -> Limits {
        let buckets = Mutex::new(Buckets::new(rates.window, MOST));
        Limits { rates, buckets, running: Stopwatch::start() }
    }

    /// Counts a request.
    pub fn take(&self, client: IpAddr, endpoint: &'static str) -> Taken {
        let limit = limit_of(endpoint).unwrap_or(self.rates.requests);
        let now = self.running.elapsed();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.take((client, endpoint), limit, now)
    }
}

impl Buckets {
    fn new(window: Duration, most: usize) -> Buckets {
        Buckets { window, most, young: HashMap::new(), old: HashMap::new(), turned: Duration::ZERO }
    }

    fn take(&mut self, key: Key, limit: u32, now: Duration) -> Taken {
        self.turn(now);
        let full = f64::from(limit);
        let per_second = full / self.window.as_secs_f64();
        let known = self.young.get(&key).or_else(|| self.old.get(&key));
        let tokens = known.map_or(full, |bucket| {
            let passed = now.saturating_sub(bucket.at).as_secs_f64();
            (bucket.tokens + passed * per_second).min(full)
        });
        let (tokens, wait) = match tokens >= 1.0 {
            true => (tokens - 1.0, None),
            false => (tokens, Some(((1.0 - tokens) / per_second) as u64 + 1)),
        };
        self.young.insert(key, Bucket { tokens, at: now });
        Taken { limit, remaining: tokens as u32, wait }
    }

    fn turn(&mut self, now: Duration) {
        let is_over = now.saturating_sub(self.turned) >= self.window;
        // More clients than can be remembered: those that were silent longest are forgotten early.
        if is_over || self.young.len() >= self.most {
            self.old = std::mem::take(&mut self.young);
            self.turned = now;
        }
    }
}

/// Addresses that cost much or little have a limit of their own.
fn limit_of(endpoint: &str) -> Option<u32> {
    match endpoint {
        "/health" | "/ready" | "/metrics" => Some(1000),
        "/nernst" => Some(200),
        "/simulate" | "/features" | "/validate" | "/federated/aggregate" => Some(50),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const WINDOW: Duration = Duration::from_secs(60);

    fn key(number: u32) -> Key {
        (IpAddr::V4(Ipv4Addr::from_bits(number)), "/simulate")
    }

    #[test]
    fn a_client_has_its_limit_at_once_and_then_one_at_a_time() {
        let mut buckets = Buckets::new(WINDOW, 10);
        let start = Duration::from_secs(5);
        for left in (0..50).rev() {
            let taken = buckets.take(key(1), 50, start);
            assert_eq!(taken, Taken { limit: 50, remaining: left, wait: None });
        }
        let refused = buckets.take(key(1), 50, start);
        assert_eq!(refused, Taken { limit: 50, remaining: 0, wait: Some(2) });
        assert_eq!(buckets.take(key(2), 50, start).wait, None);
        // One token comes every 1.2 s.
        assert_eq!(buckets.take(key(1), 50, start + Duration::from_millis(1100)).wait, Some(1));
        assert_eq!(buckets.take(key(1), 50, start + Duration::from_millis(1300)).wait, None);
        assert!(buckets.take(key(1), 50, start + Duration::from_millis(1300)).wait.is_some());
    }

    #[test]
    fn no_more_than_the_limit_is_saved_up() {
        let mut buckets = Buckets::new(WINDOW, 10);
        buckets.take(key(1), 3, Duration::ZERO);
        let much_later = Duration::from_secs(3600);
        let granted = (0..10).filter(|_| buckets.take(key(1), 3, much_later).wait.is_none());
        assert_eq!(granted.count(), 3);
    }

    #[test]
    fn what_a_client_took_is_remembered_until_its_bucket_is_full_again() {
        let mut buckets = Buckets::new(WINDOW, 10);
        for second in 0..300 {
            // One token a second comes, and two are asked for.
            let now = Duration::from_secs(second);
            buckets.take(key(1), 60, now);
            buckets.take(key(1), 60, now);
        }
        assert!(buckets.take(key(1), 60, Duration::from_secs(300)).remaining <= 1);
    }

    #[test]
    fn clients_without_number_are_remembered_in_bounded_memory() {
        let mut buckets = Buckets::new(WINDOW, 100);
        for number in 0..10_000 {
            buckets.take(key(number), 50, Duration::ZERO);
            assert!(buckets.young.len() + buckets.old.len() <= 200);
        }
        buckets.take(key(1), 50, WINDOW);
        buckets.take(key(1), 50, WINDOW * 3);
        assert_eq!((buckets.young.len(), buckets.old.len()), (1, 1));
    }
}
