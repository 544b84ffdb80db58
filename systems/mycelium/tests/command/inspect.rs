//! `inspect`: of tables as they are made, and of what is none.

#[cfg(feature = "parquet")]
use mycelium::dataset::{Column, Format, Table, read, write};

use super::{done, json, refused, run};

#[test]
fn a_table_is_told_in_each_format_alike() {
    let folder = tempfile::tempdir().unwrap();
    let of = |name: &str| {
        done(folder.path(), &["dataset", "--preset", "demo", "-o", name]);
        done(folder.path(), &["inspect", name])
    };
    let text = of("a.parquet");
    assert!(text.starts_with("10 rows\n") && text.contains("nothing is amiss"), "{text}");
    for name in ["D_box", "V_mean", "growth_events"] {
        assert!(text.contains(name), "{name}");
    }
    assert_eq!(of("a.csv"), text);
    assert_eq!(of("a.npz"), text);
    let told = json(&done(folder.path(), &["inspect", "a.csv", "--format", "json"]));
    assert_eq!((&told["rows"], &told["violations"]), (&json("10"), &json("[]")));
}

#[test]
fn what_cannot_be_is_named_and_ends_with_1() {
    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), &["dataset", "--preset", "demo", "-o", "a.csv"]);
    let path = folder.path().join("a.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[3] = lines[2].clone();
    std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    let told = run(folder.path(), &["inspect", "a.csv"]);
    assert_eq!(told.code, Some(1), "{}", told.err);
    assert!(told.out.contains("sim_id, row 2: 1 is there more than once"), "{}", told.out);
}

#[test]
fn what_is_no_table_is_refused_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let text = refused(folder.path(), &["inspect", "none.parquet"]);
    assert!(text.contains("none.parquet") && text.contains("No such file"), "{text}");
    for name in ["a.parquet", "a.npz", "a.csv", "a.txt"] {
        std::fs::write(folder.path().join(name), b"a,b\n1,2,3\n").unwrap();
        let text = refused(folder.path(), &["inspect", name]);
        assert!(text.contains(name), "{text}");
    }
}

/// The library that reads Parquet panics at some damage, of which nobody is to read.
#[cfg(feature = "parquet")]
#[test]
fn whatever_is_damaged_in_a_table_is_told_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let texts = ["a,b", "\"q\"", "naïve €"].map(str::to_owned).to_vec();
    let columns = [
        ("number", Column::Int(vec![1, -2, i64::MAX])),
        ("truth", Column::Bool(vec![true, false, true])),
        ("words", Column::Text(texts)),
    ];
    let columns = columns.map(|(name, column)| (name.to_owned(), column)).to_vec();
    write(&Table { columns }, Format::Parquet, &path).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let panics = |(at, bit): (usize, u8)| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << bit;
        std::fs::write(&path, bytes).unwrap();
        read(&path).is_err_and(|error| error.to_string().ends_with("it is a damaged Parquet file"))
    };
    let mut bits = (0..8).flat_map(|bit| (0..whole.len()).map(move |at| (at, bit)));
    assert!(bits.any(panics), "nothing panics any more");
    let text = refused(folder.path(), &["inspect", "a.parquet"]);
    assert_eq!(text, "error: a.parquet: it is a damaged Parquet file\n");
}
