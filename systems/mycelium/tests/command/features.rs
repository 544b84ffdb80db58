//! `features`: of simulations and of files, good and bad.

use std::path::Path;

use super::{done, json, refused};

/// Names, in the order of the vector.
const SOME: [&str; 4] = ["D_box", "V_std", "T_stable", "cluster_size_std"];

#[test]
fn a_saved_history_has_the_features_of_its_simulation() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["--preset", "demo", "--seed", "5"];
    let at_once = done(folder.path(), &[&["features", "--format", "json"][..], &args].concat());
    done(folder.path(), &[&["simulate", "--history", "a.npz"][..], &args].concat());
    // The demo has three scales and a shorter window, which a file does not say.
    let saved = ["features", "a.npz", "--format", "json", "--preset", "demo"];
    assert_eq!(done(folder.path(), &saved), at_once);
    for name in SOME {
        assert!(json(&at_once)[name].is_number(), "{name}");
    }
}

#[test]
fn a_field_in_csv_and_the_same_in_npy_have_the_same_features() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["simulate", "--preset", "demo", "--field"];
    done(folder.path(), &[&args[..], &["a.csv"]].concat());
    done(folder.path(), &[&args[..], &["a.npy"]].concat());
    let of = |file| done(folder.path(), &["features", file, "--format", "json"]);
    assert_eq!(of("a.csv"), of("a.npy"));
    assert_eq!(json(&of("a.csv"))["dV_mean"], 0.0);
}

#[test]
fn numpys_seed_42_has_the_features_that_the_original_gives() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["--preset", "demo", "--streams", "numpy", "--compat", "v4.1", "--format", "json"];
    let told = json(&done(folder.path(), &[&["features"][..], &args].concat()));
    for (name, expected) in [
        ("V_std", 0.559_133),
        ("V_skew", 0.223_679),
        ("V_kurt", 0.094_246),
        ("dV_mean", 0.088_244),
        ("dV_max", 7.249_311),
        ("T_stable", 32.0),
        ("E_trend", -1_015.699_365),
        ("D_box", 0.0),
    ] {
        let value = told[name].as_f64().unwrap();
        assert!((value - expected).abs() < 1e-6, "{name}: {value}");
    }
}

#[test]
fn thresholds_that_follow_the_field_find_active_cells() {
    let folder = tempfile::tempdir().unwrap();
    let active = |threshold| {
        let args = ["features", "--preset", "demo", "--format", "json", "--threshold", threshold];
        json(&done(folder.path(), &args))["f_active"].as_f64().unwrap()
    };
    assert_eq!(active("fixed").to_bits(), 0.0_f64.to_bits());
    assert!((active("percentile:50,75,90") - 0.5).abs() < 0.01);
    assert!(active("mean-plus") > 0.0 && active("otsu") > 0.0);
    assert!(active("fixed:-71,-60,-50") > 0.5);
}

#[test]
fn millivolts_are_read_as_millivolts() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "v.csv", "-0.07,-0.06\n-0.05,-0.04\n");
    write(folder.path(), "mv.csv", "-70,-60\n-50,-40\n");
    let of = |args: &[&str]| {
        json(&done(folder.path(), &[&["features", "--format", "json"], args].concat()))
    };
    let (volts, millivolts) = (of(&["v.csv"]), of(&["mv.csv", "--millivolts"]));
    for name in ["V_min", "V_max", "V_mean", "V_std"] {
        let apart = volts[name].as_f64().unwrap() - millivolts[name].as_f64().unwrap();
        assert!(apart.abs() < 1e-9, "{name}");
    }
}

#[test]
fn files_that_hold_no_field_are_refused_with_the_place() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text, said) in [
        ("a.csv", "1,2\n3,x\n", "line 2, column 2: `x` is not a number"),
        ("a.csv", "1,2\n3\n", "line 2 has 1 cells, those before have 2"),
        ("a.csv", "1,2,3\n4,5,6\n", "2 x 3 cells, which are no square"),
        ("a.csv", "1,2\n3,nan\n", "row 2, column 2 is NaN"),
        ("a.csv", "1,2\n1e300,3\n", "row 2, column 1 is 1e300, but must be a number within 1e9"),
        ("a.csv", "", "0 x 0 cells has no features"),
        ("a.csv", "1\n", "1 x 1"),
        ("a.npy", "something else", "does not begin as .npy"),
        ("a.npz", "something else", "no .npz"),
        ("a.txt", "1", ".npy, .npz or .csv"),
    ] {
        write(folder.path(), name, text);
        let told = refused(folder.path(), &["features", name]);
        assert!(told.contains(name) && told.contains(said), "{text:?}: {told}");
    }
    let told = refused(folder.path(), &["features", "none.npy"]);
    assert!(told.contains("none.npy") && told.contains("No such file"), "{told}");
}

#[test]
fn options_without_sense_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for args in [
        ["--threshold", "median"],
        ["--threshold", "fixed:3,2,1"],
        ["--num-scales", "1"],
        ["--min-box", "0"],
        ["--connectivity", "6"],
        ["--compat", "v4.0"],
    ] {
        refused(folder.path(), &[&["features", "--preset", "demo"][..], &args].concat());
    }
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}
