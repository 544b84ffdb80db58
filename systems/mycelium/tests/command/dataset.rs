//! `dataset`: the same bytes whatever happens on the way, and what is refused.

use std::path::Path;
use std::process::Child;

use rustix::process::Signal;

use super::{begin, done, json, refused, run, signal, told};

const MANY: [&str; 8] =
    ["dataset", "--preset", "medium", "--num-samples", "300", "--seed", "9", "--output"];

fn bytes(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).unwrap()
}

/// Waits until so many bytes of rows are on their way to the disk.
fn until_rows(folder: &Path, name: &str, child: &mut Child) {
    let size = || std::fs::metadata(folder.join(name)).map_or(0, |file| file.len());
    while size() < 5000 {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be interrupted");
        std::thread::yield_now();
    }
}

#[test]
fn the_same_plan_gives_the_same_bytes_with_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["parquet", "csv", "npz"] {
        let of = |name: &str, threads: &str| {
            let name = format!("{name}.{ending}");
            let args = ["dataset", "--preset", "small", "--threads", threads, "-o", &name];
            let text = done(folder.path(), &args);
            assert_eq!(text, format!("{name}: 10 rows, 28 columns\n"));
            bytes(folder.path(), &name)
        };
        assert!(of("a", "1") == of("b", "3"), "{ending}");
    }
}

#[test]
fn an_interrupted_dataset_is_taken_up_and_has_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), &[&MANY[..], &["whole.csv"]].concat());
    let mut child = begin(folder.path(), &[&MANY[..], &["a.csv", "--threads", "1"]].concat());
    until_rows(folder.path(), "a.csv.partial", &mut child);
    signal(&child, Signal::INT);
    let told = told(child.wait_with_output().unwrap());
    assert_eq!(told.code, Some(130), "{}", told.err);
    assert!(
        told.err.contains("STOPPED after") && told.err.contains("a.csv.partial"),
        "{}",
        told.err
    );
    assert!(!folder.path().join("a.csv").exists());
    let again = run(folder.path(), &[&MANY[..], &["a.csv"]].concat());
    assert_eq!(again.code, Some(0), "{}", again.err);
    let taken_up = again.err.strip_prefix("taking up ").unwrap();
    assert!(taken_up.contains(" of a.csv.partial"), "{taken_up}");
    assert_ne!(taken_up.split(' ').next(), Some("0"));
    assert!(bytes(folder.path(), "a.csv") == bytes(folder.path(), "whole.csv"));
    assert!(!folder.path().join("a.csv.partial").exists());
}

#[test]
fn a_killed_dataset_is_taken_up_and_has_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), &[&MANY[..], &["whole.parquet"]].concat());
    for _ in 0..3 {
        let args = [&MANY[..], &["a.parquet", "--threads", "1"]].concat();
        let mut child = begin(folder.path(), &args);
        until_rows(folder.path(), "a.parquet.partial", &mut child);
        signal(&child, Signal::KILL);
        assert_eq!(child.wait().unwrap().code(), None);
        assert!(!folder.path().join("a.parquet").exists());
    }
    let again = run(folder.path(), &[&MANY[..], &["a.parquet"]].concat());
    assert_eq!(again.code, Some(0), "{}", again.err);
    assert!(again.err.contains("taking up"), "{}", again.err);
    assert!(bytes(folder.path(), "a.parquet") == bytes(folder.path(), "whole.parquet"));
}

#[test]
fn rows_of_another_plan_are_not_taken_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = begin(folder.path(), &[&MANY[..], &["a.csv", "--threads", "1"]].concat());
    until_rows(folder.path(), "a.csv.partial", &mut child);
    signal(&child, Signal::KILL);
    child.wait().unwrap();
    let args = ["dataset", "--preset", "medium", "--seed", "10", "-o", "a.csv"];
    assert!(refused(folder.path(), &args).contains("holds rows of another dataset"));
}

#[test]
fn presets_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let text = done(folder.path(), &["dataset", "--list-presets"]);
    for name in ["default", "demo", "minimal", "extended", "small", "medium", "large", "benchmark"]
    {
        assert!(text.lines().any(|line| line.starts_with(name)), "{name}");
    }
}

#[test]
fn a_report_for_programs_counts_rows_and_columns() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["dataset", "--preset", "demo", "-n", "3", "-o", "a.csv", "--format", "json"];
    let told = json(&done(folder.path(), &args));
    assert_eq!((&told["rows"], &told["columns"]), (&json("3"), &json("31")));
    let text = String::from_utf8(bytes(folder.path(), "a.csv")).unwrap();
    assert_eq!(text.lines().count(), 4);
}

#[test]
fn a_timestamp_is_written_as_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let time = "2026-01-02T03:04:05Z";
    let args = ["dataset", "--sweep", "minimal", "-n", "1", "-o", "a.csv", "--timestamp", time];
    done(folder.path(), &args);
    assert!(String::from_utf8(bytes(folder.path(), "a.csv")).unwrap().contains(time));
}

#[test]
fn what_is_no_dataset_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (args, said) in [
        (&["--preset", "smal", "-o", "a.csv"][..], "'small'"),
        (&["--preset", "small"], "--output"),
        (&["--preset", "small", "--sweep", "minimal", "-o", "a.csv"], "--sweep"),
        (&["--preset", "small", "-o", "a.txt"], "a.txt: `txt` is no format"),
        (&["--preset", "small", "-o", "a"], "is no format"),
        (&["--preset", "small", "-o", "none/a.csv"], "none/a.csv"),
        (&["--preset", "small", "-o", "a.csv", "-n", "0"], "`num_samples` is 0"),
        (&["--preset", "small", "-o", "a.csv", "-n", "100001"], "100001"),
        (&["--preset", "product", "-o", "a.csv", "-n", "5"], "each combination"),
        (&["--preset", "small", "-o", "a.csv", "--threads", "0"], "0 is not in 1..=1024"),
        (&["--preset", "small", "-o", "a.csv", "--seed", "18446744073709551615"], "seed"),
    ] {
        let text = refused(folder.path(), &[&["dataset"], args].concat());
        assert!(text.contains(said), "{args:?}: {text}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
}
