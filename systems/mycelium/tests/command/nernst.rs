//! `nernst`: presets and values.

use super::{done, json, refused};

#[test]
fn the_ions_of_a_mammal_are_told_without_flags() {
    let folder = tempfile::tempdir().unwrap();
    let text = done(folder.path(), &["nernst"]);
    for value in ["-89.0107", "66.5623", "-90.8536", "132.2722"] {
        assert!(text.contains(value), "{value}: {text}");
    }
}

#[test]
fn an_ion_of_the_squid_has_the_squids_temperature() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["nernst", "--ion", "squid-potassium", "--format", "json"];
    let told = &json(&done(folder.path(), &args))[0];
    assert_eq!(told["temperature_k"], 291.65);
    assert!((told["potential_mV"].as_f64().unwrap() - -75.285_909_793_445_26).abs() < 1e-9);
}

#[test]
fn values_of_ones_own_are_taken_anions_included() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["nernst", "-z", "-1", "--outside", "0.12", "--inside", "0.004", "--format", "json"];
    let told = &json(&done(folder.path(), &args))[0];
    assert!((told["potential_mV"].as_f64().unwrap() - -90.853_623_727_497_82).abs() < 1e-9);
}

#[test]
fn what_is_no_ion_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (args, said) in [
        (&["-z", "0", "--outside", "1", "--inside", "1"][..], "valence"),
        (&["-z", "1", "--outside", "0", "--inside", "1"], "outside"),
        (&["-z", "1", "--outside", "-1", "--inside", "1"], "outside"),
        (&["-z", "1", "--outside", "1", "--inside", "inf"], "inside"),
        (&["-z", "1"], "--outside"),
        (&["--outside", "1"], "--ion"),
        (&["--ion", "calcium", "--temperature", "100"], "temperature"),
        (&["--ion", "calcum"], "calcium"),
    ] {
        let text = refused(folder.path(), &[&["nernst"], args].concat());
        assert!(text.contains(said), "{args:?}: {text}");
    }
}
