//! Numbers beside an axis: all in one unit, with no more digits than their distance asks for.

use tollgate::quantity::{self, Dimension, Kind, show};

/// The unit in which the values of an axis are told.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Unit {
    /// With the space before it: ` ms`, `/s`, ` M`.
    name: String,
    /// What one of it is in base units.
    pub(super) size: f64,
}

/// Plain counts have no units, but instructions come by the thousand million.
const THOUSANDS: [(f64, &str); 3] = [(1e12, " T"), (1e9, " G"), (1e6, " M")];

impl Unit {
    /// The one that fits a value of this size.
    pub(super) fn fitting(size: f64, dimension: Dimension) -> Unit {
        let text = show(size, dimension);
        let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | 'e');
        let name = text.trim_start_matches(is_number);
        let factor = quantity::unit(name.trim()).map_or(1.0, |(factor, _)| factor);
        let scaled = size.abs() / factor;
        let many = THOUSANDS.iter().find(|(many, _)| scaled >= *many);
        match (dimension.kind, many) {
            (Kind::Count, Some((many, word))) => {
                Unit { name: format!("{word}{name}"), size: factor * many }
            }
            _ => Unit { name: name.to_owned(), size: factor },
        }
    }

    /// A value that is a multiple of `step`, with the digits that tell it from its neighbours.
    pub(super) fn text(&self, value: f64, step: f64) -> String {
        let scaled = value / self.size;
        let digits = -(step / self.size).log10().floor();
        let decimals = if digits > 0.0 { digits.min(9.0) as usize } else { 0 };
        let text = format!("{scaled:.decimals$}");
        // Rounding leaves a sign before nothing.
        let zero = text.bytes().all(|b| matches!(b, b'-' | b'0' | b'.'));
        let text = if zero { text.trim_start_matches('-').to_owned() } else { text };
        format!("{}{}", grouped(&text), self.name)
    }
}

/// `1450.5` as `1,450.5`; what is longer than any name of it as a power.
fn grouped(text: &str) -> String {
    let (sign, unsigned) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, rest) = unsigned.split_at(unsigned.find('.').unwrap_or(unsigned.len()));
    if whole.len() > 9 {
        return text
            .parse::<f64>()
            .map_or_else(|_| text.to_owned(), |value| format!("{value:.0e}"));
    }
    let mut out = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_in_the_unit_of_the_largest() {
        for (size, step, dimension, value, text) in [
            (15e6, 5e6, Dimension::TIME, 5e6, "5 ms"),
            (1.5e6, 0.5e6, Dimension::TIME, 0.5e6, "0.5 ms"),
            (100.0 * 1_048_576.0, 50.0 * 1_048_576.0, Dimension::BYTES, 52_428_800.0, "50 MiB"),
            (1500.0, 500.0, Dimension::RATE, 1000.0, "1,000/s"),
            (0.004, 0.001, Dimension::SHARE, 0.003, "0.3 %"),
            (2e9, 5e8, Dimension::COUNT, 1.5e9, "1.5 G"),
            (12_345.0, 5000.0, Dimension::COUNT, 10_000.0, "10,000"),
            (-20e6, 1e7, Dimension::TIME, -0.0, "0 ms"),
            (300e9, 60e9, Dimension::TIME, 120e9, "2 min"),
            (1e300, 5e299, Dimension::TIME, 1e300, "3e287 h"),
        ] {
            assert_eq!(Unit::fitting(size, dimension).text(value, step), text);
        }
    }
}
