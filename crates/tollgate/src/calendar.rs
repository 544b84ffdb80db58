//! The Gregorian calendar in UTC, without a clock or a time zone: days, and points in time as text.
//!
//! After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years that start in March
//! put the leap day last, and 400 of them always have 146,097 days.

use std::fmt;

const DAY_MS: i64 = 86_400_000;
const DAYS_IN_400_YEARS: i64 = 146_097;
/// From 0000-03-01 to 1970-01-01.
const DAYS_BEFORE_1970: i64 = 719_468;

/// A day that exists. Dates are ordered as time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: i64,
    month: i64,
    day: i64,
}

impl Date {
    /// None for a day that no month has.
    #[must_use]
    pub fn new(year: i64, month: i64, day: i64) -> Option<Date> {
        let near = (-1_000_000..=1_000_000).contains(&year);
        if !near || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let date = Date { year, month, day };
        (Date::from_days(date.days()) == date).then_some(date)
    }

    /// Reads `2026-11-21` and no other way of writing it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Date> {
        let digits = |range: std::ops::Range<usize>| {
            let part = text.get(range)?;
            part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())?
        };
        let dashes = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
        if !dashes {
            return None;
        }
        Date::new(digits(0..4)?, digits(5..7)?, digits(8..10)?)
    }

    /// The day that holds a moment, given in milliseconds since 1970.
    #[must_use]
    pub fn of(ms: i64) -> Date {
        Date::from_days(ms.div_euclid(DAY_MS))
    }

    /// The day so many days after 1970-01-01.
    fn from_days(days: i64) -> Date {
        let days = days + DAYS_BEFORE_1970;
        let era = days.div_euclid(DAYS_IN_400_YEARS);
        let in_era = days.rem_euclid(DAYS_IN_400_YEARS);
        // Takes out the leap days: one in 1,461 days, but not each 36,525th, but each 146,097th.
        let leap_days = in_era / 1460 - in_era / 36_524 + in_era / 146_096;
        let year_of_era = (in_era - leap_days) / 365;
        let in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        // From March on the months have 31, 30, 31, 30, 31 days, over and over: 153 in five.
        let month_from_march = (5 * in_year + 2) / 153;
        let day = in_year - (153 * month_from_march + 2) / 5 + 1;
        let month = (month_from_march + 2) % 12 + 1;
        Date { year: era * 400 + year_of_era + i64::from(month <= 2), month, day }
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub fn days(self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let month_from_march = (self.month + 9) % 12;
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        let in_year = (month_from_march * 153 + 2) / 5 + self.day - 1;
        year * 365 + leap_days + in_year - DAYS_BEFORE_1970
    }
}

/// `2026-11-21`. RFC 3339 knows four digits of the year; a year outside them carries its sign, as
/// ISO 8601 extends it.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Date { year, month, day } = self;
        match year {
            0..=9999 => write!(f, "{year:04}-{month:02}-{day:02}"),
            _ => write!(f, "{year:+05}-{month:02}-{day:02}"),
        }
    }
}

/// `2026-11-21T02:16:00Z`, from milliseconds since 1970 in UTC; the milliseconds are cut.
#[must_use]
pub fn rfc3339(ms: i64) -> String {
    let (hour, minute, second) = time_of_day(ms);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", Date::of(ms))
}

/// `2026-11-21 02:16 UTC`, for tables people read.
#[must_use]
pub fn minutes(ms: i64) -> String {
    let (hour, minute, _) = time_of_day(ms);
    format!("{} {hour:02}:{minute:02} UTC", Date::of(ms))
}

/// `20261121-021600`, which sorts by time; before the year 0 or after 9999 the nearest in it.
#[must_use]
pub fn compact(ms: i64) -> String {
    let ms = ms.clamp(-62_167_219_200_000, 253_402_300_799_999);
    let Date { year, month, day } = Date::of(ms);
    let (hour, minute, second) = time_of_day(ms);
    format!("{year:04}{month:02}{day:02}-{hour:02}{minute:02}{second:02}")
}

fn time_of_day(ms: i64) -> (i64, i64, i64) {
    let seconds = ms.rem_euclid(DAY_MS) / 1000;
    (seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments_have_their_known_dates() {
        for (ms, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (951_868_800_000, "2000-03-01T00:00:00Z"),
            (1_709_164_800_000, "2024-02-29T00:00:00Z"),
            (1_735_689_599_999, "2024-12-31T23:59:59Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00Z"),
            (4_107_542_399_000, "2100-02-28T23:59:59Z"),
            (-2_203_891_200_000, "1900-03-01T00:00:00Z"),
            (-11_644_473_600_000, "1601-01-01T00:00:00Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00Z"),
            (1_234_567_890_123, "2009-02-13T23:31:30Z"),
            (1_795_227_360_000, "2026-11-21T02:16:00Z"),
            (253_402_300_799_000, "9999-12-31T23:59:59Z"),
            (253_402_300_800_000, "+10000-01-01T00:00:00Z"),
        ] {
            assert_eq!(rfc3339(ms), expected);
        }
    }

    #[test]
    fn every_day_of_eight_centuries_follows_the_day_before() {
        let leap = |y: i64| y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
        let length = |y: i64, m: i64| match m {
            2 if leap(y) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let mut expected = (1570, 1, 1);
        for days in -DAYS_IN_400_YEARS..=DAYS_IN_400_YEARS {
            let (y, m, d) = expected;
            let date = Date::from_days(days);
            assert_eq!((date, date.days()), (Date { year: y, month: m, day: d }, days));
            expected = match (m, d) {
                (12, 31) => (y + 1, 1, 1),
                (m, d) if d == length(y, m) => (y, m + 1, 1),
                (m, d) => (y, m, d + 1),
            };
        }
    }

    #[test]
    fn a_date_that_is_written_is_read_and_other_text_is_not() {
        for text in ["2026-11-21", "2024-02-29", "2000-02-29", "0000-02-29", "9999-12-31"] {
            assert_eq!(Date::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "2026",
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-04-31",
            "2026-01-00",
            "2026-1-1",
            "+026-01-01",
            "2026-01-+1",
            "2026/01/01",
            "2026-01-011",
            "2026-01é01",
            " 2026-1-01",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        assert_eq!(Date::new(i64::MAX, 1, 1), None);
        assert_eq!(Date::new(2026, i64::MIN, 1), None);
    }

    #[test]
    fn dates_are_ordered_as_time_is_beyond_four_digits_too() {
        let days = [i64::MIN, -1, 0, 86_400_000, 253_402_300_800_000, i64::MAX].map(Date::of);
        assert!(days.is_sorted_by(|earlier, later| earlier < later));
    }

    #[test]
    fn no_moment_is_too_far() {
        for ms in [i64::MIN, i64::MAX] {
            assert!(rfc3339(ms).ends_with('Z'));
            assert_eq!(compact(ms).len(), 15);
        }
    }

    #[test]
    fn tables_show_minutes() {
        assert_eq!(minutes(1_795_227_360_000), "2026-11-21 02:16 UTC");
    }
}
