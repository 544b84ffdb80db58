//! Exponential and logarithm out of additions and multiplications alone. Those of the platform
//! differ in the last bit from one C library and processor to the next, and training amplifies it.

use std::f64::consts::{LOG2_E, SQRT_2};

/// ln 2 in two parts; the first has 20 trailing zero bits, so that its multiples are exact. After
/// fdlibm's `e_exp.c`.
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_588e-10;

/// eˣ to about 1e-15 of its value; 0 below -708 and infinite above 709.
#[must_use]
pub fn exp(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x < -708.0 {
        return 0.0;
    }
    if x > 709.0 {
        return f64::INFINITY;
    }
    let halvings = (x * LOG2_E).round();
    let rest = (x - halvings * LN_2_HIGH) - halvings * LN_2_LOW;
    // The series of Taylor: 0.35 to the 14th by 14! is below 1e-17.
    let mut sum = 1.0;
    for n in (1..=13).rev() {
        sum = 1.0 + sum * rest / f64::from(n);
    }
    sum * f64::from_bits(((halvings as i64 + 1023) as u64) << 52)
}

/// The natural logarithm of a normal positive number, to about 1e-15.
#[must_use]
pub fn ln(x: f64) -> f64 {
    assert!(x.is_normal() && x > 0.0, "the logarithm of {x}");
    let mut exponent = ((x.to_bits() >> 52) as i64 - 1023) as f64;
    let mut fraction = f64::from_bits(x.to_bits() & ((1 << 52) - 1) | (1023 << 52));
    if fraction > SQRT_2 {
        fraction /= 2.0;
        exponent += 1.0;
    }
    // ln m = 2 artanh s with |s| < 0.172; its series ends where terms are below 1e-17.
    let s = (fraction - 1.0) / (fraction + 1.0);
    let square = s * s;
    let mut sum = 0.0;
    for n in (0..=11).rev() {
        sum = sum * square + 1.0 / f64::from(2 * n + 1);
    }
    exponent * LN_2_HIGH + (2.0 * s * sum + exponent * LN_2_LOW)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn exp_is_that_of_the_platform_to_the_last_digits(x in -708.0..709.0_f64) {
            prop_assert!((exp(x) / x.exp() - 1.0).abs() < 2e-15);
        }

        #[test]
        fn ln_is_that_of_the_platform_to_the_last_digits(bits in 1_u64 << 52..2047 << 52) {
            let x = f64::from_bits(bits);
            prop_assert!((ln(x) - x.ln()).abs() <= 1e-15 * x.ln().abs().max(1.0));
        }
    }

    #[test]
    fn the_ends_are_zero_and_infinite() {
        assert_eq!(exp(0.0).to_bits(), 1.0_f64.to_bits());
        assert_eq!(exp(f64::NEG_INFINITY).to_bits(), 0);
        assert!(exp(710.0).is_infinite() && exp(f64::INFINITY).is_infinite());
        assert!(exp(f64::NAN).is_nan());
        assert!(exp(709.0).is_finite() && exp(-708.0) > 0.0);
        assert_eq!(ln(1.0).to_bits(), 0);
    }
}
