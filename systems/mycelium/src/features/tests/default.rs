//! What the options that come with it find in the dynamics that come with it.

use crate::features::*;
use crate::random::Random;
use crate::settings::{Settings, Streams};
use crate::simulation;

fn features(settings: &Settings, options: &Options) -> Features {
    let outcome = simulation::run_with_history(settings).unwrap();
    extract(&outcome.field, outcome.history.as_ref(), options).unwrap()
}

fn assert_says_something(features: &Features, of: &str) {
    assert!(features.d_box > 0.5 && features.d_box < 2.0, "{of}: {features:?}");
    assert!(features.d_r2 > 0.8, "{of}: {features:?}");
    assert!(features.f_active > 0.01 && features.f_active < 0.5, "{of}: {features:?}");
    assert!(features.n_clusters_low >= 1.0 && features.max_cluster_size >= 1.0, "{of}");
    assert_eq!(features.warnings(), [], "{of}");
}

#[test]
fn the_demo_and_the_default_run_have_active_cells_and_a_dimension() {
    for streams in [Streams::Fast, Streams::Numpy] {
        for seed in 0..40 {
            let demo = Settings { seed, streams, ..Settings::demo() };
            assert_says_something(&features(&demo, &Options::demo()), "demo");
            let usual = Settings { seed, streams, ..Settings::default() };
            assert_says_something(&features(&usual, &Options::default()), "default");
        }
    }
}

/// Settings as they are drawn for a dataset, with which the fixed thresholds find nothing.
#[test]
fn every_row_of_a_dataset_says_something_and_rows_differ() {
    let mut random = Random::new(Streams::Numpy, 42);
    let mut active = Vec::new();
    for row in 0..120 {
        let settings = Settings {
            grid_size: [32, 64][random.below(2) as usize],
            steps: 50 + random.below(151) as usize,
            alpha: random.uniform(0.10, 0.20),
            turing_enabled: random.below(2) == 0,
            spike_probability: random.uniform(0.15, 0.35),
            turing_threshold: random.uniform(0.65, 0.85),
            seed: 42 + row,
            ..Settings::default()
        };
        let features = features(&settings, &Options::default());
        assert_says_something(&features, &format!("row {row}"));
        active.push(features.f_active);
    }
    active.sort_by(f64::total_cmp);
    active.dedup();
    assert!(active.len() > 60, "{} fractions in 120 rows", active.len());
}
