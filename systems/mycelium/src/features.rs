//! The eighteen numbers that describe a field and how it came about.
//!
//! Nine of the last frame's shape, five of its potentials, four of the way there. A [`Running`]
//! takes frame after frame and keeps one, so that no history has to be stored.

pub mod boxes;
pub(crate) mod change;
pub mod components;
mod mask;
mod moments;
mod options;
mod running;
mod threshold;
mod vector;

#[cfg(test)]
mod tests;

pub use boxes::Scales;
pub use components::Connectivity;
pub use mask::Mask;
pub use moments::Moments;
pub use options::Options;
pub use running::{Running, Temporal};
pub use threshold::{Levels, Threshold};
pub use vector::{Features, NAMES, Warning};

#[cfg(test)]
use tests::oracle::oracle as tests_oracle;

use crate::error::Error;
use crate::field::{Field, History};

/// Of a field, or of a history, whose last frame is then what is described. Without a history, or
/// with an empty one, the four that need one are zero.
pub fn extract(
    field: &Field,
    history: Option<&History>,
    options: &Options,
) -> Result<Features, Error> {
    let mut running = Running::new(field.size());
    match history.filter(|history| !history.is_empty()) {
        None => running.push(field.cells()),
        Some(history) if history.size() != field.size() => {
            let sizes = (history.size(), field.size());
            let text = format!("a history {} a side of a field {} a side", sizes.0, sizes.1);
            return Err(Error::Shape(text));
        }
        Some(history) => history.frames().for_each(|frame| running.push(frame)),
    }
    running.finish(options)
}

/// The fourteen of one frame, and the four given.
fn describe(cells: &[f64], temporal: Temporal, options: &Options) -> Result<Features, Error> {
    let moments = Moments::of(cells);
    let levels = options.threshold.levels(cells, &moments);
    let mut mask = Mask::new(cells.len().isqrt());
    mask.fill_above(cells, levels.low);
    let estimate = boxes::dimension(&mask, &options.boxes())?;
    let sizes = components::sizes(&mask, options.connectivity, options.periodic);
    let active = mask.count() as f64 / cells.len() as f64;
    let mut count_above = |level| {
        mask.fill_above(cells, level);
        components::sizes(&mask, options.connectivity, options.periodic).len() as f64
    };
    Ok(Features {
        d_box: estimate.dimension,
        d_r2: estimate.r_squared,
        v_min: moments.min,
        v_max: moments.max,
        v_mean: moments.mean,
        v_std: moments.deviation,
        v_skew: moments.skewness,
        v_kurt: moments.kurtosis,
        dv_mean: temporal.mean_change,
        dv_max: temporal.max_change,
        t_stable: temporal.stable_after as f64,
        e_trend: temporal.energy_trend,
        f_active: active,
        n_clusters_low: sizes.len() as f64,
        n_clusters_med: count_above(levels.medium),
        n_clusters_high: count_above(levels.high),
        max_cluster_size: sizes.iter().copied().max().unwrap_or(0) as f64,
        cluster_size_std: components::deviation(&sizes),
    })
}
