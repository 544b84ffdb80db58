//! Datasets made whole, in parts, and by any number of threads.

mod compressed;
mod formats;
mod inspection;
mod interruption;
mod plans;

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::*;

const FORMATS: &[&str] = &[
    "csv",
    "npz",
    #[cfg(feature = "parquet")]
    "parquet",
];

/// A small one of the sampled kind.
fn small(samples: usize) -> Plan {
    Plan { samples, ..Preset::named("demo").expect("it is in the table").plan() }
}

fn make(plan: &Plan, out: &Path, threads: usize) -> Report {
    generate(plan, out, threads, &AtomicBool::new(false), |_| {}).expect("it can be made")
}

#[test]
fn a_seed_gives_the_same_bytes_by_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    for format in FORMATS {
        let files = [1, 3].map(|threads| {
            let out = folder.path().join(format!("{threads}.{format}"));
            let report = make(&small(24), &out, threads);
            assert_eq!((report.rows, report.columns, report.failed.len()), (24, 31, 0));
            std::fs::read(out).unwrap()
        });
        assert!(files[0] == files[1], "{format}");
    }
}

#[test]
fn another_seed_gives_other_rows() {
    let folder = tempfile::tempdir().unwrap();
    let files = [42, 43].map(|seed| {
        let out = folder.path().join(format!("{seed}.csv"));
        make(&Plan { seed, ..small(3) }, &out, 2);
        std::fs::read(out).unwrap()
    });
    assert_ne!(files[0], files[1]);
}

#[test]
fn a_run_has_the_features_that_it_has_alone() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("one.csv");
    let plan = small(3);
    make(&plan, &out, 2);
    let table = read(&out).unwrap();
    let draw = &plan.draws()[2];
    let outcome = crate::simulation::run_with_history(&draw.settings).unwrap();
    let options = crate::features::Options::default();
    let features =
        crate::features::extract(&outcome.field, outcome.history.as_ref(), &options).unwrap();
    for (name, value) in crate::features::NAMES.into_iter().zip(features.values()) {
        let stored = table.column(name).unwrap().numbers().unwrap()[2];
        assert!(stored.to_bits() == value.to_bits(), "{name}: {stored} and {value}");
    }
}

#[test]
fn every_row_of_the_demo_has_active_cells_and_a_dimension() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("demo.csv");
    make(&small(10), &out, 2);
    let table = read(&out).unwrap();
    for name in ["D_box", "f_active"] {
        let values = table.column(name).unwrap().numbers().unwrap();
        assert!(values.iter().all(|&value| value > 0.0), "{name}: {values:?}");
    }
}

#[test]
fn the_original_finds_no_active_cell_in_the_demo() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("demo.csv");
    make(&Plan { is_v4_1: true, ..small(5) }, &out, 2);
    let table = read(&out).unwrap();
    assert_eq!(table.column("D_box").unwrap().numbers().unwrap(), [0.0; 5]);
}
