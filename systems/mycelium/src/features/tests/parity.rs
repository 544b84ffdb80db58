use crate::features::*;
use crate::settings::{Settings, Streams};
use crate::simulation;

fn v4_1(mut settings: Settings, options: &Options) -> Features {
    settings.streams = Streams::Numpy;
    let outcome = simulation::run_with_history(&settings).unwrap();
    extract(&outcome.field, outcome.history.as_ref(), options).unwrap()
}

#[test]
fn the_demo_has_the_features_of_the_first_version() {
    let features = v4_1(Settings::demo(), &Options::v4_1_demo());
    let expected = Features {
        v_min: -71.094544,
        v_max: -67.274695,
        v_mean: -69.949898,
        v_std: 0.559133,
        v_skew: 0.223679,
        v_kurt: 0.094246,
        dv_mean: 0.088244,
        dv_max: 7.249311,
        t_stable: 32.0,
        e_trend: -1015.699365,
        ..Features::default()
    };
    let pairs = NAMES.iter().zip(features.values().into_iter().zip(expected.values()));
    for (name, (found, expected)) in pairs {
        assert!((found - expected).abs() < 1e-6, "{name}: {found} for {expected}");
    }
}

#[test]
fn the_default_run_has_the_features_of_the_first_version() {
    let features = v4_1(Settings::default(), &Options::v4_1());
    let pairs = [
        (features.v_std, 0.315224),
        (features.v_skew, 1.723084),
        (features.v_kurt, 13.812781),
        (features.dv_mean, 0.030055),
        (features.dv_max, 8.737636),
        (features.t_stable, 100.0),
        (features.e_trend, -697.489387),
        (features.d_box, 0.0),
        (features.f_active, 0.0),
    ];
    for (found, expected) in pairs {
        assert!((found - expected).abs() < 1e-6, "{found} for {expected}");
    }
}
