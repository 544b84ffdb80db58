//! What several commands take from the command line: files or standard input, times, durations.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use super::BadInput;
use crate::context::ContextType;

/// The bytes of a file, or of standard input for `-`.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, BadInput> {
    if path.as_os_str() != "-" {
        return fs::read(path).map_err(|error| bad(path, error));
    }
    let mut bytes = Vec::new();
    let read = io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|error| BadInput(format!("failed to read standard input: {error}")))?;
    Ok(bytes)
}

pub(super) fn bad(path: &Path, what: impl std::fmt::Display) -> BadInput {
    BadInput(format!("{}: {what}", path.display()))
}

pub(super) fn context_type(name: &str) -> Result<ContextType, String> {
    ContextType::named(name).ok_or_else(|| {
        let names: Vec<&str> = ContextType::ALL.iter().map(|kind| kind.name()).collect();
        format!("the types are {}", names.join(", "))
    })
}

/// A whole number of `ms`, `s`, `m` or `h`; without a unit, of seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit_ms = match unit {
        "ms" => 1,
        "" | "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err("expected a whole number and ms, s, m or h, such as 5m".to_owned()),
    };
    let number: u64 = number.parse().map_err(|_| "no whole number".to_owned())?;
    match number.checked_mul(unit_ms) {
        None | Some(0) => Err("neither zero nor centuries".to_owned()),
        Some(ms) => Ok(Duration::from_millis(ms)),
    }
}

/// Milliseconds since 1970, or a time in UTC such as `2026-11-26T17:30:00Z`.
pub(super) fn time_ms(text: &str) -> Result<u64, String> {
    if let Ok(ms) = text.parse() {
        return Ok(ms);
    }
    let wanted = "expected milliseconds since 1970, or a time such as 2026-11-26T17:30:00Z";
    utc_ms(text).ok_or_else(|| wanted.to_owned())
}

fn utc_ms(text: &str) -> Option<u64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let in_month = matches!(day, 1..=31) && matches!(month, 1..=12) && year >= 1970;
    if !in_month || hour > 23 || minute > 59 || second > 59 || fraction.len() > 3 {
        return None;
    }
    let digits = fraction.bytes().all(|byte| byte.is_ascii_digit()) && !fraction.is_empty();
    let ms: u64 = format!("{fraction:0<3}").parse().ok().filter(|_| digits)?;
    let days = days_since_1970(year, month, day);
    let ms = ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + ms;
    // A day that the month does not have comes out as another one.
    crate::service::timestamp(ms).starts_with(date).then_some(ms)
}

fn numbers(text: &str, between: char, lengths: [usize; 3]) -> Option<[u64; 3]> {
    let mut parts = text.split(between);
    let mut numbers = [0; 3];
    for (number, length) in numbers.iter_mut().zip(lengths) {
        let part = parts.next().filter(|part| part.len() == length)?;
        *number = part.parse().ok().filter(|_| part.bytes().all(|byte| byte.is_ascii_digit()))?;
    }
    parts.next().is_none().then_some(numbers)
}

/// Years begin in March here, so that the day of the leap year is the last one.
fn days_since_1970(year: u64, month: u64, day: u64) -> u64 {
    let year = year - u64::from(month <= 2);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_date_reads_them() {
        // Each by `date -u -d TIME +%s%3N`.
        for (text, ms) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T00:00:00Z", 951_782_400_000),
            ("2023-11-14T22:13:20.007Z", 1_700_000_000_007),
            ("2023-11-14T22:13:20.5Z", 1_700_000_000_500),
            ("2100-03-01T00:00:00Z", 4_107_542_400_000),
            ("1700000000007", 1_700_000_000_007),
        ] {
            assert_eq!(time_ms(text), Ok(ms), "{text}");
        }
        for text in [
            "",
            "2023-02-29T00:00:00Z",
            "2023-13-01T00:00:00Z",
            "2023-11-14 22:13:20Z",
            "2023-11-14T22:13:20",
            "2023-11-14T22:13:20.Z",
            "2023-11-14T24:00:00Z",
            "23-11-14T22:13:20Z",
            "+023-11-14T22:13:20Z",
            "1969-12-31T23:59:59Z",
            "-1",
        ] {
            assert!(time_ms(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_have_units_and_are_never_zero() {
        for (text, ms) in [("5m", 300_000), ("300", 300_000), ("20ms", 20), ("1h", 3_600_000)] {
            assert_eq!(duration(text), Ok(Duration::from_millis(ms)), "{text}");
        }
        for text in ["", "m", "0s", "1.5s", "-1s", "1d", "5 m", "18446744073709551615h"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
