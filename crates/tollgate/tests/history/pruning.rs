//! Which runs are forgotten, and that their space comes back.

use tollgate::history::{History, Keep, PrunePlan};
use tollgate::run::RunHead;

use crate::example::{file, head, open, store};

fn doomed(plan: &PrunePlan) -> Vec<i64> {
    plan.delete.iter().map(|run| (run.started_ms - 1_790_000_000_000) / 1000).collect()
}

fn plan(history: &History, runs: Option<u32>, newer_than: Option<i64>) -> PrunePlan {
    let newer_than_ms = newer_than.map(|second| 1_790_000_000_000 + second * 1000);
    history.plan_prune(&Keep { runs, newer_than_ms }).unwrap()
}

#[test]
fn a_run_stays_when_any_rule_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    for second in 1..=5 {
        store(&mut history, &head(second), 1);
    }
    store(&mut history, &RunHead { project: "till".to_owned(), ..head(0) }, 1);
    assert_eq!(plan(&history, None, None), PrunePlan::default());
    assert_eq!(doomed(&plan(&history, Some(2), None)), [1, 2, 3]);
    assert_eq!(doomed(&plan(&history, None, Some(3))), [0, 1, 2]);
    assert_eq!(doomed(&plan(&history, Some(4), Some(5))), [1]);
    assert_eq!(doomed(&plan(&history, Some(0), None)), [0, 1, 2, 3, 4, 5]);

    let result = history.prune(&plan(&history, Some(2), None)).unwrap();
    assert_eq!(result.deleted.len(), 3);
    assert_eq!(history.list(&Default::default()).unwrap().len(), 3);
    assert!(history.load("last~0").is_ok());
}

#[test]
fn runs_of_a_baseline_and_runs_that_may_be_alive_are_spared() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let held = store(&mut history, &head(1), 1);
    let freed = store(&mut history, &head(2), 1).head.id;
    history.baseline_set("release", &[&held.head.id]).unwrap();
    let abandoned = history.begin(&head(3)).unwrap();
    history.begin(&head(24 * 3600)).unwrap();
    store(&mut history, &head(24 * 3600 + 3), 1);

    let plan = plan(&history, Some(1), None);
    assert_eq!(doomed(&plan), [2, 3]);
    let reasons: Vec<&str> = plan.spared.iter().map(|run| &*run.reason).collect();
    assert_eq!(reasons, ["the baseline release holds it", "it may be being measured"]);

    // A baseline set after the plan was made still protects its run.
    history.baseline_set("late", &[&freed]).unwrap();
    let result = history.prune(&plan).unwrap();
    assert_eq!((result.deleted, result.left), (vec![abandoned], vec![freed]));
    assert_eq!(history.load(&held.head.id).unwrap(), held);
}

#[test]
fn the_space_of_forgotten_runs_is_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let mut history = open(&path);
    for second in 1..=20 {
        store(&mut history, &head(second), 10);
    }
    let before = std::fs::metadata(&path).unwrap().len();
    let result = history.prune(&plan(&history, Some(1), None)).unwrap();
    let after = std::fs::metadata(&path).unwrap().len();
    assert!(after < before / 5, "{before} to {after}");
    assert_eq!(result.bytes_freed, before - after);
    assert_eq!(history.prune(&plan(&history, Some(1), None)).unwrap().bytes_freed, 0);
}
