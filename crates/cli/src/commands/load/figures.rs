//! How single figures of a load are shown, and when there are too few requests to show them.

use std::time::Duration;

use tollgate::quantity::{Dimension, Kind, show};
use tollgate_stats::histogram::Histogram;

/// Requests that must lie beyond a high percentile before it is shown.
const BEYOND: f64 = 10.0;

/// What stands where a percentile would be one request's luck.
pub const TOO_FEW: &str = "-";

/// `12.34 ms` of nanoseconds.
pub fn time(ns: f64) -> String {
    show(ns, Dimension::TIME)
}

pub fn length(duration: Duration) -> String {
    time(duration.as_nanos() as f64)
}

pub fn count(number: u64) -> String {
    show(number as f64, Dimension::COUNT)
}

pub fn bytes(number: u64) -> String {
    show(number as f64, Dimension::BYTES)
}

/// So many in a time, such as `1,234/s`.
pub fn rate(number: u64, over: Duration) -> String {
    show(per_second(number, over), Dimension::RATE)
}

pub fn byte_rate(number: u64, over: Duration) -> String {
    let dimension = Dimension { kind: Kind::Bytes, per_time: false };
    format!("{}/s", show(per_second(number, over), dimension))
}

pub fn per_second(number: u64, over: Duration) -> f64 {
    if over.is_zero() { 0.0 } else { number as f64 / over.as_secs_f64() }
}

/// `0.05 %`.
pub fn share(part: u64, of: u64) -> String {
    show(part as f64 / of.max(1) as f64, Dimension::SHARE)
}

/// A percentile, or a dash where fewer than ten requests lie beyond it.
pub fn percentile(times: &Histogram, q: f64) -> String {
    match times.quantile(q) {
        Some(ns) if enough(times.count(), q) => time(ns as f64),
        _ => TOO_FEW.to_owned(),
    }
}

/// Whether so many requests tell that percentile. The middle ones are told by any.
pub fn enough(requests: u64, q: f64) -> bool {
    q < 0.9 || requests >= needed(q)
}

/// Requests that the percentile needs.
pub fn needed(q: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number")]
    let needed = (BEYOND / (1.0 - q)).round() as u64;
    needed
}

/// `1 thread`, `1,200 threads`.
pub fn plural(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

/// Text for a terminal in a colour (`1` is bold), or as it is.
pub fn paint(text: &str, colour: &str, on: bool) -> String {
    if on { format!("\x1b[{colour}m{text}\x1b[0m") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_shown_once_ten_requests_lie_beyond_it() {
        for (q, least) in [(0.9, 100), (0.95, 200), (0.99, 1_000), (0.999, 10_000)] {
            assert_eq!(needed(q), least);
            let values = |n: u64| Histogram::from_values((0..n).map(|_| 1_000));
            assert_eq!(percentile(&values(least - 1), q), "-");
            assert_eq!(percentile(&values(least), q), "1 µs");
        }
        assert_eq!(percentile(&Histogram::from_values([1_000]), 0.5), "1 µs");
        assert_eq!(percentile(&Histogram::new(), 0.5), "-");
    }

    #[test]
    fn nothing_in_no_time_is_no_rate() {
        assert_eq!(rate(5, Duration::ZERO), "0/s");
        assert_eq!(share(0, 0), "0 %");
        assert_eq!(byte_rate(3_145_728, Duration::from_secs(2)), "1.5 MiB/s");
    }
}
