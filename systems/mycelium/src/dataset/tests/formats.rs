//! What is written is read as the same, and what is damaged is refused.

use proptest::prelude::*;

use super::*;

pub(super) fn table() -> Table {
    let column = |name: &str, column| (name.to_owned(), column);
    Table {
        columns: vec![
            column("number", Column::Int(vec![1, -2, i64::MAX])),
            column("real", Column::Float(vec![0.1, -1e300, 5e-324])),
            column("truth", Column::Bool(vec![true, false, true])),
            column("words", Column::Text(vec!["a,b".into(), "\"q\"".into(), "naïve €".into()])),
        ],
    }
}

#[test]
fn every_format_gives_back_what_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    for format in FORMATS {
        let path = folder.path().join(format!("table.{format}"));
        write(&table(), Format::of(&path).unwrap(), &path).unwrap();
        assert_eq!(read(&path).unwrap(), table(), "{format}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), FORMATS.len());
}

/// Made by `testdata/dataset/make.py`, by pandas and NumPy.
#[test]
fn files_of_pandas_and_numpy_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/dataset");
    for format in FORMATS {
        assert_eq!(read(&folder.join(format!("table.{format}"))).unwrap(), table(), "{format}");
    }
}

/// Made by `testdata/dataset/make.py`, by pandas, whose columns may all have missing values.
#[cfg(feature = "parquet")]
#[test]
fn what_is_missing_in_a_file_of_pandas_is_no_number() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/dataset");
    let found = read(&folder.join("optional.parquet")).unwrap();
    let whole = table();
    for name in ["number", "truth", "words"] {
        assert_eq!(found.column(name), whole.column(name), "{name}");
    }
    let reals = found.column("real").unwrap().numbers().unwrap();
    assert!(reals[0].is_nan() && reals[1..] == [-1e300, 5e-324], "{reals:?}");
    let error = read(&folder.join("missing.parquet")).unwrap_err().to_string();
    assert!(error.ends_with("missing.parquet: Parquet error: row 1 has no value"), "{error}");
}

#[test]
fn an_unknown_ending_is_refused_with_those_that_are_known() {
    let error = Format::of(Path::new("a/b.xlsx")).unwrap_err().to_string();
    let expected = "a/b.xlsx: `xlsx` is no format of datasets: it ends in .parquet, .csv or .npz";
    assert_eq!(error, expected);
}

#[test]
fn a_file_that_is_something_else_is_refused_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    for format in FORMATS.iter().filter(|format| **format != "csv") {
        let path = folder.path().join(format!("no.{format}"));
        for bytes in [&b""[..], b"no", b"PAR1PAR1PAR1", b"PK\x03\x04 and no more than that"] {
            std::fs::write(&path, bytes).unwrap();
            let error = read(&path).unwrap_err().to_string();
            assert!(error.contains("no."), "{error}");
        }
    }
    let path = folder.path().join("ragged.csv");
    std::fs::write(&path, "a,b\n1,2\n3\n").unwrap();
    let error = read(&path).unwrap_err().to_string();
    assert!(error.contains("line: 3"), "{error}");
}

/// Columns outside of the file are found before the library panics at them, and told more exactly.
#[cfg(feature = "parquet")]
#[test]
fn damage_at_which_the_library_panics_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.parquet");
    write(&table(), Format::Parquet, &path).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let (mut outside, mut caught) = (0, 0);
    for (at, bit) in (0..whole.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << bit;
        std::fs::write(&path, bytes).unwrap();
        let error = read(&path).map_or_else(|error| error.to_string(), |_| String::new());
        outside += usize::from(error.contains("in a file of"));
        caught += usize::from(error.ends_with("it is a damaged Parquet file"));
    }
    assert!(outside > 0 && caught > 0, "{outside} and {caught}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_damaged_file_is_read_or_refused(part in 0.0..1.0, byte in any::<u8>()) {
        let folder = tempfile::tempdir().unwrap();
        for format in FORMATS {
            let path = folder.path().join(format!("table.{format}"));
            write(&table(), Format::of(&path).unwrap(), &path).unwrap();
            let mut bytes = std::fs::read(&path).unwrap();
            let at = (part * bytes.len() as f64) as usize;
            bytes[at] = byte;
            std::fs::write(&path, bytes).unwrap();
            let _ = read(&path);
        }
    }
}
