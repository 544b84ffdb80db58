//! A large run is read fast, and takes little more memory than its own.

use std::time::{Duration, Instant};

use tollgate::run::{Data, RunState, Trial};
use tollgate_stats::histogram::Histogram;

use crate::example::{Dice, file, head, open, series, trial};

#[test]
#[expect(clippy::disallowed_methods, reason = "this test measures")]
fn a_run_of_a_thousand_histograms_is_read_in_under_50_ms() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open(&file(&folder));
    let id = history.begin(&head(1)).unwrap();
    let mut dice = Dice(1);
    for number in 1..=5 {
        let all = (0..200).map(|n| {
            // Around a millisecond, with a tail.
            let values = (0..10_000).map(|_| 1_000_000 + dice.roll(400_000) * dice.roll(30) / 10);
            series(&format!("latency {n}"), Data::Histograms(vec![Histogram::from_values(values)]))
        });
        let trial = Trial { series: all.collect(), ..trial(1, number) };
        history.add_trial(&id, &trial).unwrap();
    }
    history.finish(&id, 9, RunState::Complete).unwrap();
    let history = open(&file(&folder));
    let times: Vec<Duration> = (0..5)
        .map(|_| {
            let start = Instant::now();
            let run = history.load(&id).unwrap();
            let elapsed = start.elapsed();
            assert_eq!(run.trials.iter().map(|trial| trial.series.len()).sum::<usize>(), 1000);
            elapsed
        })
        .collect();
    let size = std::fs::metadata(file(&folder)).unwrap().len();
    println!("{size} bytes, read in {times:?}");
    let fastest = times.into_iter().min().unwrap();
    // Without optimisation only the order of magnitude says something.
    let bound = if cfg!(debug_assertions) { 1000 } else { 50 };
    assert!(fastest < Duration::from_millis(bound), "{fastest:?}");
}
