//! Compressed files of others, made by `testdata/dataset/make.py`, whole and damaged.

use std::path::PathBuf;

use super::formats::table;
use super::*;
use crate::dataset::files::read_at_most;

const COMPRESSED: &[&str] = &[
    "deflated.npz",
    #[cfg(feature = "parquet")]
    "checked.parquet",
    #[cfg(feature = "parquet")]
    "snappy.parquet",
];

fn at(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/dataset").join(name)
}

fn why(path: &Path) -> String {
    read(path).unwrap_err().to_string()
}

/// Reads a copy of a file in which one thing was changed.
fn changed(name: &str, change: impl FnOnce(&mut Vec<u8>)) -> Result<Table, DatasetError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let mut bytes = std::fs::read(at(name)).unwrap();
    change(&mut bytes);
    std::fs::write(&path, bytes).unwrap();
    read(&path)
}

#[test]
fn what_numpy_has_deflated_is_read() {
    assert_eq!(read(&at("deflated.npz")).unwrap(), table());
}

#[cfg(feature = "parquet")]
#[test]
fn what_pandas_writes_by_itself_is_read() {
    assert_eq!(read(&at("snappy.parquet")).unwrap(), table());
}

#[cfg(feature = "parquet")]
#[test]
fn groups_and_pages_with_checksums_are_read() {
    let found = read(&at("checked.parquet")).unwrap();
    assert_eq!(found.rows(), 3000);
    for (name, column) in table().columns {
        let of = |at: usize| format!("{:?}", cell(&column, at % 3));
        let found = found.column(&name).unwrap();
        assert!((0..3000).all(|at| format!("{:?}", cell(found, at)) == of(at)), "{name}");
    }
}

fn cell(column: &Column, at: usize) -> Column {
    match column {
        Column::Int(values) => Column::Int(vec![values[at]]),
        Column::Float(values) => Column::Float(vec![values[at]]),
        Column::Bool(values) => Column::Bool(vec![values[at]]),
        Column::Text(values) => Column::Text(vec![values[at].clone()]),
    }
}

#[test]
fn a_part_of_a_compressed_file_is_refused() {
    for name in COMPRESSED {
        let length = std::fs::metadata(at(name)).unwrap().len() as usize;
        for end in (0..length).step_by(97).chain([length - 1]) {
            let found = changed(name, |bytes| bytes.truncate(end));
            assert!(found.is_err(), "{name}, {end} bytes of {length}");
        }
    }
}

/// Each array has a checksum; a change of what comes before it is found as well, or means nothing.
#[test]
fn a_damaged_archive_is_refused_or_means_the_same() {
    let length = std::fs::metadata(at("deflated.npz")).unwrap().len() as usize;
    let (whole, mut refused) = (table(), 0);
    for place in 0..length {
        match changed("deflated.npz", |bytes| bytes[place] ^= 0x10) {
            Err(_) => refused += 1,
            Ok(found) => {
                let mut columns = found.columns.iter().zip(&whole.columns);
                assert!(columns.all(|(a, b)| a.1 == b.1), "byte {place}");
            }
        }
    }
    assert!(refused > length / 2, "{refused} of {length}");
}

#[test]
fn an_array_that_is_not_what_was_deflated_is_refused_by_its_name() {
    let error = changed("deflated.npz", |bytes| {
        // The checksum of the first array, in the directory at the end.
        let entry = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
        bytes[entry + 16] ^= 1;
    });
    let error = error.unwrap_err().to_string();
    assert!(error.ends_with("deflated.npz: number.npy: Invalid checksum"), "{error}");
}

/// A number stands in its pages as it is, and in what the file says of its columns.
#[cfg(feature = "parquet")]
#[test]
fn a_page_that_differs_from_its_checksum_is_refused() {
    let value = (-1e300_f64).to_le_bytes();
    let bytes = std::fs::read(at("checked.parquet")).unwrap();
    let places = bytes.windows(8).enumerate().filter(|(_, eight)| *eight == value);
    let (whole, mut refused) = (read(&at("checked.parquet")).unwrap(), 0);
    for (place, _) in places {
        match changed("checked.parquet", |bytes| bytes[place] ^= 1) {
            Ok(found) => assert!(found == whole, "byte {place}"),
            Err(error) => {
                let error = error.to_string();
                assert!(error.ends_with("Page CRC checksum mismatch"), "{error}");
                refused += 1;
            }
        }
    }
    assert!(refused > 0);
}

#[test]
fn an_array_that_inflates_to_more_than_it_declares_is_refused() {
    let error = why(&at("bomb.npz"));
    let expected = "bomb.npz: real.npy: File is larger than its declared uncompressed size";
    assert!(error.ends_with(expected), "{error}");
}

#[test]
fn an_archive_that_declares_more_than_there_is_room_for_is_refused_unread() {
    assert_eq!(read_at_most(1000, &at("deflated.npz")).unwrap(), table());
    let error = read_at_most(500, &at("deflated.npz")).unwrap_err().to_string();
    assert!(error.ends_with("it says that it holds more than 500 bytes"), "{error}");
}

/// A text of 1,000 letters stands once in the file, and in 100,000 rows.
#[cfg(feature = "parquet")]
#[test]
fn columns_that_take_more_than_there_is_room_for_are_refused() {
    for room in [100, 1_000_000, 100_000_000] {
        let error = read_at_most(room, &at("bomb.parquet")).unwrap_err().to_string();
        let expected = format!("its columns take more than {room} bytes");
        assert!(error.ends_with(&expected), "{error}");
    }
    assert_eq!(read_at_most(110_000_000, &at("bomb.parquet")).unwrap().rows(), 100_000);
}

/// Of a text the letters are the least.
#[test]
fn short_texts_take_as_much_room_as_they_do_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let texts = vec!["a".to_owned(); 1000];
    let table = Table { columns: vec![("letter".to_owned(), Column::Text(texts))] };
    for format in ["npz", "parquet"].iter().filter(|format| FORMATS.contains(format)) {
        let path = folder.path().join(format!("letters.{format}"));
        write(&table, Format::of(&path).unwrap(), &path).unwrap();
        let error = read_at_most(20_000, &path).unwrap_err().to_string();
        assert!(error.ends_with("columns take more than 20000 bytes"), "{error}");
        assert_eq!(read_at_most(100_000, &path).unwrap(), table);
    }
}
