use serde::Deserialize;

use crate::features::*;

#[derive(Deserialize)]
pub(in crate::features) struct Oracle {
    fields: Vec<FieldRow>,
    histories: Vec<HistoryRow>,
    pub(in crate::features) masks: Vec<MaskRow>,
    pub(in crate::features) scales: Vec<(usize, usize, usize, Vec<usize>)>,
}

#[derive(Deserialize)]
struct FieldRow {
    name: String,
    size: usize,
    microvolts: Vec<f64>,
    min: f64,
    max: f64,
    mean: f64,
    deviation: f64,
    skewness: f64,
    kurtosis: f64,
    percentiles: [f64; 3],
    otsu: Vec<f64>,
}

#[derive(Deserialize)]
struct HistoryRow {
    name: String,
    size: usize,
    microvolts: Vec<f64>,
    threshold: f64,
    window: usize,
    mean_change: f64,
    max_change: f64,
    stable_after: f64,
    energy_trend: f64,
}

#[derive(Deserialize)]
pub(in crate::features) struct MaskRow {
    pub(in crate::features) name: String,
    rows: Vec<String>,
    pub(in crate::features) four: Vec<u64>,
    pub(in crate::features) eight: Vec<u64>,
    pub(in crate::features) four_periodic: Vec<u64>,
    pub(in crate::features) eight_periodic: Vec<u64>,
    pub(in crate::features) truncated: BoxRow,
    pub(in crate::features) all: BoxRow,
}

#[derive(Deserialize)]
pub(in crate::features) struct BoxRow {
    pub(in crate::features) sizes: Vec<usize>,
    pub(in crate::features) counts: Vec<u64>,
    pub(in crate::features) slope: Option<f64>,
    pub(in crate::features) r_squared: Option<f64>,
    pub(in crate::features) error: Option<f64>,
}

impl MaskRow {
    pub(in crate::features) fn mask(&self) -> Mask {
        let is_set = |row: usize, column| self.rows[row].as_bytes()[column] == b'#';
        Mask::from_fn(self.rows.len(), is_set)
    }
}

pub(in crate::features) fn oracle() -> Oracle {
    serde_json::from_str(include_str!("../../../testdata/features/oracle.json")).unwrap()
}

fn volts(microvolts: &[f64]) -> Vec<f64> {
    microvolts.iter().map(|cell| cell / 1e6).collect()
}

fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-9 * expected.abs().max(1.0)
}

#[test]
fn moments_are_those_of_scipy() {
    for row in oracle().fields {
        let found = Moments::of(&volts(&row.microvolts));
        let pairs = [
            (found.min, row.min),
            (found.max, row.max),
            (found.mean, row.mean),
            (found.deviation, row.deviation),
            (found.skewness, row.skewness),
            (found.kurtosis, row.kurtosis),
        ];
        for (found, expected) in pairs {
            assert!(near(found, expected), "{}: {found} for {expected}", row.name);
        }
        assert_eq!(row.size * row.size, row.microvolts.len());
    }
}

#[test]
fn percentiles_are_those_of_numpy_and_rise_strictly() {
    for row in oracle().fields {
        let cells = volts(&row.microvolts);
        let threshold = Threshold::Percentile { low: 50.0, medium: 77.7, high: 95.0 };
        let Levels { low, medium, high } = threshold.levels(&cells, &Moments::of(&cells));
        let pairs = [low, medium, high].into_iter().zip(row.percentiles);
        assert!(pairs.clone().all(|(a, b)| near(a, b)), "{}: {pairs:?}", row.name);
        assert!(low < medium && medium < high, "{}", row.name);
    }
}

#[test]
fn otsus_levels_are_those_of_trying_every_split() {
    for row in oracle().fields {
        let cells = volts(&row.microvolts);
        let Levels { low, medium, high } = Threshold::Otsu.levels(&cells, &Moments::of(&cells));
        for (found, expected) in [low, medium, high].into_iter().zip(&row.otsu) {
            assert!(near(found, *expected), "{}: {found} for {expected}", row.name);
        }
        assert!(low < medium && medium < high, "{}", row.name);
    }
}

#[test]
fn changes_stability_and_trend_are_those_of_numpy_and_scipy() {
    for row in oracle().histories {
        let mut running = Running::new(row.size);
        volts(&row.microvolts).chunks(row.size * row.size).for_each(|frame| running.push(frame));
        let options = Options {
            stability_threshold: row.threshold,
            stability_window: row.window,
            ..Options::default()
        };
        let features = running.finish(&options).unwrap();
        let pairs = [
            (features.dv_mean, row.mean_change),
            (features.dv_max, row.max_change),
            (features.t_stable, row.stable_after),
        ];
        for (found, expected) in pairs {
            assert!(near(found, expected), "{}: {found} for {expected}", row.name);
        }
        let away = (features.e_trend - row.energy_trend).abs();
        // Energies are some hundred thousand square millivolts.
        assert!(away < 1e-7, "{}: {} for {}", row.name, features.e_trend, row.energy_trend);
    }
}
