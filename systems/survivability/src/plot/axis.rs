//! From values to places along an axis, and where its ticks stand: at steps of 1, 2 or 5.

use super::Scale;
use crate::number::{power_of_ten, significant};

/// Covers all the values it was made of.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    scale: Scale,
    /// For a logarithmic scale in powers of ten.
    low: f64,
    high: f64,
    pub ticks: Vec<Tick>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    /// From 0 at the lower end of the axis to 1.
    pub at: f64,
    pub label: Label,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Label {
    /// A minor tick.
    None,
    Plain(String),
    PowerOfTen(i32),
}

impl Axis {
    /// An axis with about so many labels.
    pub(super) fn new(scale: Scale, values: impl Iterator<Item = f64>, labels: usize) -> Axis {
        match scale {
            Scale::Linear | Scale::FromZero => linear(scale, values, labels),
            Scale::Logarithmic => logarithmic(values, labels),
        }
    }

    /// From 0 at the lower end to 1. What is not on the axis is at its nearer end.
    pub(super) fn place(&self, value: f64) -> f64 {
        let value = match self.scale {
            Scale::Logarithmic if value > 0.0 => value.log10(),
            Scale::Logarithmic => self.low,
            Scale::Linear | Scale::FromZero => value,
        };
        share(value, self.low, self.high).clamp(0.0, 1.0)
    }

    /// Whether a value is off the axis because a logarithmic scale has no place for it.
    pub(super) fn lacks(&self, value: f64) -> bool {
        self.scale == Scale::Logarithmic && value <= 0.0
    }
}

/// Halves keep the difference of the largest numbers finite.
fn share(value: f64, low: f64, high: f64) -> f64 {
    (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0)
}

fn bounds(values: impl Iterator<Item = f64>) -> Option<[f64; 2]> {
    values.fold(None, |bounds, value| {
        let [low, high] = bounds.unwrap_or([value, value]);
        Some([low.min(value), high.max(value)])
    })
}

fn linear(scale: Scale, values: impl Iterator<Item = f64>, labels: usize) -> Axis {
    let zero = (scale == Scale::FromZero).then_some(0.0);
    let [low, high] = bounds(values.chain(zero)).unwrap_or([0.0, 1.0]);
    let [low, high] = widened(low, high, scale);
    let step = step((high / 2.0 - low / 2.0) / labels.max(1) as f64 * 2.0);
    let at = |count: f64| (count * step).clamp(-f64::MAX, f64::MAX);
    let [low, high] = match scale {
        // Rounding of the quotients must not leave a value outside.
        Scale::FromZero => [low.min(at((low / step).floor())), high.max(at((high / step).ceil()))],
        _ => padded(low, high),
    };
    let [first, last] = [(low / step).ceil(), (high / step).floor()];
    let count = (last - first).clamp(0.0, 1000.0) as u32;
    let values: Vec<f64> = (0..=count).map(|index| at(first + f64::from(index))).collect();
    let labels = aligned(&values);
    let tick = |(value, label)| Tick { at: share(value, low, high).clamp(0.0, 1.0), label };
    let ticks = values.into_iter().zip(labels).map(tick);
    let mut ticks: Vec<Tick> = ticks.collect();
    // Around a number whose neighbours are far away several steps round to the same.
    ticks.dedup_by(|left, right| left.label == right.label);
    Axis { scale, low, high, ticks }
}

/// Keeps markers off the frame, and does not cross zero for it.
fn padded(low: f64, high: f64) -> [f64; 2] {
    let room = (high / 2.0 - low / 2.0) * 0.08;
    let below = (low - room).max(-f64::MAX);
    let above = (high + room).min(f64::MAX);
    [
        if low >= 0.0 { below.max(0.0) } else { below },
        if high <= 0.0 { above.min(0.0) } else { above },
    ]
}

/// Makes room around a single value, and around values that differ in their last digits only.
fn widened(low: f64, high: f64, scale: Scale) -> [f64; 2] {
    let size = low.abs().max(high.abs());
    let least = (size * 1e-9).max(1e-290);
    if high / 2.0 - low / 2.0 >= least / 2.0 {
        return [low, high];
    }
    let room = if size > 1e-280 { size / 2.0 } else { 1.0 };
    match scale {
        Scale::FromZero if low >= 0.0 => [low, (high + room).min(f64::MAX)],
        _ => [(low - room).max(-f64::MAX), (high + room).min(f64::MAX)],
    }
}

/// The least step of 1, 2 or 5 times a power of ten that is as long as asked.
fn step(least: f64) -> f64 {
    let least = least.max(f64::MIN_POSITIVE);
    let exponent = least.log10().floor() as i32;
    let steps = (exponent - 1..=exponent + 1)
        .flat_map(|exponent| [1.0, 2.0, 5.0].map(|times| times * power_of_ten(exponent)));
    let mut fitting = steps.filter(|step| *step >= least * (1.0 - 1e-9) && step.is_finite());
    fitting.next().unwrap_or(least)
}

fn logarithmic(values: impl Iterator<Item = f64>, labels: usize) -> Axis {
    let positive = values.filter(|value| *value > 0.0);
    let [low, high] = bounds(positive).unwrap_or([0.1, 1.0]);
    let marks = marks(low, high);
    let below = marks.iter().rposition(|mark| mark.value() <= low).unwrap_or(0);
    let marks = &marks[below..];
    let above = marks.iter().position(|mark| mark.value() >= high);
    let marks = &marks[..=above.unwrap_or(marks.len() - 1)];
    let (low, high) = match marks {
        [mark] => (mark.log() - 0.5, mark.log() + 0.5),
        marks => (marks[0].log(), marks[marks.len() - 1].log()),
    };
    let decades = marks.iter().filter(|mark| mark.times == 1).count();
    let has_few = decades <= 2 && (-5..=6).contains(&marks[0].exponent);
    let every = step(decades as f64 / labels.max(1) as f64).max(1.0) as i32;
    let tick = |mark: &Mark| {
        let label = match mark.times {
            1 | 2 | 5 if has_few => Label::Plain(plain(mark.value())),
            1 if mark.exponent % every == 0 => Label::PowerOfTen(mark.exponent),
            _ => Label::None,
        };
        Tick { at: share(mark.log(), low, high), label }
    };
    let minor = marks.iter().filter(|mark| mark.times == 1 || every == 1);
    Axis { scale: Scale::Logarithmic, low, high, ticks: minor.map(tick).collect() }
}

/// A digit times a power of ten.
struct Mark {
    times: u8,
    exponent: i32,
}

impl Mark {
    fn value(&self) -> f64 {
        // Parsed, because the product of the two would be rounded twice.
        let text = format!("{}e{}", self.times, self.exponent);
        text.parse().expect("a digit and an exponent are a number")
    }

    fn log(&self) -> f64 {
        f64::from(self.exponent) + f64::from(self.times).log10()
    }
}

/// Every digit of every decade in which the values lie.
fn marks(low: f64, high: f64) -> Vec<Mark> {
    let decades = (low.log10().floor() as i32 - 1)..=(high.log10().floor() as i32 + 1);
    let marks = decades.flat_map(|exponent| (1..=9).map(move |times| Mark { times, exponent }));
    marks.collect()
}

/// All with as many digits behind the point as the longest needs.
fn aligned(values: &[f64]) -> Vec<Label> {
    let texts: Vec<String> = values.iter().map(|value| plain(*value)).collect();
    let decimals = |text: &String| text.split_once('.').map_or(0, |(_, behind)| behind.len());
    let most = texts.iter().map(decimals).max().unwrap_or(0);
    let has_exponent = texts.iter().any(|text| text.contains('e'));
    let label = |text: String| {
        if has_exponent || text == "0" || most == 0 {
            return Label::Plain(text);
        }
        let point = if text.contains('.') { "" } else { "." };
        let zeros = "0".repeat(most - decimals(&text));
        Label::Plain(format!("{text}{point}{zeros}"))
    };
    texts.into_iter().map(label).collect()
}

fn plain(value: f64) -> String {
    significant(value, 10).replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: Scale, values: &[f64]) -> Vec<String> {
        let axis = Axis::new(scale, values.iter().copied(), 6);
        let text = |tick: Tick| match tick.label {
            Label::None => None,
            Label::Plain(text) => Some(text),
            Label::PowerOfTen(exponent) => Some(format!("10^{exponent}")),
        };
        axis.ticks.into_iter().filter_map(text).collect()
    }

    #[test]
    fn linear_ticks_stand_at_round_numbers_that_enclose_the_values() {
        for (scale, values, expected) in [
            (Scale::Linear, vec![100.0, 1000.0], "200 400 600 800 1000"),
            (Scale::Linear, vec![210.0, 290.0], "220 240 260 280"),
            (Scale::FromZero, vec![0.013, 0.127], "0 0.05 0.10 0.15"),
            (Scale::Linear, vec![-3.0, 4.0], "\u{2212}2 0 2 4"),
            (Scale::Linear, vec![], "0 0.2 0.4 0.6 0.8 1.0"),
            (Scale::FromZero, vec![0.0], "0 0.2 0.4 0.6 0.8 1.0"),
        ] {
            assert_eq!(labels(scale, &values).join(" "), expected, "{values:?}");
        }
    }

    #[test]
    fn a_logarithmic_axis_labels_powers_of_ten_or_a_few_plain_numbers() {
        for (values, expected) in [
            (vec![0.0007, 0.12], "10^-3 10^-2 10^-1"),
            (vec![0.02, 0.05], "0.02 0.05"),
            (vec![0.011, 0.3], "0.01 0.02 0.05 0.1 0.2"),
            (vec![1.0], "1"),
            (vec![1e-300, 1e300], "10^-200 10^0 10^200"),
            (vec![0.0, -1.0], "0.1 0.2 0.5 1"),
        ] {
            assert_eq!(labels(Scale::Logarithmic, &values).join(" "), expected, "{values:?}");
        }
    }

    #[test]
    fn places_follow_the_order_of_values() {
        for scale in [Scale::Linear, Scale::FromZero, Scale::Logarithmic] {
            let values = [1e-3, 2e-3, 0.5, 7.0];
            let axis = Axis::new(scale, values.into_iter(), 5);
            let places = values.map(|value| axis.place(value));
            assert!(places.is_sorted_by(|left, right| left < right), "{places:?}");
        }
    }
}
