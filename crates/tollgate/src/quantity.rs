//! Numbers with units: what a limit says and what a series holds.
//!
//! Inside the program every value is an `f64` in the base unit of its dimension: nanoseconds,
//! bytes, plain counts, fractions of one; and the same per second.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Time,
    Bytes,
    Count,
    Share,
}

/// What a number counts, and whether it is per unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Dimension {
    pub kind: Kind,
    pub per_time: bool,
}

impl Dimension {
    pub const TIME: Dimension = Dimension { kind: Kind::Time, per_time: false };
    pub const BYTES: Dimension = Dimension { kind: Kind::Bytes, per_time: false };
    pub const COUNT: Dimension = Dimension { kind: Kind::Count, per_time: false };
    pub const SHARE: Dimension = Dimension { kind: Kind::Share, per_time: false };
    pub const RATE: Dimension = Dimension { kind: Kind::Count, per_time: true };

    /// The dimension of a change over time of this one.
    #[must_use]
    pub fn per_time(self) -> Option<Dimension> {
        (!self.per_time).then_some(Dimension { kind: self.kind, per_time: true })
    }

    /// Units a person may write for this dimension, for messages.
    #[must_use]
    pub fn units(self) -> &'static str {
        match (self.kind, self.per_time) {
            (Kind::Time, false) => "ns, us, ms, s, m, h or d",
            (Kind::Bytes, false) => "B, kB, MB, GB, KiB, MiB or GiB",
            (Kind::Count, false) => "a plain number",
            (Kind::Share, false) => "%",
            (Kind::Time, true) => "a time per time, such as ms/h",
            (Kind::Bytes, true) => "bytes per time, such as MB/h or MiB/s",
            (Kind::Count, true) => "a number per time, such as 100/s or 5/min",
            (Kind::Share, true) => "a share per time, such as 1%/h",
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Time => "time",
            Kind::Bytes => "bytes",
            Kind::Count => "count",
            Kind::Share => "share",
        };
        f.write_str(kind)?;
        if self.per_time { f.write_str(" per time") } else { Ok(()) }
    }
}

/// A number in the base unit of its dimension.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    pub value: f64,
    pub dimension: Dimension,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    #[error("`{0}` has no number")]
    NoNumber(String),
    #[error("`{number}` is not a number")]
    NotANumber { number: String },
    #[error("`{0}` has a comma, which only parts the thousands of plain counts and rates")]
    Comma(String),
    #[error("unknown unit `{unit}`")]
    UnknownUnit { unit: String },
    #[error("unknown time `{unit}` after the slash")]
    UnknownPer { unit: String },
}

const UNITS: &[(&str, Kind, f64)] = &[
    ("", Kind::Count, 1.0),
    ("ns", Kind::Time, 1.0),
    ("us", Kind::Time, 1e3),
    ("µs", Kind::Time, 1e3),
    ("ms", Kind::Time, 1e6),
    ("s", Kind::Time, 1e9),
    ("m", Kind::Time, 60e9),
    ("min", Kind::Time, 60e9),
    ("h", Kind::Time, 3600e9),
    ("d", Kind::Time, 86400e9),
    ("B", Kind::Bytes, 1.0),
    ("kB", Kind::Bytes, 1e3),
    ("MB", Kind::Bytes, 1e6),
    ("GB", Kind::Bytes, 1e9),
    ("TB", Kind::Bytes, 1e12),
    ("KiB", Kind::Bytes, 1024.0),
    ("MiB", Kind::Bytes, 1_048_576.0),
    ("GiB", Kind::Bytes, 1_073_741_824.0),
    ("TiB", Kind::Bytes, 1_099_511_627_776.0),
    ("%", Kind::Share, 0.01),
];

const PERS: &[(&str, f64)] =
    &[("s", 1.0), ("min", 60.0), ("m", 60.0), ("h", 3600.0), ("d", 86400.0)];

/// Every unit a limit may carry, for suggestions.
pub fn unit_names() -> impl Iterator<Item = &'static str> {
    UNITS.iter().map(|&(name, ..)| name).filter(|name| !name.is_empty())
}

/// The base-unit factor and dimension of a unit such as `ms`, `MB/h`, `%` or the empty string.
pub fn unit(text: &str) -> Result<(f64, Dimension), QuantityError> {
    let (unit, per) = match text.split_once('/') {
        Some((unit, per)) => (unit.trim(), Some(per.trim())),
        None => (text.trim(), None),
    };
    let &(_, kind, factor) = UNITS
        .iter()
        .find(|&&(name, ..)| name == unit)
        .ok_or_else(|| QuantityError::UnknownUnit { unit: unit.to_owned() })?;
    let Some(per) = per else { return Ok((factor, Dimension { kind, per_time: false })) };
    let &(_, seconds) = PERS
        .iter()
        .find(|&&(name, _)| name == per)
        .ok_or_else(|| QuantityError::UnknownPer { unit: per.to_owned() })?;
    Ok((factor / seconds, Dimension { kind, per_time: true }))
}

impl Quantity {
    /// Reads `150ms`, `0.1%`, `100/s`, `50 MB/h`, `1_000`, and whatever [`show`] writes.
    pub fn parse(text: &str) -> Result<Quantity, QuantityError> {
        let text = text.trim();
        let grouped = grouped_end(text);
        let end = grouped.unwrap_or_else(|| number_end(text));
        if end == 0 {
            return Err(QuantityError::NoNumber(text.to_owned()));
        }
        if text[end..].starts_with(',') {
            return Err(QuantityError::Comma(text.to_owned()));
        }
        let number = text[..end].replace(['_', ','], "");
        let value: f64 = number
            .parse()
            .ok()
            .filter(|value: &f64| value.is_finite())
            .ok_or(QuantityError::NotANumber { number })?;
        let (factor, dimension) = unit(&text[end..])?;
        // Elsewhere `1,500 s` may be someone's second and a half.
        if grouped.is_some() && dimension.kind != Kind::Count {
            return Err(QuantityError::Comma(text.to_owned()));
        }
        // Dividing by the reciprocal keeps 0.1 % equal to 1/1000 to the last bit.
        let value = if factor < 1.0 && !dimension.per_time {
            value / (1.0 / factor)
        } else {
            value * factor
        };
        Ok(Quantity { value, dimension })
    }
}

/// Where the number at the start of `text` ends: digits, one sign, point, underscores, exponent.
fn number_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut end = 0;
    while end < bytes.len() {
        let exponent = matches!(bytes[end], b'e' | b'E')
            && end > 0
            && bytes.get(end + 1).is_some_and(|&b| b.is_ascii_digit() || matches!(b, b'+' | b'-'));
        let sign = matches!(bytes[end], b'+' | b'-')
            && (end == 0 || matches!(bytes[end - 1], b'e' | b'E'));
        if bytes[end].is_ascii_digit() || matches!(bytes[end], b'.' | b'_') || exponent || sign {
            end += 1;
        } else {
            break;
        }
    }
    end
}

/// Where a whole number with commas between its thousands ends, as counts are shown.
fn grouped_end(text: &str) -> Option<usize> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let more = |c: char| !(c.is_ascii_digit() || matches!(c, ',' | '.' | '_' | 'e' | 'E'));
    let number = &unsigned[..unsigned.find(more).unwrap_or(unsigned.len())];
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let (first, rest) = number.split_once(',')?;
    let leads = (1..=3).contains(&first.len()) && digits(first) && !first.starts_with('0');
    let follow = rest.split(',').all(|group| group.len() == 3 && digits(group));
    (leads && follow).then_some(text.len() - unsigned.len() + number.len())
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&show(self.value, self.dimension))
    }
}

/// A value as a person reads it: four significant digits and the unit that fits its size.
#[must_use]
pub fn show(value: f64, dimension: Dimension) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "?".into()
        } else if value > 0.0 {
            "∞".into()
        } else {
            "-∞".into()
        };
    }
    if dimension.per_time {
        show_rate(value, dimension.kind)
    } else {
        show_plain(value, dimension.kind)
    }
}

fn show_rate(value: f64, kind: Kind) -> String {
    // A slow growth reads better per hour; a fast rate per second.
    let (scaled, per) = match kind {
        Kind::Count if value.abs() >= 1.0 || value == 0.0 => (value, "/s"),
        Kind::Bytes if value.abs() >= 1e6 => (value, "/s"),
        _ => (value * 3600.0, "/h"),
    };
    format!("{}{per}", show_plain(scaled, kind))
}

fn show_plain(value: f64, kind: Kind) -> String {
    // What is rounded up to the next unit is shown in it.
    let size = rounded(value.abs());
    let (scaled, unit) = match kind {
        Kind::Time if size >= 3600e9 => (value / 3600e9, " h"),
        Kind::Time if size >= 120e9 => (value / 60e9, " min"),
        Kind::Time if size >= 1e9 => (value / 1e9, " s"),
        Kind::Time if size >= 1e6 => (value / 1e6, " ms"),
        Kind::Time if size >= 1e3 => (value / 1e3, " µs"),
        Kind::Time => (value, " ns"),
        Kind::Bytes if size >= 1_073_741_824.0 => (value / 1_073_741_824.0, " GiB"),
        Kind::Bytes if size >= 1_048_576.0 => (value / 1_048_576.0, " MiB"),
        Kind::Bytes if size >= 1024.0 => (value / 1024.0, " KiB"),
        Kind::Bytes => (value, " B"),
        Kind::Count => return grouped(value),
        Kind::Share => (value * 100.0, " %"),
    };
    format!("{}{unit}", significant(scaled))
}

fn rounded(size: f64) -> f64 {
    format!("{size:.3e}").parse().unwrap_or(size)
}

/// Four significant digits without an exponent for the sizes people meet.
pub(crate) fn significant(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        "0".into()
    } else if !(1e-4..1e6).contains(&size) {
        format!("{value:.3e}")
    } else if size >= 1000.0 {
        format!("{value:.0}")
    } else {
        let whole = size.log10().floor() as i32;
        let decimals = usize::try_from(3 - whole).unwrap_or(0);
        let text = format!("{value:.decimals$}");
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        }
    }
}

fn grouped(value: f64) -> String {
    if rounded(value.abs()) < 1000.0 || value.abs() >= 1e15 {
        return significant(value);
    }
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(text: &str) -> f64 {
        Quantity::parse(text).unwrap().value
    }

    #[test]
    fn quantities_are_read_in_base_units() {
        for (text, expected) in [
            ("150ms", 150e6),
            ("1.5 us", 1500.0),
            ("2µs", 2000.0),
            ("5m", 300e9),
            ("100MiB", 104_857_600.0),
            ("50MB/h", 50e6 / 3600.0),
            ("0.1%", 0.001),
            ("12.5%", 0.125),
            ("100/s", 100.0),
            ("1_000", 1000.0),
            ("1e3", 1000.0),
            ("-3", -3.0),
            ("12,345", 12_345.0),
            ("-1,234,567/s", -1_234_567.0),
        ] {
            assert!((value(text) - expected).abs() <= expected.abs() * 1e-15, "{text}");
        }
    }

    #[test]
    fn a_tenth_of_a_percent_is_exactly_one_in_a_thousand() {
        assert!(value("0.1%").to_bits() == (1.0_f64 / 1000.0).to_bits());
    }

    #[test]
    fn nonsense_is_an_error() {
        for text in ["", "ms", "5 parsecs", "5/fortnight", "1.2.3s", "--1", "1e999", "nan", "inf"] {
            assert!(Quantity::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_comma_that_may_be_a_decimal_point_is_an_error() {
        for text in [
            "1,5",
            "1,500 s",
            "0,500",
            "1,50,000",
            "1234,567",
            "1,234.5",
            "1,234_000",
            "1,234,",
            "1,2e3",
        ] {
            assert_eq!(Quantity::parse(text), Err(QuantityError::Comma(text.to_owned())));
        }
    }

    #[test]
    fn values_are_shown_with_the_unit_that_fits() {
        for (text, shown) in [
            ("150ms", "150 ms"),
            ("0.0015s", "1.5 ms"),
            ("90s", "90 s"),
            ("64MiB", "64 MiB"),
            ("0.1%", "0.1 %"),
            ("100/s", "100/s"),
            ("12345", "12,345"),
            ("50MiB/h", "50 MiB/h"),
            ("0", "0"),
            ("119s", "119 s"),
            ("150s", "2.5 min"),
            ("90min", "1.5 h"),
            ("999999ns", "1 ms"),
            ("1048575B", "1 MiB"),
            ("999.96", "1,000"),
            ("-466.5ms", "-466.5 ms"),
            ("0.5/s", "1,800/h"),
            ("1e-9ns", "1.000e-9 ns"),
        ] {
            assert_eq!(Quantity::parse(text).unwrap().to_string(), shown);
        }
    }

    fn dimension() -> impl Strategy<Value = Dimension> {
        let kinds = [Kind::Time, Kind::Bytes, Kind::Count, Kind::Share];
        (prop::sample::select(kinds.to_vec()), any::<bool>())
            .prop_map(|(kind, per_time)| Dimension { kind, per_time })
    }

    proptest! {
        /// What is shown can be copied into a budget file: it is the value to four digits.
        #[test]
        fn what_is_shown_is_read_as_the_same_to_four_digits(
            digits in -10.0..10.0_f64,
            power in -12..18_i32,
            dimension in dimension(),
        ) {
            let value = digits * 10_f64.powf(power.into());
            let shown = show(value, dimension);
            let read = Quantity::parse(&shown).unwrap();
            prop_assert_eq!(read.dimension, dimension);
            prop_assert!((read.value - value).abs() <= value.abs() * 5.001e-4, "{}", shown);
        }
    }
}
