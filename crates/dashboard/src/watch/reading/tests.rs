use std::path::PathBuf;

use tollgate::history::{History, Keep};
use tollgate::judge::Finding::{Exceeded, Within};

use super::*;
use crate::watch::sample::{Stored, judgement};

struct Scene {
    folder: tempfile::TempDir,
    reading: Reading,
}

impl Scene {
    fn new() -> Scene {
        let folder = tempfile::tempdir().unwrap();
        let reading = Reading::new(folder.path().join("history.db"), None);
        Scene { folder, reading }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("history.db")
    }

    fn store(&self, stored: Stored) -> String {
        stored.store(&self.path())
    }

    /// Of each place the run, the cases of it and those that are carried.
    fn read(&mut self) -> Vec<(String, Vec<String>, Vec<String>)> {
        self.reading.read().unwrap();
        let cases = |verdicts: &[tollgate::judge::Verdict]| {
            verdicts.iter().map(|verdict| verdict.case.clone()).collect::<Vec<_>>()
        };
        let latest = self.reading.latest().unwrap();
        latest
            .iter()
            .map(|latest| {
                let judgement = &latest.judgement;
                (judgement.run.id.clone(), cases(&judgement.verdicts), cases(&latest.carried))
            })
            .collect()
    }
}

#[test]
fn a_history_that_is_not_there_is_told_and_not_made() {
    let mut scene = Scene::new();
    assert!(scene.reading.latest().is_none());
    let error = scene.reading.look().unwrap_err().to_string();
    assert_eq!(error, format!("there is no history at {} yet", scene.path().display()));
    assert_eq!(std::fs::read_dir(scene.folder.path()).unwrap().count(), 0);
    scene.store(Stored::new(1, &[("pay", Within)]));
    assert_eq!(scene.reading.look().unwrap(), News::Judged);
}

#[test]
fn only_what_others_write_is_news_and_a_judged_run_is_told_from_the_rest() {
    let mut scene = Scene::new();
    let first = scene.store(Stored::new(1, &[("pay", Within)]));
    scene.read();
    assert_eq!(scene.reading.look().unwrap(), News::Nothing);
    scene.reading.keep("alerts", "own").unwrap();
    assert_eq!(scene.reading.look().unwrap(), News::Nothing);
    let mut other = History::open(&scene.path()).unwrap();
    let mut head = judgement("shop", Vec::new()).run;
    head.id = "20260101-000000-0000".to_owned();
    other.begin(&head).unwrap();
    assert_eq!(scene.reading.look().unwrap(), News::Written);
    scene.read();
    assert_eq!(scene.reading.look().unwrap(), News::Nothing);
    let second = scene.store(Stored::new(2, &[("pay", Exceeded)]));
    assert_eq!(scene.reading.look().unwrap(), News::Judged);
    assert_eq!(scene.read()[0].0, second);
    let plan = other.plan_prune(&Keep { runs: Some(1), newer_than_ms: None }).unwrap();
    assert!(plan.delete.iter().any(|run| run.id == first));
    other.prune(&plan).unwrap();
    assert_eq!(scene.reading.look().unwrap(), News::Judged);
}

#[test]
fn each_environment_has_its_latest_run_whatever_was_stored_last() {
    let mut scene = Scene::new();
    let newest = scene.store(Stored::new(9, &[("pay", Within)]));
    scene.store(Stored::new(5, &[("pay", Exceeded)]));
    let lab = Stored { environment: Some("lab"), ..Stored::new(2, &[("pay", Exceeded)]) };
    let lab = scene.store(lab);
    let ids: Vec<String> = scene.read().into_iter().map(|(id, ..)| id).collect();
    assert_eq!(ids, [newest, lab]);
}

#[test]
fn a_case_that_the_latest_run_did_not_plan_is_spoken_for_by_the_last_that_did_for_a_week() {
    let mut scene = Scene::new();
    let day = 24 * 3600;
    scene.store(Stored::new(0, &[("old", Exceeded)]));
    scene.store(Stored::new(2 * day, &[("pay", Within), ("list", Exceeded)]));
    scene.store(Stored::new(3 * day, &[("list", Within), ("pay", Exceeded)]));
    scene.store(Stored::new(8 * day, &[("pay", Within)]));
    let read = scene.read();
    assert_eq!((&*read[0].1, &*read[0].2), (&["pay".to_owned()][..], &["list".to_owned()][..]));
    assert_eq!(
        scene.reading.latest().unwrap()[0].carried[0].finding,
        Within,
        "of the later of the two"
    );
}

#[test]
fn runs_of_other_branches_are_passed_over_where_one_is_named() {
    let mut scene = Scene::new();
    let main = scene.store(Stored::new(1, &[("pay", Within)]));
    scene.store(Stored { branch: "try", ..Stored::new(2, &[("pay", Exceeded)]) });
    scene.reading = Reading::new(scene.path(), Some("main".to_owned()));
    assert_eq!(scene.read()[0].0, main);
}

#[test]
fn runs_are_counted_from_the_first_look_on_though_others_are_pruned() {
    let mut scene = Scene::new();
    for second in 1..4 {
        scene.store(Stored::new(second, &[("pay", Within)]));
    }
    scene.read();
    assert_eq!(scene.reading.latest().unwrap()[0].runs, 0);
    scene.store(Stored::new(4, &[("pay", Within)]));
    scene.store(Stored::new(5, &[("pay", Within)]));
    scene.read();
    assert_eq!(scene.reading.latest().unwrap()[0].runs, 2);
    let mut other = History::open(&scene.path()).unwrap();
    let plan = other.plan_prune(&Keep { runs: Some(1), newer_than_ms: None }).unwrap();
    other.prune(&plan).unwrap();
    scene.read();
    assert_eq!(scene.reading.latest().unwrap()[0].runs, 2);
}

#[test]
fn a_file_that_took_the_place_of_another_one_is_read() {
    let mut scene = Scene::new();
    scene.store(Stored::new(1, &[("pay", Within)]));
    scene.read();
    for end in ["", "-wal", "-shm", "-watch"] {
        let _ = std::fs::rename(
            scene.folder.path().join(format!("history.db{end}")),
            scene.folder.path().join(format!("aside.db{end}")),
        );
    }
    assert!(matches!(scene.reading.look(), Err(ReadError::Nowhere(_))));
    assert_eq!(scene.reading.latest().unwrap().len(), 1, "what was read last is still known");
    let other = scene.store(Stored::new(7, &[("list", Exceeded)]));
    assert_eq!(scene.reading.look().unwrap(), News::Judged);
    assert_eq!(scene.read()[0].0, other);
}

#[test]
fn a_damaged_run_hides_no_other() {
    let mut scene = Scene::new();
    let good = scene.store(Stored::new(1, &[("pay", Within)]));
    scene.store(Stored::new(2, &[("listing", Exceeded)]));
    let mut bytes = std::fs::read(scene.path()).unwrap();
    let places = 0..bytes.len() - 7;
    for at in places.filter(|at| bytes[*at..].starts_with(b"listing")).collect::<Vec<_>>() {
        bytes[at] = b'L';
    }
    std::fs::write(scene.path(), bytes).unwrap();
    assert_eq!(scene.read()[0].0, good);
}

#[test]
fn one_reading_has_a_history_at_a_time() {
    let mut scene = Scene::new();
    scene.store(Stored::new(1, &[("pay", Within)]));
    scene.read();
    let mut second = Reading::new(scene.path(), None);
    let error = second.look().unwrap_err();
    assert!(matches!(error, ReadError::Lock(_)), "{error}");
    drop(scene.reading);
    assert_eq!(second.look().unwrap(), News::Judged);
}

/// Another figure in the place of what a run found.
fn judge_again(scene: &Scene, id: &str, value: f64) {
    let mut history = History::open(&scene.path()).unwrap();
    let mut judgement = history.judgement(id).unwrap().unwrap();
    judgement.verdicts[0].estimate.as_mut().unwrap().value = value;
    history.set_judgement(id, &judgement).unwrap();
}

#[test]
fn steps_are_looked_for_again_where_a_run_was_judged_and_not_at_every_write() {
    let mut scene = Scene::new();
    let steps = |scene: &mut Scene| {
        scene.reading.read().unwrap();
        scene.reading.latest().unwrap()[0].steps.len()
    };
    let ids: Vec<String> =
        (1..16).map(|second| scene.store(Stored::new(second, &[("pay", Within)]))).collect();
    assert_eq!(steps(&mut scene), 0);
    ids[12..14].iter().for_each(|id| judge_again(&scene, id, 9.0));
    assert_eq!(scene.reading.look().unwrap(), News::Written);
    assert_eq!(steps(&mut scene), 0, "they were looked for");
    judge_again(&scene, &ids[14], 9.0);
    assert_eq!(scene.reading.look().unwrap(), News::Written);
    assert_eq!(steps(&mut scene), 1, "the latest run says something else");
}

#[test]
fn what_became_worse_lately_is_known_until_it_is_how_things_are() {
    let mut scene = Scene::new();
    let mut second = 0;
    let mut run = |scene: &Scene, value: f64| {
        second += 1;
        let mut stored = Stored::new(second, &[("pay", Within), ("list", Within)]);
        let estimate = stored.verdicts[0].estimate.as_mut().unwrap();
        estimate.value = value + 0.01 * (second * 7 % 5) as f64;
        scene.store(stored);
    };
    let steps = |scene: &mut Scene| {
        scene.reading.read().unwrap();
        let steps = &scene.reading.latest().unwrap()[0].steps;
        steps.iter().map(|(subject, by)| (subject.case.clone(), *by)).collect::<Vec<_>>()
    };
    (0..12).for_each(|_| run(&scene, 5.0));
    assert_eq!(steps(&mut scene), []);
    (0..3).for_each(|_| run(&scene, 6.0));
    let found = steps(&mut scene);
    assert!(matches!(&found[..], [(case, by)] if case == "pay" && (0.18..0.22).contains(by)));
    (0..18).for_each(|_| run(&scene, 6.0));
    assert_eq!(steps(&mut scene), []);
    (0..3).for_each(|_| run(&scene, 5.0));
    assert_eq!(steps(&mut scene), []);
}
