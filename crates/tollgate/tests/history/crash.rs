//! Writers that are killed, and writers that share a file.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use tollgate::history::{Filter, History, Keep};
use tollgate::judge::{Strictness, judge};
use tollgate::run::{Data, RunState, Trial};

use crate::child::{playing, said, say};
use crate::example::{Dice, file, head, open, series, store, trial};

const FILES: u64 = 20;
const KILLS_A_FILE: u64 = 15;

/// Says each thing once it is stored, and deletions before they happen.
pub(crate) fn write_until_killed(path: &Path, seed: u64) -> ! {
    let mut dice = Dice(seed);
    let mut history = open(path);
    // More than a day apart, so that what earlier writers left open may be pruned in time.
    for second in (seed * 200_000).. {
        let head = head(second.cast_signed());
        let id = history.begin(&head).unwrap();
        say(&format!("begun {id}"));
        for number in 1..=dice.roll(8) as u32 {
            history.add_trial(&id, &written(head.started_ms, number)).unwrap();
            say(&format!("trial {id}"));
        }
        if dice.roll(5) == 0 {
            continue;
        }
        history.finish(&id, head.started_ms + 500, RunState::Complete).unwrap();
        say(&format!("ended {id}"));
        let run = history.load(&id).unwrap();
        history.set_judgement(&id, &judge(&run, &[], Strictness::Usual)).unwrap();
        say(&format!("judged {id}"));
        if dice.roll(3) == 0 {
            history.baseline_set("kept", &[&id]).unwrap();
            say(&format!("kept {id}"));
        }
        let plan = history.plan_prune(&Keep { runs: Some(5), newer_than_ms: None }).unwrap();
        plan.delete.iter().for_each(|run| say(&format!("doomed {}", run.id)));
        history.prune(&plan).unwrap();
    }
    unreachable!("seconds do not run out")
}

/// Some trials are larger than what the log holds before it is written back.
fn written(started_ms: i64, number: u32) -> Trial {
    let mut trial = trial(started_ms.unsigned_abs(), number);
    if number == 5 {
        let values = (0..60_000).map(|n| f64::from(n) * 1.1).collect();
        trial.series.push(series("large", Data::Samples(values)));
    }
    trial
}

/// What must be found in the file.
#[derive(Default)]
struct Known {
    runs: BTreeMap<String, KnownRun>,
    kept: bool,
}

#[derive(Default)]
struct KnownRun {
    trials: usize,
    ended: bool,
    judged: bool,
    doomed: bool,
}

impl Known {
    fn hear(&mut self, line: &str) {
        let Some((word, id)) = line.strip_prefix("> ").and_then(|line| line.split_once(' ')) else {
            return;
        };
        let run = self.runs.entry(id.to_owned()).or_default();
        match word {
            "begun" => {}
            "trial" => run.trials += 1,
            "ended" => run.ended = true,
            "judged" => run.judged = true,
            "kept" => self.kept = true,
            "doomed" => run.doomed = true,
            _ => panic!("{line}"),
        }
    }

    /// At most one thing was under way and not yet said. From here on what was found is known.
    fn check(&mut self, path: &Path) {
        let history = open(path);
        let listed = history.list(&Filter::default()).unwrap();
        let mut unsaid = 0;
        for (id, run) in &self.runs {
            let found = listed.iter().any(|listed| listed.head.id == *id);
            assert!(found || run.doomed, "{id} is gone");
        }
        self.runs.retain(|id, _| listed.iter().any(|listed| listed.head.id == *id));
        for listed in &listed {
            let id = &listed.head.id;
            unsaid += usize::from(!self.runs.contains_key(id));
            let known = self.runs.entry(id.clone()).or_default();
            let run = history.load(id).unwrap();
            let judged = history.judgement(id).unwrap();
            unsaid += run.trials.len() - known.trials;
            unsaid += usize::from(run.head.state == RunState::Complete && !known.ended);
            unsaid += usize::from(judged.is_some() && !known.judged);
            assert!(run.head.state == RunState::Complete || !known.ended, "{id} lost its end");
            assert!(judged.is_some() || !known.judged, "{id} lost its judgement");

            let second = (run.head.started_ms - head(0).started_ms) / 1000;
            let mut expected = head(second);
            if run.head.state == RunState::Complete {
                expected.state = RunState::Complete;
                expected.ended_ms = Some(expected.started_ms + 500);
            }
            assert_eq!(run.head, expected);
            for (trial, number) in run.trials.iter().zip(1..) {
                assert!(*trial == written(run.head.started_ms, number), "{id} trial {number}");
            }
            known.trials = run.trials.len();
            known.ended = run.head.state == RunState::Complete;
            known.judged = judged.is_some();
            known.doomed = false;
        }
        assert!(unsaid <= 1, "{unsaid} things were stored and not said");
        let baselines = history.baselines().unwrap();
        assert!(!self.kept || baselines.len() == 1 && baselines[0].runs.len() == 1);
        drop(history);
        let integrity: String = rusqlite::Connection::open(path)
            .and_then(|db| db.query_row("PRAGMA integrity_check", [], |row| row.get(0)))
            .unwrap();
        assert_eq!(integrity, "ok");
    }
}

/// Kills while the process starts and creates the file, or after it has said a few things.
fn kill_some_time(child: &mut Child, dice: &mut Dice, known: &mut Known) {
    let mut out = BufReader::new(child.stdout.take().unwrap());
    if dice.roll(4) == 0 {
        std::thread::sleep(Duration::from_micros(dice.roll(25_000)));
    } else {
        for _ in 0..dice.roll(30) {
            let mut line = String::new();
            assert!(out.read_line(&mut line).unwrap() > 0, "the writer ended by itself");
            known.hear(line.trim_end());
        }
        std::thread::sleep(Duration::from_micros(dice.roll(4_000)));
    }
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    // A line without an end was cut off and says nothing.
    rest.split_inclusive('\n').filter(|line| line.ends_with('\n')).for_each(|line| {
        known.hear(line.trim_end());
    });
}

#[test]
fn whatever_a_killed_writer_had_said_to_be_stored_is_there() {
    let lane = |files: std::ops::Range<u64>| {
        for number in files {
            let folder = tempfile::tempdir().unwrap();
            let path = file(&folder);
            let mut dice = Dice(number);
            let mut known = Known::default();
            for kill in 1..=KILLS_A_FILE {
                let mut writer = playing("write until killed", &path, kill);
                let mut child =
                    writer.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
                kill_some_time(&mut child, &mut dice, &mut known);
                known.check(&path);
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| lane(0..FILES / 2));
        scope.spawn(|| lane(FILES / 2..FILES));
    });
}

const SHARED_RUNS: i64 = 3;

pub(crate) fn share_the_file(path: &Path) {
    let mut history = open(path);
    for second in 0..SHARED_RUNS {
        say(&store(&mut history, &head(second), 10).head.id);
    }
}

fn all_equal(history: &History) -> usize {
    let listed = history.list(&Filter::default()).unwrap();
    for run in &listed {
        let run = history.load(&run.head.id).unwrap();
        for (found, number) in run.trials.iter().zip(1..) {
            assert!(*found == trial(run.head.started_ms.unsigned_abs(), number));
        }
    }
    listed.len()
}

#[test]
fn processes_that_write_at_once_wait_for_each_other_and_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let mut ids: Vec<String> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|seed| {
                let mut command = playing("share the file", &path, seed);
                scope.spawn(move || said(&mut command))
            })
            .collect();
        // A reader in between sees whole trials and nothing else.
        let history = open(&path);
        while writers.iter().any(|writer| !writer.is_finished()) {
            all_equal(&history);
        }
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len() as i64, 4 * SHARED_RUNS);
    let history = open(&path);
    assert_eq!(all_equal(&history), ids.len());
    for run in history.list(&Filter::default()).unwrap() {
        assert_eq!((run.trials, run.head.state), (10, RunState::Complete));
        assert!(ids.contains(&run.head.id));
    }
}
