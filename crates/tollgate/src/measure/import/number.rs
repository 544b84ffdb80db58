//! Numbers, units and times as result files spell them, in base units.

use crate::calendar::Date;
use crate::metric::Statistic;
use crate::quantity::{Dimension, Kind};

const BYTES_PER_TIME: Dimension = Dimension { kind: Kind::Bytes, per_time: true };

/// A number that is one: neither `nan` nor beyond the range of a double.
pub(super) fn finite(text: &str) -> Option<f64> {
    // Rust reads `inf`, `infinity` and `nan`; a measurement is none of them.
    let digits = text.bytes().any(|b| b.is_ascii_digit());
    text.parse().ok().filter(|value: &f64| digits && value.is_finite())
}

/// Nanoseconds in a unit of time.
pub(super) fn time_unit(unit: &str) -> Option<f64> {
    Some(match unit {
        "ps" => 1e-3,
        "ns" => 1.0,
        "us" | "µs" | "μs" => 1e3,
        "ms" => 1e6,
        "s" | "sec" => 1e9,
        "m" | "min" => 60e9,
        "h" | "hr" => 3600e9,
        "day" | "d" => 86_400e9,
        _ => return None,
    })
}

/// `1.25ms`, `41.86 us`, `2.00m`: in nanoseconds.
pub(super) fn duration(text: &str) -> Option<f64> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    let value = finite(&text[..end])?;
    Some(value * time_unit(text[end..].trim())?)
}

/// Dimension and factor of a unit such as `ns/op`, `MB/s`, `p99-ns`, `B/op` or `elems/op`.
///
/// A unit that is not a time or a size counts something.
pub(super) fn unit(text: &str) -> (Dimension, f64) {
    let (over, per) = text.split_once('/').unwrap_or((text, ""));
    let base = over.rsplit('-').next().unwrap_or(over).trim();
    let per = match per.trim() {
        "s" | "sec" => Some(1.0),
        "ms" => Some(1e3),
        "us" => Some(1e6),
        "ns" => Some(1e9),
        "min" => Some(1.0 / 60.0),
        _ => None,
    };
    if let (Some(factor), None) = (time_unit(base), per) {
        return (Dimension::TIME, factor);
    }
    let bytes = match base {
        "B" | "bytes" | "Bytes" => Some(1.0),
        "kB" | "KB" => Some(1e3),
        "MB" => Some(1e6),
        "GB" => Some(1e9),
        "KiB" => Some(1024.0),
        "MiB" => Some(1_048_576.0),
        "GiB" => Some(1_073_741_824.0),
        _ => None,
    };
    match (bytes, per) {
        (Some(factor), Some(per)) => (BYTES_PER_TIME, factor * per),
        (Some(factor), None) => (Dimension::BYTES, factor),
        (None, Some(per)) => (Dimension::RATE, per),
        (None, None) if base == "%" => (Dimension::SHARE, 0.01),
        (None, None) => (Dimension::COUNT, 1.0),
    }
}

/// The statistic of a percentage such as `99.9`; 0 and 100 are the extremes.
pub(super) fn percentile(text: &str) -> Option<Statistic> {
    match finite(text)? {
        value if value <= 0.0 => (value == 0.0).then_some(Statistic::Min),
        value if value >= 100.0 => (value <= 100.0).then_some(Statistic::Max),
        _ => Statistic::parse(&format!("p{}", trim_decimals(text))),
    }
}

/// `99.0` and `99.900` as statistics are spelt: without zeros that say nothing.
fn trim_decimals(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// Nanoseconds since 1970 of `2026-11-21T02:25:00.585838976Z` or with an offset like `+09:00`.
pub(super) fn instant(text: &str) -> Option<i64> {
    let (date, rest) = text.split_once(['T', ' '])?;
    let zone = rest.find(['Z', '+', '-'])?;
    let (clock, zone) = rest.split_at(zone);
    let [year, month, day] = parts(date, '-')?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let [hour, minute, second] = parts(clock, ':')?;
    let date = Date::new(year, month, day)?;
    let plausible = (1970..2262).contains(&year) && hour < 24 && minute < 60 && second <= 60;
    if !plausible || fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nanoseconds: i64 = format!("{fraction:0<9}").parse().ok()?;
    let offset = match zone {
        "Z" => 0,
        _ => {
            let (sign, hours) = zone.split_at(1);
            let (hours, minutes) = hours.split_once(':')?;
            let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
            let seconds = (0..24).contains(&hours).then_some(hours * 3600 + minutes * 60)?;
            if sign == "-" { -seconds } else { seconds }
        }
    };
    let seconds = date.days() * 86_400 + hour * 3600 + minute * 60 + second - offset;
    seconds.checked_mul(1_000_000_000)?.checked_add(nanoseconds)
}

fn parts(text: &str, separator: char) -> Option<[i64; 3]> {
    let mut numbers = text.split(separator).map(|part| part.parse::<u32>().ok().map(i64::from));
    let three = [numbers.next()??, numbers.next()??, numbers.next()??];
    numbers.next().is_none().then_some(three)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_beyond_a_double_and_words_for_none_are_refused() {
        for text in ["1e999", "-1e999", "inf", "-infinity", "nan", "NaN", "", " 1", "1 ", "0x10"] {
            assert_eq!(finite(text), None, "{text}");
        }
        assert_eq!(finite("1e-3"), Some(0.001));
    }

    #[test]
    fn units_of_go_and_jmh_have_their_dimension() {
        for (text, dimension, factor) in [
            ("ns/op", Dimension::TIME, 1.0),
            ("us/op", Dimension::TIME, 1e3),
            ("p99-ns", Dimension::TIME, 1.0),
            ("B/op", Dimension::BYTES, 1.0),
            ("MB/s", BYTES_PER_TIME, 1e6),
            ("MB/sec", BYTES_PER_TIME, 1e6),
            ("ops/ms", Dimension::RATE, 1e3),
            ("allocs/op", Dimension::COUNT, 1.0),
            ("elems/op", Dimension::COUNT, 1.0),
            ("%", Dimension::SHARE, 0.01),
        ] {
            assert_eq!(unit(text), (dimension, factor), "{text}");
        }
    }

    #[test]
    fn percentiles_are_read_as_statistics() {
        assert_eq!(percentile("99.9"), Some(Statistic::Quantile(999_000)));
        assert_eq!(percentile("50.0"), Some(Statistic::MEDIAN));
        assert_eq!(percentile("0"), Some(Statistic::Min));
        assert_eq!(percentile("100.0"), Some(Statistic::Max));
        for text in ["-1", "101", "nan", "9e1", "", "99.99999"] {
            assert_eq!(percentile(text), None, "{text}");
        }
    }

    #[test]
    fn instants_are_nanoseconds_since_1970() {
        assert_eq!(instant("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(instant("2000-02-29T12:00:00.5Z"), Some(951_825_600_500_000_000));
        assert_eq!(instant("2026-11-21T11:25:00+09:00"), instant("2026-11-21T02:25:00Z"));
        for text in
            ["", "2026", "2026-02-29T00:00:00Z", "2026-11-21T02:25:00", "0001-01-01T00:00:00Z"]
        {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    #[test]
    fn durations_carry_their_unit() {
        assert_eq!(duration("1.25ms"), Some(1.25e6));
        assert_eq!(duration("135.3 µs"), Some(135_300.0));
        assert_eq!(duration("12"), None);
        assert_eq!(duration("ms"), None);
        assert_eq!(duration("-1ms"), None);
    }
}
