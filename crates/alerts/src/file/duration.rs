//! How long, as people write it: `90s`, `1h30m`, `250ms`.

use std::time::Duration;

/// From the longest to the shortest, in milliseconds.
const UNITS: [(&str, u64); 7] = [
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1000),
    ("ms", 1),
];

/// Whole numbers with their units, each unit once, the longest first. A zero needs no unit.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let (mut rest, mut units, mut total) = (text, &UNITS[..], 0_u64);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let count: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let length = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let at = units.iter().position(|(unit, _)| *unit == &rest[..length])?;
        total = total.checked_add(count.checked_mul(units[at].1)?)?;
        units = &units[at + 1..];
        rest = &rest[length..];
    }
    (!text.is_empty()).then(|| Duration::from_millis(total))
}

/// As it can be read; what is shorter than a millisecond is cut off.
pub(crate) fn written(time: Duration) -> String {
    let mut rest = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let mut text = String::new();
    for (unit, ms) in UNITS {
        if rest >= ms {
            text += &format!("{}{unit}", rest / ms);
            rest %= ms;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

pub(super) fn expected(found: &str) -> String {
    format!("has to be a time like \"90s\", \"5m\", \"1h30m\" or \"250ms\", not {found}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_numbers_with_units_the_longest_first() {
        let cases = [
            ("250ms", 250),
            ("90s", 90_000),
            ("5m", 300_000),
            ("1h30m", 5_400_000),
            ("1w1d", 691_200_000),
            ("0", 0),
            ("0s", 0),
        ];
        for (text, ms) in cases {
            let time = Duration::from_millis(ms);
            assert_eq!(parse(text), Some(time), "{text}");
            assert_eq!(parse(&written(time)), Some(time), "{text}");
        }
        assert_eq!(written(Duration::from_millis(5_400_250)), "1h30m250ms");
    }

    #[test]
    fn what_is_no_duration_is_none() {
        for text in ["", "5", "m", "-5m", "5 m", "1.5h", "5m1h", "1m1m", "5µs", "99999999999999y"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
