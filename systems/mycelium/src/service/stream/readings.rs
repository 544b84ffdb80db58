//! The numbers that describe the field of a stream, computed from the field itself: the eighteen
//! features, and a few more that are cheap.

use serde::{Serialize, Serializer};

use super::model::{Model, Unit};
use crate::error::Error;
use crate::features::{NAMES, Options};
use crate::field::Summary;
use crate::service::Fields;

/// Which of them a client wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    Nothing,
    All,
    These(Vec<String>),
}

/// Names and values.
#[derive(Clone, Debug, PartialEq)]
pub struct Readings(Vec<(&'static str, f64)>);

/// What there is beside the features.
pub const CHEAP: [&str; 7] = [
    "pot_mean_mV",
    "pot_std_mV",
    "pot_min_mV",
    "pot_max_mV",
    // Square millivolts, over all cells.
    "total_energy",
    "spatial_variance",
    // Cells that are more than 10 mV off the mean.
    "active_nodes",
];

/// Features that say something of cells that are no potentials: they are about shapes alone.
const OF_SHAPES: [&str; 10] = [
    "D_box",
    "D_r2",
    "V_skew",
    "V_kurt",
    "f_active",
    "N_clusters_low",
    "N_clusters_med",
    "N_clusters_high",
    "max_cluster_size",
    "cluster_size_std",
];

impl Wanted {
    /// All, unless a list of names says which.
    pub fn read(fields: &mut Fields) -> Wanted {
        let Some(raw) = fields.raw("features") else { return Wanted::All };
        let is_known = |name: &String| NAMES.contains(&&**name) || CHEAP.contains(&&**name);
        match serde_json::from_str::<Vec<String>>(raw) {
            Ok(names) if names.iter().all(is_known) => Wanted::These(names),
            _ => {
                fields.refuse("features", Some(raw), &"a list of names of features");
                Wanted::Nothing
            }
        }
    }

    /// Whether some of the eighteen are needed for it, which take a look at every step.
    pub fn has_features(&self) -> bool {
        NAMES.into_iter().any(|name| self.contains(name))
    }

    fn contains(&self, name: &str) -> bool {
        match self {
            Wanted::Nothing => false,
            Wanted::All => true,
            Wanted::These(names) => names.iter().any(|known| known == name),
        }
    }
}

/// Those that are wanted of what is simulated, if any are.
pub fn read(wanted: &Wanted, model: &Model) -> Result<Option<Readings>, Error> {
    if *wanted == Wanted::Nothing {
        return Ok(None);
    }
    let mut readings = Vec::new();
    if model.unit() == Unit::Volt {
        readings.extend(CHEAP.into_iter().zip(cheap(model.cells())));
    }
    if let Some(running) = model.running() {
        let features = running.finish(&Options::default())?.values();
        let says_something = |name: &str| model.unit() == Unit::Volt || OF_SHAPES.contains(&name);
        readings.extend(NAMES.into_iter().zip(features).filter(|(name, _)| says_something(name)));
    }
    readings.retain(|(name, _)| wanted.contains(name));
    Ok(Some(Readings(readings)))
}

fn cheap(cells: &[f64]) -> [f64; 7] {
    let Summary { min, max, mean, deviation } = Summary::of(cells);
    let energy = cells.iter().map(|cell| cell * 1000.0 * (cell * 1000.0)).sum();
    let active = cells.iter().filter(|cell| (**cell * 1000.0 - mean).abs() > 10.0).count();
    [mean, deviation, min, max, energy, deviation * deviation, active as f64]
}

impl Serialize for Readings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cheap_ones_are_those_of_the_cells() {
        // 0, 20, 0 and 20 mV.
        let found = cheap(&[0.0, 0.020, 0.0, 0.020]);
        let expected = [10.0, 10.0, 0.0, 20.0, 800.0, 100.0, 0.0];
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
        }
        assert!(cheap(&[0.0, 0.021, 0.0, 0.021])[6] > 3.0);
    }

    #[test]
    fn what_is_said_of_shapes_are_features() {
        assert!(OF_SHAPES.into_iter().all(|name| NAMES.contains(&name)));
        assert!(CHEAP.into_iter().all(|name| !NAMES.contains(&name)));
    }
}
