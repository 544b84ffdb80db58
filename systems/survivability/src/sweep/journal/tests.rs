use super::*;
use crate::outcome::Served;
use std::fmt::Write as _;

fn an_outcome(erlang: f64, seed: u64) -> Outcome {
    Outcome {
        seed,
        erlang,
        arrivals: 10,
        is_complete: true,
        totals: Default::default(),
        served: Served::new(1, 1),
        utilisation: 0.1 + 0.2,
        mean_live: 1.0 / 3.0,
        fragmentation: Default::default(),
        recoveries: Default::default(),
        failures: 0,
        windows: Vec::new(),
        series: Vec::new(),
        capacity: 320,
        warnings: Vec::new(),
    }
}

fn open(folder: &Path) -> Result<(Journal, Known), SweepError> {
    Journal::open(folder, 7, Existing::Keep)
}

fn refusal(folder: &Path) -> String {
    open(folder).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn every_cut_of_a_record_is_taken_up_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(NAME);
    let outcomes = [an_outcome(100.0, 1), an_outcome(100.0, 2)];
    let mut whole = header(7);
    outcomes.iter().for_each(|outcome| whole.push_str(&line(outcome)));
    for cut in 0..=whole.len() {
        fs::write(&path, &whole[..cut]).unwrap();
        let (mut journal, known) = open(folder.path()).unwrap();
        let lines = whole[..cut].matches('\n').count();
        assert_eq!(known.len(), lines.saturating_sub(1), "cut at {cut}");
        for outcome in &outcomes[known.len()..] {
            journal.append(outcome).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), whole, "cut at {cut}");
        drop(journal);
        let (_, known) = open(folder.path()).unwrap();
        assert!(known.values().eq(&outcomes), "cut at {cut}");
    }
}

#[test]
fn another_experiment_is_refused_and_replaced_only_when_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(folder.path(), 8, Existing::Keep).unwrap();
    journal.append(&an_outcome(100.0, 1)).unwrap();
    drop(journal);
    let refusal = refusal(folder.path());
    let expected = "holds results of another experiment (0000000000000008, and this is \
                    0000000000000007)";
    assert!(refusal.contains(expected) && refusal.contains(NAME), "{refusal}");
    let (_, known) = Journal::open(folder.path(), 7, Existing::Replace).unwrap();
    assert!(known.is_empty());
    let text = fs::read_to_string(folder.path().join(NAME)).unwrap();
    assert_eq!(text, header(7));
}

#[test]
fn what_is_no_record_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(NAME);
    let newer = header(7).replace("\"format\":1", "\"format\":2");
    for (text, expected) in [
        (b"shopping list".to_vec(), "is not the record of a sweep"),
        (b"{\"t\":0}\n{\"t\":1}\n".to_vec(), "is not the record of a sweep"),
        (b"\xff\xfe\n".to_vec(), "is not the record of a sweep"),
        (header(7).replace("survivability", "other").into_bytes(), "is not the record"),
        (newer.into_bytes(), "is of format 2, and this program reads 1"),
        (format!("{}nonsense\n", header(7)).into_bytes(), "line 2 of "),
        (format!("{}{{\"seed\":1}}\n", header(7)).into_bytes(), "line 2 of "),
    ] {
        fs::write(&path, &text).unwrap();
        let refusal = refusal(folder.path());
        assert!(refusal.contains(expected) && refusal.contains(NAME), "{refusal}");
        assert_eq!(fs::read(&path).unwrap(), text);
    }
}

#[test]
fn two_sweeps_cannot_write_one_record() {
    let folder = tempfile::tempdir().unwrap();
    let _first = open(folder.path()).unwrap();
    assert!(refusal(folder.path()).ends_with("is being written by another sweep"));
}

#[test]
fn lines_settle_in_the_order_of_load_and_seed() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = open(folder.path()).unwrap();
    let mut expected = header(7);
    for (erlang, seed) in [(90.0, 2), (90.0, 11), (100.0, 1), (1000.0, 1)] {
        let _ = write!(expected, "{}", line(&an_outcome(erlang, seed)));
    }
    for (erlang, seed) in [(1000.0, 1), (90.0, 11), (100.0, 1), (90.0, 2)] {
        journal.append(&an_outcome(erlang, seed)).unwrap();
    }
    for _ in 0..2 {
        journal.settle().unwrap();
        assert_eq!(fs::read_to_string(folder.path().join(NAME)).unwrap(), expected);
    }
}

#[test]
fn a_folder_that_cannot_be_made_or_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let text = refusal(&file.join("out"));
    assert!(text.starts_with("could not make the folder ") && text.contains("file/out"), "{text}");
    fs::create_dir(folder.path().join(NAME)).unwrap();
    let text = refusal(folder.path());
    assert!(text.starts_with("could not open ") && text.contains(NAME), "{text}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_with_the_path() {
    // Every write to this device fails for want of space.
    let path = PathBuf::from("/dev/full");
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    let text = Journal { file, path }.append(&an_outcome(1.0, 1)).unwrap_err().to_string();
    assert!(text.starts_with("could not write /dev/full: "), "{text}");
}
