//! Loops with the widest registers that the processor at hand has, chosen while the program runs.
//! Results are the same bits: a product is fused with a sum only where the code says so, and then
//! on every machine.

use pulp::{Arch, WithSimd};

pub(crate) use pulp::Simd;

/// Something to compute. `work` and all that it calls have to be inlined, for what is called is
/// compiled for any processor.
pub(crate) trait Work {
    type Output;

    /// With such registers.
    fn work<S: Simd>(self) -> Self::Output;
}

struct Widely<W>(W);

impl<W: Work> WithSimd for Widely<W> {
    type Output = W::Output;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _registers: S) -> W::Output {
        self.0.work::<S>()
    }
}

#[inline]
pub(crate) fn widely<W: Work>(work: W) -> W::Output {
    Arch::new().dispatch(Widely(work))
}
