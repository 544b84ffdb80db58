//! What a network computes with: `f32` in use, `f64` where its derivatives are checked.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

use super::twice;

/// `f32` or `f64`.
pub trait Real:
    Copy
    + Debug
    + Default
    + PartialOrd
    + Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Send
    + Sync
    + sealed::Sealed
    + 'static
{
    const ZERO: Self;

    /// The nearest to it.
    fn of(value: f64) -> Self;
    fn wide(self) -> f64;
    /// This times `factor` plus `sum`, rounded once. Whether the processor has an instruction for
    /// that changes nothing of it.
    fn times_plus<const HAS_INSTRUCTION: bool>(self, factor: Self, sum: Self) -> Self;
    /// Whether such factors are for [`Real::sums_if_certain`].
    fn suits(_factors: &[Self]) -> bool {
        false
    }
    /// The sums of all rows of `right`, each times the factor for it and rounded once for each, by
    /// no fused instruction; or none, where only [`Real::times_plus`] is certain of them.
    fn sums_if_certain<const ROWS: usize, const WIDTH: usize>(
        _left: impl Fn(usize) -> [Self; ROWS],
        _right: &[[Self; WIDTH]],
    ) -> Option<[[Self; WIDTH]; ROWS]> {
        None
    }
    fn exp(self) -> Self;
    fn sqrt(self) -> Self;
    fn is_finite(self) -> bool;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! real {
    ($type:ident, $without_instruction:expr, { $($item:item)* }) => {
        impl sealed::Sealed for $type {}

        impl Real for $type {
            const ZERO: Self = 0.0;

            #[inline]
            fn of(value: f64) -> Self {
                value as $type
            }

            #[inline]
            fn wide(self) -> f64 {
                self.into()
            }

            #[inline(always)]
            fn times_plus<const HAS_INSTRUCTION: bool>(self, factor: Self, sum: Self) -> Self {
                if HAS_INSTRUCTION {
                    $type::mul_add(self, factor, sum)
                } else {
                    $without_instruction(self, factor, sum)
                }
            }

            $($item)*

            #[inline]
            fn exp(self) -> Self {
                $type::exp(self)
            }

            #[inline]
            fn sqrt(self) -> Self {
                $type::sqrt(self)
            }

            #[inline]
            fn is_finite(self) -> bool {
                $type::is_finite(self)
            }
        }
    };
}

real!(f32, times_plus, {
    #[inline(always)]
    fn suits(factors: &[f32]) -> bool {
        twice::suits(factors)
    }

    #[inline(always)]
    fn sums_if_certain<const ROWS: usize, const WIDTH: usize>(
        left: impl Fn(usize) -> [f32; ROWS],
        right: &[[f32; WIDTH]],
    ) -> Option<[[f32; WIDTH]; ROWS]> {
        twice::sums(left, right)
    }
});
real!(f64, f64::mul_add, {});

/// What takes a C library hundreds of nanoseconds. Products of floats are exact as doubles. A sum
/// that is not exact is made the one of its two neighbours whose last bit is odd: so rounding it
/// again, to a float, gives what rounding the exact sum gives (Boldo and Melquiond, 2008). Without
/// branches, so that the compiler does several at once.
#[inline(always)]
fn times_plus(one: f32, factor: f32, sum: f32) -> f32 {
    let (product, sum) = (f64::from(one) * f64::from(factor), f64::from(sum));
    let rounded = product + sum;
    let added = rounded - product;
    let error = (product - (rounded - added)) + (sum - added);
    // What is infinite or no number has an error that is no number either, and is left.
    let is_rounded = u64::from(error.abs() > 0.0);
    let bits = rounded.to_bits();
    // Rounded away from zero, to the neighbour beyond the sum.
    let is_beyond = (bits ^ error.to_bits()) >> 63 & is_rounded;
    f64::from_bits((bits - is_beyond) | is_rounded) as f32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn agree(one: f32, factor: f32, sum: f32) -> bool {
        let (found, expected) = (times_plus(one, factor, sum), one.mul_add(factor, sum));
        found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan()
    }

    #[test]
    fn a_sum_just_beside_the_middle_of_two_floats_goes_to_the_nearer_one() {
        let above = 1.0 + f32::EPSILON;
        // 2^24 + 1 lies in the middle; 2^-40 more or less is lost in a double.
        let middle = 16_777_216.0;
        for rest in [2.0_f32.powi(-40), -(2.0_f32.powi(-40)), 0.0] {
            assert!(agree(rest, 1.0, middle), "{rest}");
            assert!(agree(-rest, 1.0, -middle), "{rest}");
            assert!(agree(above, 1.0 + rest, middle), "{rest}");
        }
    }

    #[test]
    fn floats_at_the_ends_of_their_range_agree_in_every_combination() {
        let least = f32::from_bits(1);
        let edges = [
            0.0,
            least,
            3.0 * least,
            f32::MIN_POSITIVE - least,
            f32::MIN_POSITIVE,
            2.0_f32.powi(-75),
            1.5 * 2.0_f32.powi(-75),
            0.5,
            1.0 - f32::EPSILON / 2.0,
            1.0,
            1.0 + f32::EPSILON,
            2.0_f32.powi(64),
            f32::MAX,
            f32::INFINITY,
            f32::NAN,
        ];
        let signed: Vec<f32> = edges.into_iter().flat_map(|edge| [edge, -edge]).collect();
        for one in &signed {
            for factor in &signed {
                for sum in &signed {
                    assert!(agree(*one, *factor, *sum), "{one:e} {factor:e} {sum:e}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn all_floats_agree_with_the_instruction_or_the_library(
            (one, factor, sum) in any::<(u32, u32, u32)>(),
        ) {
            let [one, factor, sum] = [one, factor, sum].map(f32::from_bits);
            prop_assert!(agree(one, factor, sum), "{} {} {}", one, factor, sum);
        }

        #[test]
        fn floats_of_like_sizes_agree_as_well(
            (one, factor) in (-4.0_f32..4.0, -4.0_f32..4.0),
            power in -60_i32..60,
            is_opposite in any::<bool>(),
        ) {
            let near = if is_opposite { -one * factor } else { one * factor };
            let sum = near * (f64::from(power).exp2() as f32);
            prop_assert!(agree(one, factor, sum), "{} {} {}", one, factor, sum);
        }
    }
}
