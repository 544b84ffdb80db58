//! Times as RFC 3339 writes them, in UTC with milliseconds: `2026-11-21T02:16:00.123Z`.

use std::io::Write;

const DAY_MS: i64 = 86_400_000;

/// Appends a time in milliseconds since 1970; before the year 0 or after 9999, which the format
/// cannot say, the nearest that it can.
pub(super) fn write(ms: i64, out: &mut Vec<u8>) {
    let ms = ms.clamp(-62_167_219_200_000, 253_402_300_799_999);
    let (year, month, day) = date(ms.div_euclid(DAY_MS));
    let in_day = ms.rem_euclid(DAY_MS);
    let (hour, minute) = (in_day / 3_600_000, in_day / 60_000 % 60);
    let (second, ms) = (in_day / 1000 % 60, in_day % 1000);
    write!(out, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")
        .expect("memory can be written to");
}

/// Year, month and day of a number of days since 1970-01-01. Years are counted from March, so that
/// the leap day is the last of its year, in eras of 400 years, which all have as many days.
fn date(days: i64) -> (i64, i64, i64) {
    let from_era = days + 719_468;
    let (era, in_era) = (from_era.div_euclid(146_097), from_era.rem_euclid(146_097));
    let leap_days = in_era / 1460 - in_era / 36_524 + in_era / 146_096;
    let year_of_era = (in_era - leap_days) / 365;
    let in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * in_year + 2) / 153;
    let day = in_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12 + 1;
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}
