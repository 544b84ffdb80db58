//! An axis: where values are along it, which of them are labelled, and how.

/// From the lowest to the highest of some values; linear from zero, or logarithmic where they span
/// more than a linear one would show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    logarithmic: bool,
}

/// How many times the lowest the highest is on a logarithmic axis.
const WIDE: f64 = 20.0;

impl Axis {
    pub fn of(values: impl Iterator<Item = f64>) -> Axis {
        let (low, high) = values
            .fold((f64::INFINITY, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
        let logarithmic = low > 0.0 && high / low > WIDE;
        match high > 0.0 {
            true => Axis { low: if logarithmic { low } else { 0.0 }, high, logarithmic },
            false => Axis { low: 0.0, high: 1.0, logarithmic },
        }
    }

    /// Between 0 and 1.
    pub fn place(&self, value: f64) -> f64 {
        let share = if self.logarithmic {
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            value / self.high
        };
        share.clamp(0.0, 1.0)
    }

    /// Round values from the lowest to the highest.
    pub fn ticks(&self) -> Vec<f64> {
        let within =
            |tick: &f64| *tick >= self.low * (1.0 - 1e-9) && *tick <= self.high * (1.0 + 1e-9);
        if !self.logarithmic {
            let step = round_up(self.high / 5.0);
            return (0..=5).map(|index| f64::from(index) * step).filter(within).collect();
        }
        let parts: &[f64] = if self.high / self.low < 1000.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let decades = self.low.log10().floor() as i32..=self.high.log10().floor() as i32;
        let tick = |decade| parts.iter().map(move |part| part * power(decade));
        decades.flat_map(tick).filter(within).collect()
    }
}

/// The next of 1, 2, 5, 10, 20 and so on, or of tenths of them.
fn round_up(value: f64) -> f64 {
    let decade = power(value.log10().floor() as i32);
    let part = [1.0, 2.0, 5.0].into_iter().find(|part| part * decade >= value * (1.0 - 1e-9));
    part.unwrap_or(10.0) * decade
}

fn power(decade: i32) -> f64 {
    10_f64.powf(f64::from(decade))
}

/// `50`, `1.5k`, `20k`.
pub(super) fn rate(rate: f64) -> String {
    match rate {
        r if r >= 999_500.0 => digits(r / 1e6) + "M",
        r if r >= 999.5 => digits(r / 1e3) + "k",
        r => digits(r),
    }
}

/// `20 ms`, of seconds.
pub(super) fn time(seconds: f64) -> String {
    match seconds {
        s if s >= 0.9995 => digits(s) + " s",
        s if s >= 0.999_5e-3 => digits(s * 1e3) + " ms",
        s if s >= 0.999_5e-6 => digits(s * 1e6) + " us",
        s if s > 0.0 => digits(s * 1e9) + " ns",
        _ => "0".to_owned(),
    }
}

/// Three of them, or all before the point.
fn digits(value: f64) -> String {
    let decimals = match value {
        v if v < 9.995 => 2,
        v if v < 99.95 => 1,
        _ => 0,
    };
    let text = format!("{value:.decimals$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}
