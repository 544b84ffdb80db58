//! The names of runs: short, unique, in the order of time, and safe to type and to print.

/// `20261121-021600-7f3a`: the second the run began, in UTC, and four digits of `entropy`.
///
/// Two runs of the same second may get the same id; `History::begin` then finds a free one.
#[must_use]
pub fn new_id(now_ms: i64, entropy: u64) -> String {
    // From the first second of the year 0 to the last of 9999, so that ids always sort by time.
    let seconds = now_ms.div_euclid(1000).clamp(-62_167_219_200, 253_402_300_799);
    let (year, month, day) = date(seconds.div_euclid(86_400));
    let second = seconds.rem_euclid(86_400);
    format!(
        "{year:04}{month:02}{day:02}-{:02}{:02}{:02}-{:04x}",
        second / 3600,
        second / 60 % 60,
        second % 60,
        entropy & 0xffff
    )
}

/// Whether `id` may name a run: it starts with a digit, so that it is never `last`, and holds
/// nothing that a terminal, a path or a URL would interpret.
pub(super) fn is_valid(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id.starts_with(|first: char| first.is_ascii_digit())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
///
/// Years are counted from March, so that the leap day is the last of its year.
fn date(day: i64) -> (i64, i64, i64) {
    const DAYS_IN_400_YEARS: i64 = 146_097;
    let since_march_0000 = day + 719_468;
    let era = since_march_0000.div_euclid(DAYS_IN_400_YEARS);
    let in_era = since_march_0000.rem_euclid(DAYS_IN_400_YEARS);
    // Takes out the leap days: one in 1,461 days, but not each 36,525th, but each 146,097th.
    let leap_days = in_era / 1460 - in_era / 36_524 + in_era / 146_096;
    let year_of_era = (in_era - leap_days) / 365;
    let in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // From March on the months have 31, 30, 31, 30, 31 days, over and over: 153 in five.
    let month_from_march = (5 * in_year + 2) / 153;
    let day = in_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
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
    fn every_day_of_400_years_follows_the_one_before() {
        let mut expected = (1970, 1, 1);
        for day in 0..146_097 {
            assert_eq!(date(day), expected);
            let (year, month, day) = expected;
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = match month {
                2 => 28 + i64::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            expected = match (month, day == length) {
                (12, true) => (year + 1, 1, 1),
                (_, true) => (year, month + 1, 1),
                _ => (year, month, day + 1),
            };
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
