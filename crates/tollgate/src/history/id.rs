//! The names of runs: short, unique, in the order of time, and safe to type and to print.

use crate::calendar;

/// `20261121-021600-7f3a`: the second the run began, in UTC, and four digits of `entropy`.
///
/// Two runs of the same second may get the same id; `History::begin` then finds a free one.
#[must_use]
pub fn new_id(now_ms: i64, entropy: u64) -> String {
    format!("{}-{:04x}", calendar::compact(now_ms), entropy & 0xffff)
}

/// Whether `id` may name a run: it starts with a digit, so that it is never `last`, and holds
/// nothing that a terminal, a path or a URL would interpret.
pub(super) fn is_valid(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id.starts_with(|first: char| first.is_ascii_digit())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_the_second_in_utc() {
        for (ms, id) in [
            (0, "19700101-000000-7f3a"),
            (1_795_227_360_000, "20261121-021600-7f3a"),
            (951_782_399_999, "20000228-235959-7f3a"),
            (951_782_400_000, "20000229-000000-7f3a"),
            (4_107_542_400_000, "21000301-000000-7f3a"),
            (-1, "19691231-235959-7f3a"),
            (i64::MIN, "00000101-000000-7f3a"),
            (i64::MAX, "99991231-235959-7f3a"),
        ] {
            assert_eq!(new_id(ms, 0xabc0_7f3a), id);
            assert!(is_valid(id));
        }
    }

    #[test]
    fn names_that_could_be_mistaken_for_something_else_are_not_ids() {
        let long = "1".repeat(65);
        for id in
            ["", "last", "last~1", "-1", "1 2", "1/2", "1.2", "1\n", "1é", "1\u{1b}[2J", &long]
        {
            assert!(!is_valid(id), "{id:?}");
        }
    }
}
