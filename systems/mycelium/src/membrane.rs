//! The potential of a membrane in time, by Euler's method and by Runge and Kutta's.

#[cfg(test)]
mod tests;

use crate::error::Error;

/// How potentials are taken a step further.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// Of first order: half the step, half the error.
    #[default]
    Euler,
    /// Of fourth order.
    RungeKutta,
}

/// How a membrane is integrated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Membrane {
    pub scheme: Scheme,
    /// In seconds.
    pub time_step: f64,
    /// In volts: no potential is below the first or above the second after a step.
    pub clamp: (f64, f64),
}

/// Potentials at the end, and what happened on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// In volts.
    pub potentials: Vec<f64>,
    pub metrics: Metrics,
}

/// Of the potentials at the end, in volts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metrics {
    pub min: f64,
    pub max: f64,
    pub mean: f64,
    /// Of the population.
    pub deviation: f64,
    pub steps: usize,
    /// How often a potential was brought back.
    pub clamping_events: u64,
}

/// In volts: between them the potentials of living cells lie.
pub const PHYSIOLOGICAL: (f64, f64) = (-0.095, 0.040);

impl Default for Membrane {
    fn default() -> Membrane {
        Membrane { scheme: Scheme::Euler, time_step: 1e-4, clamp: (-0.150, 0.150) }
    }
}

impl Membrane {
    /// Refuses steps that are too short to get anywhere or too long for what a membrane does.
    pub fn validate(&self) -> Result<(), Error> {
        if !(1e-7..=1e-2).contains(&self.time_step) {
            return Err(Error::out_of_range("time_step", self.time_step, "from 1e-7 to 0.01"));
        }
        let (least, most) = self.clamp;
        if !(least.is_finite() && most.is_finite() && least < most) {
            let value = format!("{least}, {most}");
            return Err(Error::out_of_range("clamp", value, "two finite numbers, rising"));
        }
        Ok(())
    }

    /// Takes potentials so many steps further. The derivative is told the time in seconds and the
    /// potentials in volts, and writes volts per second.
    pub fn integrate(
        &self,
        start: &[f64],
        steps: usize,
        mut derivative: impl FnMut(f64, &[f64], &mut [f64]),
    ) -> Result<Outcome, Error> {
        self.validate()?;
        if start.is_empty() {
            return Err(Error::Shape("no potentials to integrate".to_owned()));
        }
        check(start, 0)?;
        let mut potentials = start.to_vec();
        let mut slopes = Slopes::new(start.len());
        let mut clamping_events = 0;
        for step in 0..steps {
            let time = step as f64 * self.time_step;
            match self.scheme {
                Scheme::Euler => slopes.euler(time, &potentials, &mut derivative),
                Scheme::RungeKutta => {
                    slopes.runge_kutta(time, self.time_step, &potentials, &mut derivative);
                }
            }
            for (potential, slope) in potentials.iter_mut().zip(&slopes.mean) {
                *potential += self.time_step * slope;
            }
            check(&potentials, step + 1)?;
            clamping_events += self.clamp(&mut potentials);
        }
        let metrics = Metrics::of(&potentials, steps, clamping_events);
        Ok(Outcome { potentials, metrics })
    }

    /// How many potentials had to be brought back.
    fn clamp(&self, potentials: &mut [f64]) -> u64 {
        let (least, most) = self.clamp;
        let mut changed = 0;
        for potential in potentials {
            changed += u64::from(*potential < least || *potential > most);
            *potential = potential.clamp(least, most);
        }
        changed
    }
}

impl Metrics {
    fn of(potentials: &[f64], steps: usize, clamping_events: u64) -> Metrics {
        let count = potentials.len() as f64;
        let mean = potentials.iter().sum::<f64>() / count;
        let squares: f64 = potentials.iter().map(|one| (one - mean) * (one - mean)).sum();
        Metrics {
            min: potentials.iter().copied().fold(f64::INFINITY, f64::min),
            max: potentials.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            mean,
            deviation: (squares / count).sqrt(),
            steps,
            clamping_events,
        }
    }

    #[must_use]
    pub fn is_physiological(&self) -> bool {
        let (least, most) = PHYSIOLOGICAL;
        least <= self.min && self.max <= most
    }
}

/// What a step is made of; kept, so that a step allocates nothing.
struct Slopes {
    mean: Vec<f64>,
    slope: Vec<f64>,
    place: Vec<f64>,
}

impl Slopes {
    fn new(count: usize) -> Slopes {
        Slopes { mean: vec![0.0; count], slope: vec![0.0; count], place: vec![0.0; count] }
    }

    fn euler(
        &mut self,
        time: f64,
        potentials: &[f64],
        derivative: &mut impl FnMut(f64, &[f64], &mut [f64]),
    ) {
        derivative(time, potentials, &mut self.mean);
    }

    /// Four slopes, each where the one before leads to, weighed 1, 2, 2, 1.
    fn runge_kutta(
        &mut self,
        time: f64,
        time_step: f64,
        potentials: &[f64],
        derivative: &mut impl FnMut(f64, &[f64], &mut [f64]),
    ) {
        self.mean.fill(0.0);
        self.slope.fill(0.0);
        for (ahead, weight) in [(0.0, 1.0), (0.5, 2.0), (0.5, 2.0), (1.0, 1.0)] {
            let ahead = ahead * time_step;
            let places = self.place.iter_mut().zip(potentials).zip(&self.slope);
            places.for_each(|((place, potential), slope)| *place = potential + ahead * slope);
            derivative(time + ahead, &self.place, &mut self.slope);
            for (mean, slope) in self.mean.iter_mut().zip(&self.slope) {
                *mean += slope * weight / 6.0;
            }
        }
    }
}

fn check(potentials: &[f64], step: usize) -> Result<(), Error> {
    match potentials.iter().filter(|potential| !potential.is_finite()).count() {
        0 => Ok(()),
        count => Err(Error::NotFinite { field: "potential", step, count }),
    }
}
