//! Small waves on a uniform state: which of them grow (Turing 1952), and which grows fastest.

use std::f64::consts::TAU;

use super::reaction::{Jacobian, Reaction};
use super::settings::PatternSettings;
use crate::settings::Boundary;

/// How fast the mode with the Laplacian's eigenvalue `-mu` grows on the uniform state: the largest
/// real part among the eigenvalues of `J - mu D`.
#[must_use]
pub fn growth_rate(reaction: Reaction, diffusion: (f64, f64), mu: f64) -> f64 {
    let (u, v) = reaction.uniform_state();
    let jacobian = reaction.jacobian(u, v);
    rate(jacobian, diffusion, mu)
}

fn rate(jacobian: Jacobian, diffusion: (f64, f64), mu: f64) -> f64 {
    let u_by_u = jacobian.u_by_u - mu * diffusion.0;
    let v_by_v = jacobian.v_by_v - mu * diffusion.1;
    let half_gap = (u_by_u - v_by_v) / 2.0;
    let square = half_gap * half_gap + jacobian.u_by_v * jacobian.v_by_u;
    (u_by_u + v_by_v) / 2.0 + square.max(0.0).sqrt()
}

/// The `mu` above zero whose mode grows fastest, if the rate has a maximum there, and that rate,
/// which may be below zero. In a medium without cells `mu` is the square of the wavenumber.
#[must_use]
pub fn fastest_growth(reaction: Reaction, diffusion: (f64, f64)) -> Option<(f64, f64)> {
    let (u, v) = reaction.uniform_state();
    let jacobian = reaction.jacobian(u, v);
    let difference = diffusion.1 - diffusion.0;
    // Where the derivative of the rate by mu is zero.
    let opposed = -jacobian.u_by_v * jacobian.v_by_u / (diffusion.0 * diffusion.1);
    let gap = difference.signum() * (diffusion.0 + diffusion.1) * opposed.sqrt();
    let mu = (gap - jacobian.u_by_u + jacobian.v_by_v) / difference;
    (mu > 0.0 && mu.is_finite()).then(|| (mu, rate(jacobian, diffusion, mu)))
}

/// In cells, of the mode that grows fastest among those of the grid, with the eigenvalues of the
/// discrete Laplacian.
///
/// None if no mode grows, as on u without v, where all of Gray and Scott's patterns of finite
/// amplitude begin; if the uniform state grows or swings as a whole; or if zeros outside of the
/// square leave no state uniform.
#[must_use]
pub fn predicted_wavelength(settings: &PatternSettings) -> Option<f64> {
    let size = settings.grid_size;
    // Waves that fit the square, in halves where its edges mirror them.
    let (modes, period) = match settings.boundary {
        Boundary::Periodic => (size / 2 + 1, size as f64),
        Boundary::Neumann => (size, 2.0 * size as f64),
        Boundary::Dirichlet => return None,
    };
    let (u, v) = settings.reaction.uniform_state();
    let jacobian = settings.reaction.jacobian(u, v);
    if rate(jacobian, settings.diffusion, 0.0) >= 0.0 {
        return None;
    }
    let along: Vec<f64> =
        (0..modes).map(|waves| 2.0 - 2.0 * (TAU * waves as f64 / period).cos()).collect();
    let mut best = (0.0, None);
    for p in 0..modes {
        for q in 0..=p {
            let rate = rate(jacobian, settings.diffusion, along[p] + along[q]);
            if rate > best.0 {
                best = (rate, Some(period / (p as f64).hypot(q as f64)));
            }
        }
    }
    best.1
}
