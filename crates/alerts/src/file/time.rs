//! Points in time as RFC 3339 writes them.

/// Milliseconds since 1970 of a time such as `2026-01-31T08:00:00.5+01:00`; parts of milliseconds
/// are cut off.
pub(super) fn parse(text: &str) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    let [year, month, day] = fields(date, '-', [4, 2, 2])?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (clock, rest) = rest.split_at_checked(8)?;
    let [hour, minute, second] = fields(clock, ':', [2, 2, 2])?;
    let (fraction_ms, zone) = fraction(rest)?;
    let is_date = (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
    // A leap second is taken for the one after it.
    if !is_date || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let minutes = days_since_1970(year, month, day) * 1440 + hour * 60 + minute;
    Some(((minutes - offset(zone)?) * 60 + second) * 1000 + fraction_ms)
}

/// Numbers of so many digits each.
fn fields<const N: usize>(text: &str, between: char, digits: [usize; N]) -> Option<[i64; N]> {
    let mut parts = text.split(between);
    let mut numbers = [0; N];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next().filter(|part| part.len() == digits)?;
        *number = whole(part)?;
    }
    parts.next().is_none().then_some(numbers)
}

fn whole(digits: &str) -> Option<i64> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// Milliseconds after the second, and what follows.
fn fraction(text: &str) -> Option<(i64, &str)> {
    let Some(rest) = text.strip_prefix('.') else { return Some((0, text)) };
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    let thousandths: String = rest[..end].chars().chain("000".chars()).take(3).collect();
    (end > 0).then(|| Some((whole(&thousandths)?, &rest[end..])))?
}

/// Minutes that a zone is ahead.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let sign = if zone.starts_with('+') { 1 } else { -1 };
    let [hours, minutes] = fields(zone.strip_prefix(['+', '-'])?, ':', [2, 2])?;
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

fn days_of(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Years are counted from March, so that the day that is now and then there comes last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // From the first of March of the year 0 to 1970.
    const BEFORE: i64 = 719_468;
    year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - BEFORE
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Told by `date -u -d TIME +%s%3N` of GNU coreutils, which shows seconds rounded down.
    #[test]
    fn times_are_those_of_the_calendar() {
        let cases = [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-01-31T08:00:00Z", 1_769_846_400_000),
            ("2024-02-29T23:59:59.5+01:00", 1_709_247_599_500),
            ("2000-02-29 12:00:00z", 951_825_600_000),
            ("1969-12-31T23:59:59.999Z", -1),
            ("2100-03-01T00:00:00-00:30", 4_107_544_200_000),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ];
        for (text, ms) in cases {
            assert_eq!(parse(text), Some(ms), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        let cases = [
            "",
            "2026-01-31",
            "2026-01-31T08:00:00",
            "2026-02-29T08:00:00Z",
            "2026-13-01T08:00:00Z",
            "2026-01-31T24:00:00Z",
            "2026-01-31T08:00:00.Z",
            "2026-01-31T08:00:00+1:00",
            "2026-01-31T08:00:00Zulu",
            "+026-01-31T08:00:00Z",
            "2026-01-3é08:00:00Z",
        ];
        for text in cases {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
