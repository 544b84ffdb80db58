//! A large run is kept small and read whole. How fast is a budget: the case `tollgate-judge`.

use tollgate::run::{Data, RunState, Trial};
use tollgate_stats::histogram::Histogram;

use crate::example::{Dice, file, head, open, series, trial};

/// Ten million values; as numbers of eight bytes they would take eighty million.
#[test]
fn a_thousand_histograms_of_ten_thousand_values_take_a_tenth_of_the_values() {
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
    let run = open(&file(&folder)).load(&id).unwrap();
    assert_eq!(run.trials.iter().map(|trial| trial.series.len()).sum::<usize>(), 1000);
    let size = std::fs::metadata(file(&folder)).unwrap().len();
    assert!(size < 8_000_000, "{size} bytes");
}
