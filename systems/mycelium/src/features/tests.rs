mod default;
pub(super) mod oracle;
mod parity;
mod running;

use super::*;

fn field(size: usize, cell: impl FnMut(usize) -> f64) -> Field {
    Field::new(size, (0..size * size).map(cell).collect()).unwrap()
}

#[test]
fn values_stand_in_the_order_of_their_names() {
    let names: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    let features = extract(&field(8, |cell| cell as f64 / 1e3), None, &Options::default()).unwrap();
    let serde_json::Value::Object(read) = serde_json::to_value(features).unwrap() else {
        panic!("no object")
    };
    for (name, value) in names.iter().zip(features.values()) {
        assert_eq!(read[name].as_f64(), Some(value), "{name}");
    }
    assert_eq!(read.len(), NAMES.len());
}

#[test]
fn a_field_alone_has_zeros_where_a_history_is_needed() {
    let field = field(4, |cell| -0.070 + cell as f64 * 1e-4);
    let alone = extract(&field, None, &Options::default()).unwrap();
    assert_eq!(alone.values()[8..12], [0.0; 4]);
    let empty = History::with_room(4, 0);
    assert_eq!(extract(&field, Some(&empty), &Options::default()), Ok(alone));
    let mut single = History::with_room(4, 1);
    single.push(field.cells());
    assert_eq!(extract(&field, Some(&single), &Options::default()), Ok(alone));
}

#[test]
fn a_flat_field_has_features_and_none_of_them_is_odd() {
    for threshold in [
        Threshold::default(),
        Threshold::Otsu,
        Threshold::Percentile { low: 50.0, medium: 75.0, high: 90.0 },
    ] {
        let options = Options { threshold, ..Options::default() };
        let features = extract(&field(16, |_| -0.070), None, &options).unwrap();
        assert_eq!((features.f_active, features.d_box, features.v_skew), (0.0, 0.0, 0.0));
        assert_eq!(features.warnings(), []);
    }
}

#[test]
fn clusters_are_counted_at_three_levels_and_measured_at_the_lowest() {
    // Two squares of four cells at -55 mV, one of which has a cell at -30 mV, and a single cell.
    let high = |row, column| (row, column) == (1, 1);
    let squares = |row, column| (1..3).contains(&row) && [1, 2, 5, 6].contains(&column);
    let field = field(8, |cell| match (cell / 8, cell % 8) {
        (row, column) if high(row, column) => -0.030,
        (row, column) if squares(row, column) => -0.055,
        (6, 6) => -0.045,
        _ => -0.070,
    });
    let features = extract(&field, None, &Options::v4_1()).unwrap();
    assert_eq!((features.n_clusters_low, features.n_clusters_med), (3.0, 2.0));
    assert_eq!((features.n_clusters_high, features.max_cluster_size), (1.0, 4.0));
    assert!((features.f_active - 9.0 / 64.0).abs() < 1e-15);
    assert!((features.cluster_size_std - 2_f64.sqrt()).abs() < 1e-12);
}

#[test]
fn which_cells_touch_is_an_option() {
    // The four corners, and a diagonal from one of them.
    let active = [(0, 0), (0, 7), (7, 0), (7, 7), (1, 1), (2, 2)];
    let field = field(8, |cell| match active.contains(&(cell / 8, cell % 8)) {
        true => -0.055,
        false => -0.070,
    });
    let clusters = |connectivity, periodic| {
        let options = Options { connectivity, periodic, ..Options::v4_1() };
        extract(&field, None, &options).unwrap().n_clusters_low as usize
    };
    assert_eq!(clusters(Connectivity::Four, false), 6);
    assert_eq!(clusters(Connectivity::Eight, false), 4);
    assert_eq!(clusters(Connectivity::Four, true), 3);
    assert_eq!(clusters(Connectivity::Eight, true), 1);
}

#[test]
fn options_are_read_from_a_file_and_a_misspelt_one_is_refused() {
    let read: Options = serde_json::from_str(r#"{"threshold": "otsu", "max_box": 8}"#).unwrap();
    let expected = Options { threshold: Threshold::Otsu, max_box: Some(8), ..Options::default() };
    assert_eq!(read, expected);
    let misspelt = serde_json::from_str::<Options>(r#"{"treshold": "otsu"}"#);
    assert!(misspelt.unwrap_err().to_string().contains("treshold"));
}

#[test]
fn options_that_cannot_be_are_refused_by_name() {
    let refused = |change: fn(&mut Options)| {
        let mut options = Options::default();
        change(&mut options);
        extract(&field(4, |_| 0.0), None, &options).unwrap_err().to_string()
    };
    assert!(refused(|options| options.min_box = 0).contains("`min_box`"));
    assert!(refused(|options| options.min_box = 1 << 63).contains("`min_box` is 922337"));
    assert!(refused(|options| options.max_box = Some(1)).contains("`max_box`"));
    assert!(refused(|options| options.num_scales = 1).contains("`num_scales`"));
    assert!(refused(|options| options.num_scales = 21).contains("`num_scales`"));
    assert!(refused(|options| options.stability_threshold = 0.0).contains("`stability_thr"));
    assert!(refused(|options| options.stability_threshold = f64::NAN).contains("`stability_thr"));
    assert!(refused(|options| options.stability_window = 0).contains("`stability_window`"));
    for options in [Options::default(), Options::demo(), Options::v4_1(), Options::v4_1_demo()] {
        assert_eq!(options.validate(), Ok(()));
    }
}

#[test]
fn cells_that_are_not_finite_are_told_with_their_step() {
    let options = Options::default();
    let broken = field(2, |cell| if cell == 3 { f64::NAN } else { 0.0 });
    let expected = Error::NotFinite { field: "potential", step: 1, count: 1 };
    assert_eq!(extract(&broken, None, &options), Err(expected));
    let cells = vec![0.0, 0.0, 0.0, 0.0, f64::INFINITY, 0.0, f64::NAN, 0.0, 0.0, 0.0, 0.0, 0.0];
    let history = History::new(2, cells).unwrap();
    let expected = Error::NotFinite { field: "potential", step: 2, count: 2 };
    assert_eq!(extract(&field(2, |_| 0.0), Some(&history), &options), Err(expected));
}

#[test]
fn a_history_of_another_size_is_refused() {
    let history = History::new(3, vec![0.0; 9]).unwrap();
    let refused = extract(&field(2, |_| 0.0), Some(&history), &Options::default()).unwrap_err();
    assert!(matches!(refused, Error::Shape(_)), "{refused}");
}

#[test]
fn a_run_without_frames_has_no_features() {
    assert!(matches!(Running::new(4).finish(&Options::default()), Err(Error::Shape(_))));
}

#[test]
fn features_out_of_their_ranges_are_warned_of() {
    let usual = Features { d_box: 1.2, d_r2: 0.9, v_min: -80.0, ..Features::default() };
    assert_eq!(usual.warnings(), []);
    let names = |warnings: Vec<Warning>| -> Vec<_> {
        warnings.iter().map(|warning| warning.name).collect()
    };
    assert_eq!(names(usual.strict_warnings()), ["D_box"]);
    let odd = Features {
        d_box: 2.6,
        d_r2: 1.1,
        v_min: -101.0,
        v_max: 51.0,
        f_active: -0.1,
        e_trend: f64::NAN,
        dv_max: f64::INFINITY,
        ..usual
    };
    let expected = ["D_box", "D_r2", "V_min", "V_max", "dV_max", "E_trend", "f_active"];
    assert_eq!(names(odd.warnings()), expected);
    let told: Vec<String> = odd.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(told[0], "D_box is 2.6, not between 0 and 2.5");
    assert_eq!(told[2], "V_min is -101, below -100");
    assert_eq!(told[3], "V_max is 51, above 50");
    assert_eq!(told[4], "dV_max is inf, which is no finite number");
}
