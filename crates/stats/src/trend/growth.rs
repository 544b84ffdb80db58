//! How fast a series grows that depends on its past, warms up, or rises and falls like a saw.

use super::sawtooth::floors;
use super::warm_up::{WarmUp, warm_up};
use super::{Slope, block_medians, theil_sen};
use crate::dependence::integrated_autocorrelation_time;

/// Fewest blocks of [`growth`].
const BLOCKS_MIN: usize = 10;
/// Most blocks of [`growth`]; more would cost pairs and gain nothing.
const BLOCKS_MAX: usize = 200;
/// Blocks of the first line of [`growth`], from which the dependence is measured.
const BLOCKS_ROUGH: usize = 50;
/// Autocorrelation times a block of [`growth`] lasts at least, where the series is long enough.
const BLOCK_TIMES: f64 = 5.0;
/// Blocks among which the end of a warm-up is sought.
const BLOCKS_FINE: usize = 100;

/// The growth of a series, and on what part of it that rests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Growth {
    /// The line of what had settled.
    pub line: Slope,
    /// From the first time to where the series had settled; nothing before that was used.
    pub warm_up: f64,
    /// False when the series was calm for less than half of the time, and in motion before: the
    /// interval then holds what the second half and the calm part of it allow.
    pub settled: bool,
    /// True when the series is a sawtooth, whose lowest points were followed.
    pub at_floor: bool,
    /// Points the line was laid through.
    pub points: usize,
}

/// The slope of what remains after the warm-up, through medians of blocks of at least five
/// autocorrelation times, at least ten and at most 200 of them; of a sawtooth, the slope of its
/// floor. With ten values or fewer, the slope through the values. None with fewer than two
/// distinct times.
///
/// # Panics
/// When the slices differ in length.
pub fn growth(t: &[f64], y: &[f64], confidence: f64) -> Option<Growth> {
    assert_eq!(t.len(), y.len(), "a time for each value");
    let floors = floors(t, y);
    let at_floor = floors.is_some();
    let (t, y) = floors.unwrap_or_else(|| (t.to_vec(), y.to_vec()));
    let first = t.first().copied()?;
    let from = |from: usize| settled_growth(&t[from..], &y[from..], confidence);
    let ((line, points), start, settled) = match fine_warm_up(&t, &y) {
        WarmUp::Over(start) => (from(start)?, start, true),
        WarmUp::Doubtful(calm) => {
            let half = y.len() / 2;
            let ((line, points), (last, _)) = (from(half)?, from(calm)?);
            let (low, high) = (line.low.min(last.low), line.high.max(last.high));
            ((Slope { low, high, ..line }, points), half, false)
        }
    };
    Some(Growth { line, warm_up: t[start] - first, settled, at_floor, points })
}

/// The warm-up in values, sought among medians of blocks.
fn fine_warm_up(t: &[f64], y: &[f64]) -> WarmUp {
    if y.len() <= BLOCKS_MIN {
        return WarmUp::Over(0);
    }
    let blocks = (y.len() / 2).clamp(BLOCKS_MIN, BLOCKS_FINE);
    let (fine_t, fine_y) = block_medians(t, y, blocks);
    let values = |found: usize| found * y.len() / blocks;
    match warm_up(&fine_t, &fine_y) {
        WarmUp::Over(found) => WarmUp::Over(values(found)),
        WarmUp::Doubtful(found) => WarmUp::Doubtful(values(found)),
    }
}

/// The dependence is measured on what a first line leaves over: a trend itself would look like
/// endless memory.
fn settled_growth(t: &[f64], y: &[f64], confidence: f64) -> Option<(Slope, usize)> {
    if y.len() <= BLOCKS_MIN {
        return Some((theil_sen(t, y, confidence)?, y.len()));
    }
    let (rough_t, rough_y) = block_medians(t, y, BLOCKS_ROUGH);
    let rough = theil_sen(&rough_t, &rough_y, confidence)?;
    let rest: Vec<f64> = t.iter().zip(y).map(|(t, y)| y - rough.slope * t).collect();
    let length = BLOCK_TIMES * integrated_autocorrelation_time(&rest);
    let blocks = (y.len() as f64 / length) as usize;
    let (t, y) = block_medians(t, y, blocks.clamp(BLOCKS_MIN, BLOCKS_MAX));
    Some((theil_sen(&t, &y, confidence)?, y.len()))
}
