//! Sums of products of floats where the processor has no fused instruction: each product and sum
//! is rounded to a double and then to a float, and it is watched for the few cases in which that is
//! not what rounding once would give.

/// Factors below it, but zero, are not for [`sums`].
const LEAST: f32 = f32::from_bits((127 - 66) << 23);
/// What a double has beyond a float.
const BEYOND: u64 = (1 << 29) - 1;
/// The same of a double in the middle between two floats.
const MIDDLE: u64 = 1 << 28;

/// Whether there is no factor but zero whose products may be so small that a sum is rounded to a
/// float with fewer digits.
#[inline(always)]
pub(super) fn suits(factors: &[f32]) -> bool {
    let is_small = |factor: f32| factor.abs() < LEAST && factor != 0.0;
    !factors.iter().fold(false, |any, factor| any | is_small(*factor))
}

/// The sums of all rows of `right`, each times the factor for it, in order; or none, if one of them
/// may have been rounded to another number than by rounding once. All factors have to suit.
///
/// A product of floats is exact as a double. Its sum, once rounded, is rounded wrongly to a float
/// only from the middle between two floats, where it cannot be told on which side the exact sum is
/// (Boldo and Melquiond, 2008). Below the floats with all digits the middles are others, but there
/// a sum is exact: factors are multiples of 2^-89, so that all is a multiple of 2^-178, and below
/// 2^-126 that leaves no more digits than a double has.
#[inline(always)]
pub(super) fn sums<const ROWS: usize, const WIDTH: usize>(
    left: impl Fn(usize) -> [f32; ROWS],
    right: &[[f32; WIDTH]],
) -> Option<[[f32; WIDTH]; ROWS]> {
    let mut sums = [[0.0_f64; WIDTH]; ROWS];
    let mut doubts = 0_u64;
    for (inner, right) in right.iter().enumerate() {
        for (sums, factor) in sums.iter_mut().zip(left(inner)) {
            for (sum, value) in sums.iter_mut().zip(right) {
                let rounded = f64::from(factor) * f64::from(*value) + *sum;
                // Less than zero, as a number with a sign, only in the middle.
                doubts |= ((rounded.to_bits() ^ MIDDLE) & BEYOND).wrapping_sub(1);
                *sum = f64::from(rounded as f32);
            }
        }
    }
    let is_certain = doubts >> 63 == 0;
    is_certain.then(|| sums.map(|sums| sums.map(|sum| sum as f32)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn once(left: &[f32], right: &[[f32; 4]]) -> [f32; 4] {
        let mut sums = [0.0_f32; 4];
        for (factor, right) in left.iter().zip(right) {
            for (sum, value) in sums.iter_mut().zip(right) {
                *sum = factor.mul_add(*value, *sum);
            }
        }
        sums
    }

    fn twice(left: &[f32], right: &[[f32; 4]]) -> Option<[f32; 4]> {
        sums(|inner| [left[inner]], right).map(|[sums]| sums)
    }

    #[test]
    fn a_sum_in_the_middle_of_two_floats_is_in_doubt_and_one_beside_it_is_not() {
        let sum_of = |middle: f32, rest: f32| twice(&[1.0, 1.0], &[[middle; 4], [rest; 4]]);
        let whole = 16_777_216.0_f32;
        assert_eq!(sum_of(whole, 1.0), None);
        assert_eq!(sum_of(-whole, -1.0), None);
        assert_eq!(sum_of(whole, 1.5), Some([whole + 2.0; 4]));
        assert_eq!(sum_of(whole, 0.5), Some([whole; 4]));
    }

    #[test]
    fn factors_suit_unless_they_are_small_and_not_zero() {
        assert!(suits(&[]) && suits(&[0.0, -0.0, LEAST, -LEAST, f32::MAX, f32::INFINITY]));
        for small in [LEAST / 2.0, -LEAST / 2.0, f32::MIN_POSITIVE, f32::from_bits(1)] {
            assert!(!suits(&[1.0, small, 1.0]), "{small:e}");
        }
    }

    fn factor() -> impl Strategy<Value = f32> {
        let scaled = |(number, power): (i32, i32)| number as f32 * (f64::from(power).exp2() as f32);
        // Few digits and near powers, so that sums come into the middle; and any that suit.
        prop_oneof![
            4 => (-9_i32..9, -14_i32..14).prop_map(scaled),
            2 => (-9_i32..9, -66_i32..124).prop_map(scaled),
            1 => any::<f32>().prop_filter("a factor that suits", |factor| suits(&[*factor])),
        ]
    }

    proptest! {
        #[test]
        fn sums_that_are_not_in_doubt_are_those_that_are_rounded_once(
            left in prop::collection::vec(factor(), 6),
            right in prop::collection::vec([factor(), factor(), factor(), factor()], 6),
        ) {
            if let Some(found) = twice(&left, &right) {
                for (found, expected) in found.into_iter().zip(once(&left, &right)) {
                    let is_same = found.to_bits() == expected.to_bits();
                    prop_assert!(is_same || found.is_nan() && expected.is_nan(), "{} {}", found, expected);
                }
            }
        }
    }
}
