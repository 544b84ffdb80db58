//! How a load went over time: blocking and utilisation by arrivals, averaged over seeds, and where
//! the failures were.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::estimate::Estimate;
use crate::number::rounded;
use crate::outcome::{Bin, Outcome};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Course {
    pub stretches: Vec<Stretch>,
    /// Failures that all seeds have in about the same place, in order; none if they do not.
    pub failures: Vec<Mark>,
}

/// Some arrivals in a row, the same in all seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stretch {
    /// Arrivals before it, those of the warm-up included.
    pub from: u64,
    pub to: u64,
    /// Share of the arrivals that were blocked.
    pub blocked: Estimate,
    /// Requests that a failure dropped.
    pub dropped: Estimate,
    /// Share of the slots taken.
    pub utilisation: Estimate,
}

/// Where a failure was, in arrivals, averaged over seeds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    pub fail: f64,
    pub repair: Option<f64>,
}

/// So many failures can still be told apart in a figure.
const MARKS: usize = 8;

/// More points than this make a course of noise.
const STRETCHES: usize = 60;

impl Course {
    /// The bins around the failures, or all of them, several in one where there are many.
    #[must_use]
    pub(super) fn of(outcomes: &[Outcome]) -> Course {
        let failures = marks(outcomes).unwrap_or_default();
        let Some(first) = outcomes.first() else { return Course::default() };
        let same = |run: &&Outcome| run.series.len() == first.series.len();
        if first.series.is_empty() || !outcomes.iter().all(|run| same(&run)) {
            return Course { stretches: Vec::new(), failures };
        }
        let counted: u64 = first.series.iter().map(|bin| bin.arrivals).sum();
        let begin = first.arrivals.saturating_sub(counted);
        let bins = around(&failures, begin, &first.series);
        let group = bins.len().div_ceil(STRETCHES);
        // A stretch begins with the first failure, so that none shows half of what came of it.
        let skipped = failures.first().map_or(0, |mark| {
            let bin = bin_at(mark.fail, begin, &first.series);
            bin.saturating_sub(bins.start) % group
        });
        let starts = (bins.start + skipped..bins.end).step_by(group);
        let stretch = |from: usize| {
            let to = (from + group).min(bins.end);
            let before: u64 = first.series[..from].iter().map(|bin| bin.arrivals).sum();
            stretch(outcomes, begin + before, from..to)
        };
        Course { stretches: starts.map(stretch).collect(), failures }
    }
}

/// From well before the first failure to well after the last repair.
fn around(failures: &[Mark], begin: u64, series: &[Bin]) -> Range<usize> {
    let [Some(first), Some(last)] = [failures.first(), failures.last()] else {
        return 0..series.len();
    };
    let fail = bin_at(first.fail, begin, series);
    let repair = last.repair.map_or(series.len() - 1, |repair| bin_at(repair, begin, series));
    let room = (repair.saturating_sub(fail)).max(series.len() / 8);
    fail.saturating_sub(room)..(repair + room + 1).min(series.len())
}

/// The bin that begins nearest to an arrival. All bins but the last are equally long.
fn bin_at(arrival: f64, begin: u64, series: &[Bin]) -> usize {
    let place = (arrival - begin as f64).max(0.0) / series[0].arrivals.max(1) as f64;
    (place.round() as usize).min(series.len() - 1)
}

fn stretch(outcomes: &[Outcome], from: u64, bins: Range<usize>) -> Stretch {
    let sums: Vec<(Bin, u64)> =
        outcomes.iter().map(|run| (sum(&run.series[bins.clone()]), run.capacity)).collect();
    let estimate = |of: fn(&(Bin, u64)) -> f64| {
        let values: Vec<f64> = sums.iter().map(of).collect();
        Estimate::of(&values).expect("there is a first outcome")
    };
    Stretch {
        from,
        to: from + sums[0].0.arrivals,
        blocked: estimate(|(bin, _)| bin.blocked as f64 / bin.arrivals.max(1) as f64),
        dropped: estimate(|(bin, _)| bin.dropped as f64),
        utilisation: estimate(|(bin, capacity)| {
            let slot_time = bin.time * *capacity as f64;
            if slot_time > 0.0 { bin.busy_time / slot_time } else { 0.0 }
        }),
    }
}

fn sum(bins: &[Bin]) -> Bin {
    bins.iter().fold(Bin::default(), |sum, bin| Bin {
        end: bin.end,
        arrivals: sum.arrivals + bin.arrivals,
        blocked: sum.blocked + bin.blocked,
        dropped: sum.dropped + bin.dropped,
        time: sum.time + bin.time,
        busy_time: sum.busy_time + bin.busy_time,
    })
}

/// None if the seeds differ in how many failures they have, or by more than a fiftieth of the
/// course in where those are.
fn marks(outcomes: &[Outcome]) -> Option<Vec<Mark>> {
    let count = outcomes.first()?.windows.len();
    if count > MARKS || outcomes.iter().any(|run| run.windows.len() != count) {
        return None;
    }
    let tolerance = outcomes.iter().map(|run| run.arrivals).max()?.div_ceil(50);
    let mark = |index: usize| {
        let windows = || outcomes.iter().map(|run| &run.windows[index]);
        let fail = common(windows().map(|window| window.fail_arrival), tolerance)?;
        let repairs: Option<Vec<u64>> = windows().map(|window| window.repair_arrival).collect();
        let is_down = windows().all(|window| window.repair_arrival.is_none());
        let repair = match repairs {
            Some(repairs) => Some(common(repairs.into_iter(), tolerance)?),
            None if is_down => None,
            None => return None,
        };
        Some(Mark { fail, repair })
    };
    (0..count).map(mark).collect()
}

/// The mean of places that are about the same.
fn common(places: impl Iterator<Item = u64> + Clone, tolerance: u64) -> Option<f64> {
    let (low, high) = (places.clone().min()?, places.clone().max()?);
    let (sum, count) = places.fold((0, 0_u64), |(sum, count), place| (sum + place, count + 1));
    (high - low <= tolerance).then(|| rounded(sum as f64 / count as f64, 12))
}
