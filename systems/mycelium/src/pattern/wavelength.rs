//! The wavelength of what there is, out of its power spectrum.

use std::f64::consts::TAU;

/// In cells, of the waves that make up most of the field, whatever their direction: the mean
/// wavenumber around the peak of the power spectrum. Endless for a field without waves.
///
/// Takes time with the third power of the size.
///
/// # Panics
///
/// If the cells are no square of that size.
#[must_use]
pub fn measured_wavelength(cells: &[f64], size: usize) -> f64 {
    assert_eq!(cells.len(), size * size, "cells of a square");
    let rings = rings(&spectrum(cells, size), size);
    let peak = rings.iter().map(|ring| ring.power).fold(0.0, f64::max);
    let Some(peak) = rings.iter().position(|ring| ring.power >= peak && peak > 0.0) else {
        return f64::INFINITY;
    };
    // Far enough for the peak, not as far as its overtones.
    let (from, to) = (peak * 2 / 3, (peak * 3).div_ceil(2));
    let around = rings.iter().take(to + 1).skip(from);
    let (power, moment) =
        around.fold((0.0, 0.0), |(power, moment), ring| (power + ring.power, moment + ring.moment));
    size as f64 * power / moment
}

/// Modes with about one number of waves across the square.
#[derive(Clone, Copy, Default)]
struct Ring {
    power: f64,
    /// Power times number of waves.
    moment: f64,
}

fn rings(spectrum: &[f64], size: usize) -> Vec<Ring> {
    let mut rings = vec![Ring::default(); size + 1];
    for (index, power) in spectrum.iter().enumerate() {
        let (p, q) = (index / size, index % size);
        let waves = (p as f64).hypot(q.min(size - q) as f64);
        // Modes with p and with -p are as strong as one another; those of half the size are one.
        let double = p > 0 && 2 * p < size;
        let power = if double { 2.0 * power } else { *power };
        let ring = &mut rings[waves.round() as usize];
        ring.power += power;
        ring.moment += power * waves;
    }
    rings[0] = Ring::default();
    rings
}

/// Power by waves p along a row, from none to half the size, and by waves q down a column.
fn spectrum(cells: &[f64], size: usize) -> Vec<f64> {
    let turns: Vec<(f64, f64)> =
        (0..size).map(|turn| (TAU * turn as f64 / size as f64).sin_cos()).collect();
    let mean = cells.iter().sum::<f64>() / cells.len() as f64;
    let mut powers = Vec::with_capacity(size * (size / 2 + 1));
    for p in 0..=size / 2 {
        let along: Vec<(f64, f64)> =
            cells.chunks_exact(size).map(|row| along(row, mean, p, &turns)).collect();
        powers.extend((0..size).map(|q| power_down(&along, q, &turns)));
    }
    powers
}

/// The wave's part in a row: with its cosine and with its sine.
fn along(row: &[f64], mean: f64, waves: usize, turns: &[(f64, f64)]) -> (f64, f64) {
    let mut turn = 0;
    row.iter().fold((0.0, 0.0), |(real, imaginary), cell| {
        let (sine, cosine) = turns[turn];
        turn = (turn + waves) % turns.len();
        let value = cell - mean;
        (real + value * cosine, imaginary - value * sine)
    })
}

fn power_down(column: &[(f64, f64)], waves: usize, turns: &[(f64, f64)]) -> f64 {
    let mut turn = 0;
    let (real, imaginary) = column.iter().fold((0.0, 0.0), |sum, value| {
        let (sine, cosine) = turns[turn];
        turn = (turn + waves) % turns.len();
        let real = sum.0 + value.0 * cosine + value.1 * sine;
        (real, sum.1 + value.1 * cosine - value.0 * sine)
    });
    real * real + imaginary * imaginary
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waves(size: usize, p: f64, q: f64) -> Vec<f64> {
        let at = |index: usize| (index / size) as f64 * p + (index % size) as f64 * q;
        (0..size * size).map(|index| 3.0 + (TAU * at(index) / size as f64).cos()).collect()
    }

    #[test]
    fn a_plane_wave_has_its_own_wavelength_in_any_direction() {
        for (p, q) in [(5.0, 0.0), (0.0, 5.0), (3.0, 4.0), (3.0, -4.0), (12.0, 5.0), (32.0, 0.0)] {
            let expected = 64.0 / f64::hypot(p, q);
            let measured = measured_wavelength(&waves(64, p, q), 64);
            assert!((measured - expected).abs() < 1e-9, "{p} {q}: {measured}");
        }
        assert!((measured_wavelength(&waves(15, 2.0, 1.0), 15) - 15.0 / 5.0_f64.sqrt()) < 1e-9);
    }

    #[test]
    fn the_stronger_of_two_waves_counts_and_an_overtone_does_not() {
        let (strong, weak) = (waves(48, 4.0, 0.0), waves(48, 0.0, 12.0));
        let both: Vec<f64> = strong.iter().zip(&weak).map(|(one, two)| one + 0.8 * two).collect();
        assert!((measured_wavelength(&both, 48) - 12.0).abs() < 1e-9);
    }

    #[test]
    fn power_is_that_of_the_cells() {
        let cells: Vec<f64> = (0..81).map(|index| f64::from(index * index % 17)).collect();
        let mean = cells.iter().sum::<f64>() / 81.0;
        let squares: f64 = cells.iter().map(|cell| (cell - mean) * (cell - mean)).sum();
        let total: f64 = rings(&spectrum(&cells, 9), 9).iter().map(|ring| ring.power).sum();
        assert!((total / 81.0 / squares - 1.0).abs() < 1e-12, "{total} {squares}");
    }

    #[test]
    fn a_field_without_waves_has_no_wavelength() {
        assert!(measured_wavelength(&[0.25; 64], 8).is_infinite());
    }
}
