//! What a network computes with: `f32` in use, `f64` where its derivatives are checked.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

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
    fn exp(self) -> Self;
    fn sqrt(self) -> Self;
    fn is_finite(self) -> bool;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! real {
    ($type:ident) => {
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

real!(f32);
real!(f64);
