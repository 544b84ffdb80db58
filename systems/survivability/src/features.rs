//! The features of a candidate path at the time of a decision.

use crate::failure::FailureManager;
use crate::paths::Path;
use crate::spectrum::Spectrum;
use crate::state::{ActionMask, PathFeatures};

/// Reads a path off the spectrum and the failures.
pub fn features(path: Path, spectrum: &mut Spectrum, failures: &FailureManager) -> PathFeatures {
    let is_failed = !failures.is_feasible(path.link_words);
    let distance = if failures.is_any_down() { failures.hops_to_centre(path.nodes) } else { 0 };
    let mut residual = u16::MAX;
    let (mut longest, mut free) = (0, 0);
    for link in path.links {
        residual = residual.min(spectrum.longest_run(*link));
        let (run, slots) = spectrum.emptiest(*link);
        longest = longest.max(run);
        free += u32::from(slots);
    }
    PathFeatures {
        hops: path.hops() as u16,
        min_residual_slots: if path.links.is_empty() { 0 } else { residual },
        frag_indicator: four_decimals(fragmentation(longest, free)),
        is_failed,
        dist_to_disaster_centroid: distance,
    }
}

/// Which of the candidates work and have a free run of so many slots on each of their links. A
/// request that takes none reaches nowhere.
pub fn residual_mask(paths: &[PathFeatures], slots: u16, mask: &mut ActionMask) {
    let may = |path: &PathFeatures| !path.is_failed && path.min_residual_slots >= slots;
    mask.clear();
    mask.extend(paths.iter().map(|path| slots > 0 && may(path)));
}

/// One less the longest free run of any link by the free slots of all; 1 if none is free.
#[must_use]
pub fn fragmentation(longest: u16, free: u32) -> f64 {
    if free == 0 { 1.0 } else { 1.0 - f64::from(longest) / f64::from(free) }
}

/// Rounds to four decimals as the decimal value of the number says, halves to even.
fn four_decimals(value: f64) -> f64 {
    let scaled = value * 10_000.0;
    let below = scaled.floor();
    let over_half = match scaled - below - 0.5 {
        // The product may have been rounded onto the half: what it lost says from which side.
        0.0 => value.mul_add(10_000.0, -scaled),
        over => over,
    };
    let is_odd = below % 2.0 > 0.0;
    let rounds_up = over_half > 0.0 || (over_half >= 0.0 && is_odd);
    (below + f64::from(u8::from(rounds_up))) / 10_000.0
}

#[cfg(test)]
mod tests;
