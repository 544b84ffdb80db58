//! Numbers as people and tables want them: a fixed number of significant digits and no noise of
//! binary fractions behind them.

/// Decimal digits, as many as are significant and no zeros at the end. Very large and very small
/// values have an exponent.
#[must_use]
pub fn significant(value: f64, digits: usize) -> String {
    let value = rounded(value, digits);
    let size = value.abs();
    if value == 0.0 {
        "0".to_owned()
    } else if (1e-5..1e15).contains(&size) || !size.is_finite() {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

/// The nearest number of so many significant decimal digits.
#[must_use]
pub fn rounded(value: f64, digits: usize) -> f64 {
    let text = format!("{value:.*e}", digits.saturating_sub(1));
    text.parse().expect("what is formatted as a number is one")
}

/// Ten to a whole power, correctly rounded.
#[must_use]
pub fn power_of_ten(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().expect("an integer is an exponent")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_of_decimals_is_written_without_its_binary_noise() {
        for (value, expected) in [
            (0.1 + 0.2, "0.3"),
            (-1234.5678, "-1234.57"),
            (0.0, "0"),
            (-0.0, "0"),
            (100.0, "100"),
            (0.000_012, "0.000012"),
            (1.5e-7, "1.5e-7"),
            (6.022e23, "6.022e23"),
            (999_999.6, "1000000"),
        ] {
            assert_eq!(significant(value, 6), expected, "{value:e}");
        }
    }

    #[test]
    fn a_power_beyond_the_range_is_zero_or_infinite() {
        let powers = [-330, 0, 3, 400].map(power_of_ten).map(|power| power.to_string());
        assert_eq!(powers, ["0", "1", "1000", "inf"]);
    }
}
