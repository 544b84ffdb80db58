//! The axis of values: which range it shows, and which round numbers stand beside it.

use tollgate::quantity::{Dimension, Kind, show};

use super::unit::Unit;

/// A range of values, linear or by powers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    is_log: bool,
    pub(super) ticks: Vec<Tick>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub(super) value: f64,
    pub(super) text: String,
}

/// Above this ratio a linear axis shows the small ones as nothing.
const WIDE: f64 = 100.0;
/// Differences of what is smaller than this are always a number.
const MOST: f64 = 1e300;
/// How many distances between ticks, about.
const STEPS: f64 = 5.0;
const NEARLY: f64 = 1e-9;
/// Room beside the outermost values, as a share of what they span.
const ROOM: f64 = 0.06;

impl Axis {
    /// Shows all of those that are numbers.
    pub(super) fn over(values: impl Iterator<Item = f64>, dimension: Dimension) -> Axis {
        let range = values.filter(|value| value.is_finite()).fold(None, |range, value| {
            let value = value.clamp(-MOST, MOST);
            let (low, high) = range.unwrap_or((value, value));
            Some((value.min(low), value.max(high)))
        });
        let (low, high) = range.unwrap_or((0.0, 0.0));
        if low > 0.0 && high / low > WIDE {
            return Axis::by_powers(low, high, dimension);
        }
        let (low, high) = roomy(low, high);
        let unit = Unit::fitting(low.abs().max(high.abs()), dimension);
        let step = round((high - low) / STEPS / unit.size) * unit.size;
        let first = (low / step).ceil();
        let count = ((high / step).floor() - first).clamp(0.0, 2.0 * STEPS) as u32;
        let ticks = (0..=count).map(|n| (first + f64::from(n)) * step);
        let ticks = ticks.map(|value| Tick { value, text: unit.text(value, step) }).collect();
        Axis { low, high, is_log: false, ticks }
    }

    fn by_powers(low: f64, high: f64, dimension: Dimension) -> Axis {
        let base: f64 = if dimension.kind == Kind::Bytes { 8.0 } else { 10.0 };
        // Logarithms of round numbers are only nearly round.
        let (first, last) = ((low.log(base) - NEARLY).ceil(), (high.log(base) + NEARLY).floor());
        let stride = ((last - first) / STEPS).ceil().max(1.0);
        let count = ((last - first) / stride).floor().clamp(0.0, 2.0 * STEPS) as u32;
        let powers = (0..=count).map(|n| base.powf(first + f64::from(n) * stride));
        let within = powers.filter(|value| value.is_finite() && *value > 0.0);
        let ticks = within.map(|value| Tick { value, text: show(value, dimension) }).collect();
        Axis { low: low.ln(), high: high.ln(), is_log: true, ticks }
    }

    pub(super) fn is_log(&self) -> bool {
        self.is_log
    }

    /// From 0 at the bottom to 1 at the top; what is outside lies on the edge.
    pub(super) fn height(&self, value: f64) -> f64 {
        let place = match (self.is_log, value > 0.0) {
            (true, true) => value.ln(),
            (true, false) => self.low,
            (false, _) => value.clamp(-MOST, MOST),
        };
        let share = (place - self.low) / (self.high - self.low);
        if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.5 }
    }
}

/// A range with room at its ends, that starts at zero where it nearly does.
fn roomy(low: f64, high: f64) -> (f64, f64) {
    let largest = low.abs().max(high.abs());
    let span = high - low;
    if largest < f64::MIN_POSITIVE {
        return (0.0, 1.0);
    }
    if span <= largest * 1e-6 {
        return (low - largest * 0.1, high + largest * 0.1);
    }
    let room = span * ROOM;
    if low >= 0.0 && low < high * 0.35 {
        return (0.0, high + room);
    }
    (low - room, high + room)
}

/// The next of 1, 2 and 5 times a power of ten.
fn round(size: f64) -> f64 {
    let power = 10_f64.powf(size.log10().floor());
    let times = [1.0, 2.0, 5.0].into_iter().find(|times| times * power >= size * 0.999);
    let rounded = times.unwrap_or(10.0) * power;
    // Of subnormal sizes there is no power.
    if rounded.is_finite() && rounded > 0.0 { rounded } else { size }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ticks(values: &[f64], dimension: Dimension) -> Vec<String> {
        let axis = Axis::over(values.iter().copied(), dimension);
        axis.ticks.into_iter().map(|tick| tick.text).collect()
    }

    #[test]
    fn ticks_are_round_in_the_unit_of_the_metric() {
        for (values, dimension, expected) in [
            (
                &[11.2e6, 15e6][..],
                Dimension::TIME,
                &["11 ms", "12 ms", "13 ms", "14 ms", "15 ms"][..],
            ),
            (&[1e6, 15e6], Dimension::TIME, &["0 ms", "5 ms", "10 ms", "15 ms"]),
            (&[0.0, 0.001], Dimension::SHARE, &["0.00 %", "0.05 %", "0.10 %"]),
            (&[-4.0, 3.0], Dimension::COUNT, &["-4", "-2", "0", "2"]),
            (&[52e6, 104_857_600.0], Dimension::BYTES, &["60 MiB", "80 MiB", "100 MiB"]),
            (&[1e3, 1e6], Dimension::TIME, &["1 µs", "10 µs", "100 µs", "1 ms"]),
            (&[100.0, 1e6], Dimension::BYTES, &["512 B", "4 KiB", "32 KiB", "256 KiB"]),
            (&[7.0, 7.0, 7.0], Dimension::COUNT, &["6.5", "7.0", "7.5"]),
            (&[0.0], Dimension::COUNT, &["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
            (&[], Dimension::SHARE, &["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]),
        ] {
            assert_eq!(ticks(values, dimension), expected, "{values:?}");
        }
    }

    #[test]
    fn what_spans_more_than_a_hundredfold_is_shown_by_powers() {
        let is_log = |values: &[f64]| Axis::over(values.iter().copied(), Dimension::TIME).is_log();
        assert!(is_log(&[1.0, 101.0]) && !is_log(&[1.0, 100.0]));
        assert!(!is_log(&[0.0, 1e9]) && !is_log(&[-1.0, 1e9]));
    }

    #[test]
    fn what_is_no_number_changes_nothing() {
        let with = [1.0, f64::NAN, f64::INFINITY, 3.0, f64::NEG_INFINITY];
        let axis = |values: &[f64]| Axis::over(values.iter().copied(), Dimension::COUNT);
        assert_eq!(axis(&with), axis(&[1.0, 3.0]));
        assert!((0.0..=1.0).contains(&axis(&with).height(f64::NAN)));
    }

    fn dimensions() -> impl Strategy<Value = Dimension> {
        let all = [
            Dimension::TIME,
            Dimension::BYTES,
            Dimension::COUNT,
            Dimension::SHARE,
            Dimension::RATE,
        ];
        prop::sample::select(all.to_vec())
    }

    proptest! {
        #[test]
        fn every_value_lies_on_the_axis_and_ticks_rise(
            values in prop::collection::vec(any::<f64>(), 0..20),
            dimension in dimensions(),
        ) {
            let axis = Axis::over(values.iter().copied(), dimension);
            for value in values {
                prop_assert!((0.0..=1.0).contains(&axis.height(value)), "{}", value);
            }
            prop_assert!(axis.ticks.len() <= 12);
            prop_assert!(axis.ticks.is_sorted_by(|a, b| a.value < b.value), "{:?}", axis.ticks);
        }

        #[test]
        fn a_larger_value_never_lies_lower(low in 1e-3..1e9_f64, ratio in 1.0..1e6_f64) {
            let high = low * ratio;
            let axis = Axis::over([low, high].into_iter(), Dimension::TIME);
            prop_assert!(axis.height(low) <= axis.height(high));
            prop_assert!(axis.ticks.len() >= 2, "{:?}", axis.ticks);
        }
    }
}
