//! Datasets exported to Parquet, read back by that crate's own reader.

use std::fs::{self, File};
use std::io::Cursor;
use std::path::{Path, PathBuf};

use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use proptest::collection::vec;
use proptest::prelude::*;
use survivability::dataset::DatasetReader;
use survivability::dataset::parquet::{Exported, export};
use survivability::transition::{Transition, WindowTag};
use tempfile::TempDir;

use crate::transitions::{any_transition, lines, plain};

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.parquet");
    (folder, path)
}

fn read(bytes: impl Into<Vec<u8>>) -> DatasetReader {
    DatasetReader::over(Cursor::new(bytes.into()), "made").unwrap()
}

fn rows(path: &Path) -> Vec<Vec<(String, Field)>> {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap();
    rows.map(|row| row.unwrap().into_columns()).collect()
}

/// The cells of a transition, written down apart from the exporter.
fn expected(row: &Transition, candidates: usize) -> Vec<(String, Field)> {
    let mut cells: Vec<(String, Field)> = Vec::new();
    let mut cell = |name: &str, field| cells.push((name.to_owned(), field));
    cell("t", Field::ULong(row.t));
    cell("seed", row.seed.map_or(Field::Null, Field::ULong));
    cell("src", Field::UInt(row.state.src));
    cell("dst", Field::UInt(row.state.dst));
    cell("slots_needed", Field::UShort(row.state.slots_needed));
    cell("est_remaining_time", Field::Double(row.state.est_remaining_time));
    cell("is_disaster", Field::Bool(row.state.is_disaster));
    cell("action", Field::Int(row.action));
    cell("reward", Field::Double(row.reward));
    cell("decision_time_ms", Field::Double(row.meta.decision_time_ms));
    cell("restoration_latency_ms", Field::Double(row.meta.restoration_latency_ms));
    cell("bp_window_tag", Field::Str(row.meta.window.name().to_owned()));
    cell("backup_available", Field::Bool(row.meta.backup_available));
    cell("was_groomed", Field::Bool(row.meta.was_groomed));
    for index in 0..candidates {
        let path = row.state.paths.get(index);
        let mut feature = |name: &str, field: Option<Field>| {
            cell(&format!("path{index}_{name}"), field.unwrap_or(Field::Null));
        };
        feature("hops", path.map(|path| Field::UShort(path.hops)));
        let slots = path.map(|path| Field::UShort(path.min_residual_slots));
        feature("min_residual_slots", slots);
        feature("frag_indicator", path.map(|path| Field::Double(path.frag_indicator)));
        feature("failure_mask", path.map(|path| Field::Bool(path.is_failed)));
        feature("dist", path.map(|path| Field::UShort(path.dist_to_disaster_centroid)));
        let mask = row.action_mask.get(index).copied();
        cell(&format!("mask{index}"), mask.map_or(Field::Null, Field::Bool));
    }
    cells
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_cell_is_read_back(mut transitions in vec(any_transition(4), 0..20)) {
        // The first has the most candidates.
        transitions.sort_by_key(|row| std::cmp::Reverse(row.action_mask.len()));
        let candidates = transitions.first().map_or(0, |row| row.action_mask.len());
        let (_folder, path) = folder();
        let exported = export(read(lines(&transitions)), &path).unwrap();
        prop_assert_eq!(exported, Exported { rows: transitions.len() as u64, torn_line: None });
        let expected: Vec<_> = transitions.iter().map(|row| expected(row, candidates)).collect();
        prop_assert_eq!(rows(&path), expected);
    }
}

#[test]
fn groups_of_rows_are_bounded() {
    let (_folder, path) = folder();
    let all: Vec<Transition> = (0..70_000).map(|t| plain(t, 1)).collect();
    assert_eq!(export(read(lines(&all)), &path).unwrap().rows, 70_000);
    let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
    let groups = reader.metadata().row_groups();
    let sizes: Vec<i64> = groups.iter().map(RowGroupMetaData::num_rows).collect();
    assert_eq!(sizes, [65_536, 4464]);
    assert!(rows(&path).iter().enumerate().all(|(t, row)| row[0].1 == Field::ULong(t as u64)));
}

#[test]
fn a_dataset_without_transitions_is_a_table_without_rows() {
    let (_folder, path) = folder();
    export(read(""), &path).unwrap();
    let reader = SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
    assert_eq!(reader.metadata().file_metadata().num_rows(), 0);
    assert_eq!(reader.metadata().file_metadata().schema_descr().num_columns(), 14);
}

#[test]
fn a_line_with_more_candidates_than_the_first_is_named_and_nothing_is_left() {
    let (folder, path) = folder();
    let error = export(read(lines(&[plain(0, 2), plain(1, 1), plain(2, 3)])), &path).unwrap_err();
    let expected = "could not export made, line 3: 3 candidates, and columns for 2";
    assert_eq!(error.to_string(), expected);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_bad_line_ends_the_export_and_an_older_table_stays() {
    let (folder, path) = folder();
    fs::write(&path, "older").unwrap();
    let mut bytes = lines(&[plain(0, 2)]);
    bytes.extend(b"{}\n");
    let error = export(read(bytes), &path).unwrap_err();
    assert_eq!(error.to_string(), "could not read made, line 2: missing field `t` at column 2");
    assert_eq!(fs::read(&path).unwrap(), b"older");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_torn_end_is_told_and_the_rest_exported() {
    let (_folder, path) = folder();
    let mut bytes = lines(&[plain(0, 2), plain(1, 2)]);
    bytes.truncate(bytes.len() - 5);
    let exported = export(read(bytes), &path).unwrap();
    assert_eq!(exported, Exported { rows: 1, torn_line: Some(2) });
    assert_eq!(rows(&path).len(), 1);
}

#[test]
fn one_window_can_be_exported() {
    let (_folder, path) = folder();
    let mut other = plain(0, 4);
    other.meta.window = WindowTag::Pre;
    let reader = read(lines(&[other, plain(1, 2)])).in_window(WindowTag::Fail);
    export(reader, &path).unwrap();
    assert_eq!(rows(&path), [expected(&plain(1, 2), 2)]);
}

#[test]
fn a_table_that_cannot_be_written_is_named() {
    let error = export(read(""), Path::new("/nowhere/rows.parquet")).unwrap_err();
    assert_eq!(error.to_string(), "could not export to /nowhere/rows.parquet");
}
