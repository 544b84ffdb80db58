//! Where runs stand along the width: by time, or one after the other.

use tollgate::calendar::{self, Date};

/// Places as shares of the width, and the moments told below them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Places {
    pub(super) at: Vec<f64>,
    pub(super) is_by_time: bool,
    pub(super) moments: Vec<Moment>,
    /// The day of all of them, if it is one; the moments are then times of it.
    pub(super) day: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Moment {
    pub(super) at: f64,
    pub(super) text: String,
}

/// Room at both ends, so that no mark is cut.
const ROOM: f64 = 0.015;
/// By time, half of the runs keep at least this share of the average distance to the next.
const EVEN: f64 = 0.25;
const DAY_MS: i64 = 86_400_000;

impl Places {
    /// Of runs that began at these times, in rising order.
    pub(super) fn of(times: &[i64]) -> Places {
        let (Some(&first), Some(&last)) = (times.first(), times.last()) else {
            return Places { at: Vec::new(), is_by_time: true, moments: Vec::new(), day: None };
        };
        let is_by_time = are_even(times);
        let share = |index: usize| {
            if is_by_time {
                since(first, times[index]) / since(first, last)
            } else {
                index as f64 / (times.len() - 1).max(1) as f64
            }
        };
        let at: Vec<f64> = if times.len() == 1 {
            vec![0.5]
        } else {
            (0..times.len()).map(|index| ROOM + (1.0 - 2.0 * ROOM) * share(index)).collect()
        };
        let day = (Date::of(first) == Date::of(last)).then(|| Date::of(first).to_string());
        let style = Style::of(first, last);
        let mut moments: Vec<Moment> = Vec::new();
        for index in chosen(&at) {
            let text = style.text(times[index]);
            // The same words twice would say that no time passed.
            if moments.iter().all(|moment| moment.text != text) {
                moments.push(Moment { at: at[index], text });
            }
        }
        Places { at, is_by_time, moments, day }
    }
}

/// The runs nearest to the ends, the middle and the quarters.
fn chosen(at: &[f64]) -> Vec<usize> {
    let quarters = [0.0, 0.25, 0.5, 0.75, 1.0];
    let nearest = |wanted: f64| {
        let distance = |index: &usize| (at[*index] - wanted).abs();
        (0..at.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
    };
    let mut chosen: Vec<usize> = quarters.into_iter().filter_map(nearest).collect();
    // Two texts need about a sixth of the width between them.
    chosen.dedup();
    let last = chosen.last().copied();
    let mut kept: Vec<usize> = Vec::new();
    for index in chosen {
        let is_far = |other: usize| (at[index] - at[other]).abs() > 0.17;
        let from_last = Some(index) == last || last.is_none_or(is_far);
        if kept.last().is_none_or(|&other| is_far(other)) && from_last {
            kept.push(index);
        }
    }
    kept
}

/// Whether the distances tell something: where most runs come in one burst, time alone would put
/// them all on one spot.
fn are_even(times: &[i64]) -> bool {
    let mut gaps: Vec<f64> = times.windows(2).map(|pair| since(pair[0], pair[1])).collect();
    gaps.sort_by(f64::total_cmp);
    let average = gaps.iter().sum::<f64>() / gaps.len() as f64;
    let median = gaps.get(gaps.len().saturating_sub(1) / 2);
    average > 0.0 && median.is_some_and(|median| *median >= EVEN * average)
}

fn since(earlier: i64, later: i64) -> f64 {
    (later as f64 - earlier as f64).max(0.0)
}

/// How moments are written, by how far they are apart.
enum Style {
    Time,
    DayAndTime,
    Date,
}

impl Style {
    fn of(first: i64, last: i64) -> Style {
        if Date::of(first) == Date::of(last) {
            Style::Time
        } else if last.saturating_sub(first) < 5 * DAY_MS {
            Style::DayAndTime
        } else {
            Style::Date
        }
    }

    fn text(&self, ms: i64) -> String {
        let date = Date::of(ms).to_string();
        let whole = calendar::minutes(ms);
        let time = whole.split(' ').nth(1).unwrap_or_default();
        let day = date.split_once('-').map_or(date.as_str(), |(_, day)| day);
        match self {
            Style::Time => time.to_owned(),
            Style::DayAndTime => format!("{day} {time}"),
            Style::Date => date,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: i64 = 3_600_000;
    /// 2026-11-21, 02:16.
    const START: i64 = 1_795_227_360_000;

    fn texts(hours: &[i64]) -> Vec<String> {
        let times: Vec<i64> = hours.iter().map(|hours| START + hours * HOUR).collect();
        Places::of(&times).moments.into_iter().map(|moment| moment.text).collect()
    }

    #[test]
    fn runs_of_one_day_are_told_apart_by_their_time() {
        assert_eq!(texts(&[0, 4, 8]), ["02:16", "06:16", "10:16"]);
        assert_eq!(Places::of(&[START, START + HOUR]).day.as_deref(), Some("2026-11-21"));
    }

    #[test]
    fn runs_of_a_few_days_by_both_and_others_by_their_date() {
        assert_eq!(texts(&[0, 24, 48]), ["11-21 02:16", "11-22 02:16", "11-23 02:16"]);
        assert_eq!(texts(&[0, 240, 480]), ["2026-11-21", "2026-12-01", "2026-12-11"]);
    }

    #[test]
    fn no_moment_is_told_twice() {
        assert_eq!(texts(&[0, 0, 0]), ["02:16"]);
        assert_eq!(texts(&[0]), ["02:16"]);
        assert_eq!(texts(&[]), [""; 0]);
    }

    #[test]
    fn a_burst_of_runs_and_a_late_one_stand_one_after_the_other() {
        let is_by_time = |times: &[i64]| Places::of(times).is_by_time;
        assert!(is_by_time(&[0, 10, 22, 30]) && is_by_time(&[0, 10, 20, 30, 90]));
        assert!(!is_by_time(&[0, 1, 2, 3, 1000]) && !is_by_time(&[5, 5, 5]));
        assert_eq!(Places::of(&[0, 1, 1000]).at, [0.015, 0.5, 0.985]);
    }

    proptest! {
        #[test]
        fn every_run_has_a_place_within_the_width_in_the_order_of_time(
            times in prop::collection::vec(any::<i64>(), 0..40),
        ) {
            let mut times = times;
            times.sort_unstable();
            let places = Places::of(&times);
            prop_assert_eq!(places.at.len(), times.len());
            prop_assert!(places.at.iter().all(|at| (0.0..=1.0).contains(at)), "{:?}", places.at);
            prop_assert!(places.at.is_sorted(), "{:?}", places.at);
        }
    }
}
