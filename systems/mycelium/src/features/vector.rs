//! The features by name and in their order, and what is odd about them.

use std::fmt;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// In the order in which they stand in a dataset.
pub const NAMES: [&str; 18] = [
    "D_box",
    "D_r2",
    "V_min",
    "V_max",
    "V_mean",
    "V_std",
    "V_skew",
    "V_kurt",
    "dV_mean",
    "dV_max",
    "T_stable",
    "E_trend",
    "f_active",
    "N_clusters_low",
    "N_clusters_med",
    "N_clusters_high",
    "max_cluster_size",
    "cluster_size_std",
];

/// A field in eighteen numbers. Potentials are in millivolts, times in steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Features {
    /// The box-counting dimension of the active cells: those above the lowest threshold.
    #[serde(rename = "D_box")]
    pub d_box: f64,
    /// How well boxes are described by a dimension.
    #[serde(rename = "D_r2")]
    pub d_r2: f64,
    #[serde(rename = "V_min")]
    pub v_min: f64,
    #[serde(rename = "V_max")]
    pub v_max: f64,
    #[serde(rename = "V_mean")]
    pub v_mean: f64,
    #[serde(rename = "V_std")]
    pub v_std: f64,
    #[serde(rename = "V_skew")]
    pub v_skew: f64,
    /// Zero for normal potentials.
    #[serde(rename = "V_kurt")]
    pub v_kurt: f64,
    /// By how much a cell changes in a step.
    #[serde(rename = "dV_mean")]
    pub dv_mean: f64,
    #[serde(rename = "dV_max")]
    pub dv_max: f64,
    /// After how many steps all cells change by the same, or all steps.
    #[serde(rename = "T_stable")]
    pub t_stable: f64,
    /// How the sum of squared potentials grows in a step.
    #[serde(rename = "E_trend")]
    pub e_trend: f64,
    /// The fraction of active cells.
    pub f_active: f64,
    #[serde(rename = "N_clusters_low")]
    pub n_clusters_low: f64,
    #[serde(rename = "N_clusters_med")]
    pub n_clusters_med: f64,
    #[serde(rename = "N_clusters_high")]
    pub n_clusters_high: f64,
    /// In active cells.
    pub max_cluster_size: f64,
    pub cluster_size_std: f64,
}

/// A feature outside of the range it is expected in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Warning {
    pub name: &'static str,
    pub value: f64,
    pub least: f64,
    pub most: f64,
}

impl Features {
    /// In the order of [`NAMES`].
    #[must_use]
    pub fn values(&self) -> [f64; 18] {
        [
            self.d_box,
            self.d_r2,
            self.v_min,
            self.v_max,
            self.v_mean,
            self.v_std,
            self.v_skew,
            self.v_kurt,
            self.dv_mean,
            self.dv_max,
            self.t_stable,
            self.e_trend,
            self.f_active,
            self.n_clusters_low,
            self.n_clusters_med,
            self.n_clusters_high,
            self.max_cluster_size,
            self.cluster_size_std,
        ]
    }

    /// What no field should have. A dimension may be somewhat above two, as noise makes it.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        self.warnings_of(0.0..=2.5)
    }

    /// The same, where the dimension has to be that of a branched, space-filling growth.
    #[must_use]
    pub fn strict_warnings(&self) -> Vec<Warning> {
        self.warnings_of(1.4..=1.9)
    }

    fn warnings_of(&self, dimension: RangeInclusive<f64>) -> Vec<Warning> {
        let range = |name| match name {
            "D_box" => dimension.clone(),
            "D_r2" | "f_active" => 0.0..=1.0,
            "V_min" => -100.0..=f64::MAX,
            "V_max" => f64::MIN..=50.0,
            _ => f64::MIN..=f64::MAX,
        };
        let named = NAMES.into_iter().zip(self.values());
        named.filter_map(|(name, value)| Warning::of(name, value, &range(name))).collect()
    }
}

impl Warning {
    fn of(name: &'static str, value: f64, range: &RangeInclusive<f64>) -> Option<Warning> {
        let (least, most) = (*range.start(), *range.end());
        (!range.contains(&value)).then_some(Warning { name, value, least, most })
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Warning { name, value, least, most } = self;
        if !value.is_finite() {
            return write!(f, "{name} is {value}, which is no finite number");
        }
        match (*least > f64::MIN, *most < f64::MAX) {
            (true, true) => write!(f, "{name} is {value}, not between {least} and {most}"),
            (true, false) => write!(f, "{name} is {value}, below {least}"),
            _ => write!(f, "{name} is {value}, above {most}"),
        }
    }
}
