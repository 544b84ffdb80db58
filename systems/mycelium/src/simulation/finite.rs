//! Looks for cells that have left the numbers.

use crate::error::Error;
use crate::wide::{Simd, Work, widely};

/// Steps from one look to the next. A cell that is not a number stays so and spreads to its
/// neighbours, so that the next look finds it.
pub(crate) const EVERY: usize = 16;

/// Refuses a field with cells that are infinite, or not a number.
pub(crate) fn check(field: &'static str, cells: &[f64], step: usize) -> Result<(), Error> {
    let count = widely(NotFinite(cells));
    if count == 0 {
        return Ok(());
    }
    Err(Error::NotFinite { field, step, count })
}

/// How many there are.
struct NotFinite<'a>(&'a [f64]);

impl Work for NotFinite<'_> {
    type Output = usize;

    #[inline(always)]
    fn work<S: Simd>(self) -> usize {
        self.0.iter().filter(|cell| !cell.is_finite()).count()
    }
}
