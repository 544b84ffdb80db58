//! Nothing is lost, and nothing is made up.

use std::fs;
use std::sync::atomic::Ordering;

use proptest::prelude::*;

use super::super::journal;
use super::*;

/// Stops once so many rows are done; one more may be on its way.
fn interrupted(plan: &Plan, out: &Path, rows: usize) -> Report {
    let stop = AtomicBool::new(false);
    let watch = |progress: Progress| stop.store(progress.done >= rows, Ordering::Relaxed);
    generate(plan, out, 1, &stop, watch).expect("it can be made")
}

#[test]
fn an_interrupted_dataset_is_gone_on_with_and_is_the_same_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, parts) = (folder.path().join("whole.npz"), folder.path().join("parts.npz"));
    let plan = small(8);
    make(&plan, &whole, 2);
    for rows in [2, 4, 6] {
        let report = interrupted(&plan, &parts, rows);
        assert!(report.is_stopped && !parts.exists());
        assert!(journal::beside(&parts).exists());
    }
    let report = make(&plan, &parts, 2);
    assert!(report.taken_up >= 6, "{report:?}");
    assert!(fs::read(&whole).unwrap() == fs::read(&parts).unwrap());
    assert!(!journal::beside(&parts).exists(), "nothing is left beside it");
}

#[test]
fn stopped_before_its_first_row_it_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("none.csv");
    assert!(interrupted(&small(3), &out, 0).is_stopped);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn rows_of_another_plan_are_not_taken_up_and_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("a.csv");
    interrupted(&small(4), &out, 2);
    let before = fs::read(journal::beside(&out)).unwrap();
    let error = generate(&small(5), &out, 1, &AtomicBool::new(false), |_| {}).unwrap_err();
    assert!(error.to_string().contains("holds rows of another dataset"), "{error}");
    assert_eq!(fs::read(journal::beside(&out)).unwrap(), before);
}

#[test]
fn two_at_once_do_not_write_the_same_dataset() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("a.csv");
    let plan = small(2);
    let _held = journal::Journal::open(&out, &plan.digest()).unwrap();
    let error = generate(&plan, &out, 1, &AtomicBool::new(false), |_| {}).unwrap_err();
    assert!(error.to_string().ends_with("is being written by another process"), "{error}");
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let out = Path::new("/nowhere/at/all.csv");
    let error = generate(&small(1), out, 1, &AtomicBool::new(false), |_| {}).unwrap_err();
    assert_eq!(error.to_string(), "failed to open /nowhere/at/all.csv.partial");
}

/// The side file of a dataset of four rows, of which two or three are done.
fn side_file() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("a.csv");
    interrupted(&small(4), &out, 2);
    fs::read(journal::beside(&out)).unwrap()
}

/// What comes of a side file that was damaged: the dataset, or a refusal.
fn with_side_file(bytes: &[u8]) -> Result<Vec<u8>, DatasetError> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("a.csv");
    fs::write(journal::beside(&out), bytes).unwrap();
    generate(&small(4), &out, 1, &AtomicBool::new(false), |_| {})?;
    Ok(fs::read(&out).unwrap())
}

#[test]
fn stopped_after_any_row_it_goes_on_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let plan = small(6);
    let whole = folder.path().join("whole.csv");
    make(&plan, &whole, 1);
    for rows in 0..5 {
        let out = folder.path().join(format!("{rows}.csv"));
        assert!(interrupted(&plan, &out, rows).is_stopped, "{rows}");
        let report = make(&plan, &out, 2);
        assert!(report.taken_up >= rows && report.taken_up < 6, "{rows}: {report:?}");
        assert!(fs::read(&out).unwrap() == fs::read(&whole).unwrap(), "{rows}");
    }
}

/// What is taken up of a side file, and how long it is afterwards.
fn taken_up(bytes: &[u8]) -> Result<(Vec<(usize, Row)>, u64), DatasetError> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("a.csv");
    fs::write(journal::beside(&out), bytes).unwrap();
    let (_journal, rows) = journal::Journal::open(&out, &small(4).digest())?;
    let length = fs::metadata(journal::beside(&out)).unwrap().len();
    Ok((rows.into_iter().collect(), length))
}

#[test]
fn of_a_side_file_cut_anywhere_just_the_whole_lines_are_taken_up() {
    let side = side_file();
    let (all, _) = taken_up(&side).unwrap();
    let head = side.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    for length in 0..=side.len() {
        let lines = side[..length].iter().filter(|&&byte| byte == b'\n').count();
        let ended = side[..length].iter().rposition(|&byte| byte == b'\n');
        let (rows, left) = taken_up(&side[..length]).unwrap();
        assert_eq!(rows, all[..lines.saturating_sub(1)], "{length}");
        assert_eq!(left as usize, ended.map_or(head, |at| at + 1), "{length}");
    }
}

#[test]
fn of_a_side_file_damaged_anywhere_no_other_row_is_taken_up() {
    let side = side_file();
    let (all, _) = taken_up(&side).unwrap();
    let head = side.iter().position(|&byte| byte == b'\n').unwrap();
    for at in 0..side.len() {
        for flip in [0x01, 0x20, 0x80] {
            let mut damaged = side.clone();
            damaged[at] ^= flip;
            match taken_up(&damaged) {
                Ok((rows, _)) => assert!(at > head && rows.len() < all.len(), "{at} ^ {flip}"),
                Err(error) => {
                    let is_refused = matches!(error, DatasetError::OtherPlan { .. });
                    assert!(at <= head && is_refused, "{at} ^ {flip}: {error}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A kill or a full disk leaves a beginning of the side file.
    #[test]
    fn whatever_is_left_of_a_side_file_the_dataset_is_the_same(part in 0.0..=1.0) {
        let (whole, side) = (with_side_file(b"").unwrap(), side_file());
        let length = (part * side.len() as f64) as usize;
        prop_assert!(with_side_file(&side[..length]).unwrap() == whole);
    }

    /// A damaged row is computed again, a damaged head refused; no other rows come of either.
    #[test]
    fn a_damaged_side_file_never_makes_another_dataset(part in 0.0..1.0, bit in 0..8_u8) {
        let (whole, mut side) = (with_side_file(b"").unwrap(), side_file());
        let at = (part * side.len() as f64) as usize;
        side[at] ^= 1_u8 << bit;
        match with_side_file(&side) {
            Ok(made) => prop_assert!(made == whole),
            Err(error) => prop_assert!(matches!(error, DatasetError::OtherPlan { .. }), "{}", error),
        }
    }
}
