//! What a person says differently for once, laid over a scenario.

use std::time::Duration;

use super::told::{length, level};
use super::{Level, Scenario, Shape, Stage};

/// What is given replaces what the scenario says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Override {
    /// At the same time; of stages, the highest, and the others in proportion.
    pub users: Option<u32>,
    /// Tasks begun a second; of stages likewise.
    pub rate: Option<f64>,
    pub ramp: Option<Duration>,
    /// The ramp as users added a second.
    pub spawn: Option<f64>,
    /// How long the level is held; of a search, each step.
    pub hold: Option<Duration>,
    pub warmup: Option<Duration>,
    pub requests: Option<u64>,
}

impl Scenario {
    /// The scenario with what is given; an error says what makes no sense for it.
    pub fn overridden(&self, given: &Override) -> Result<Scenario, String> {
        valid(given)?;
        let mut changed = self.clone();
        if let Some(users) = given.users {
            changed.set_users(users)?;
        }
        if let Some(rate) = given.rate {
            changed.set_rate(rate)?;
        }
        if let Some(hold) = given.hold {
            changed.set_hold(hold)?;
        }
        // After the users, of whom the ramp adds so many a second.
        match (given.ramp, given.spawn) {
            (Some(_), Some(_)) => return Err("a ramp is either a time or a spawn rate".to_owned()),
            (Some(ramp), None) => changed.set_ramp(ramp)?,
            (None, Some(spawn)) => changed.set_spawn(spawn)?,
            (None, None) => {}
        }
        changed.warmup = given.warmup.or(changed.warmup);
        if given.requests.is_some() {
            changed.set_requests(given.requests)?;
        }
        changed.measures_something()?;
        Ok(changed)
    }

    fn set_users(&mut self, wanted: u32) -> Result<(), String> {
        match &mut self.shape {
            Shape::Users { users, .. } => *users = wanted,
            Shape::Stages { stages, .. } if in_users(stages) => {
                // Nobody who was there is scaled away.
                scale(stages, f64::from(wanted), |level| {
                    Level::Users(if level > 0.0 { level.round().max(1.0) as u32 } else { 0 })
                })
                .ok_or_else(|| self.misfit("a number of users", "has no users to scale"))?;
            }
            Shape::Rate { .. } | Shape::Stages { .. } | Shape::Search(_) => {
                return Err(self.misfit("a number of users", "is in tasks a second"));
            }
        }
        Ok(())
    }

    fn set_rate(&mut self, rate: f64) -> Result<(), String> {
        match &mut self.shape {
            Shape::Rate { per_second, .. } => *per_second = rate,
            Shape::Stages { stages, .. } if !in_users(stages) => {
                scale(stages, rate, Level::Rate)
                    .ok_or_else(|| self.misfit("a rate", "has no rates to scale"))?;
            }
            Shape::Users { .. } | Shape::Stages { .. } => {
                return Err(self.misfit("a rate", "is in users"));
            }
            Shape::Search(_) => return Err(self.misfit("a rate", "searches for one")),
        }
        Ok(())
    }

    fn set_hold(&mut self, wanted: Duration) -> Result<(), String> {
        match &mut self.shape {
            Shape::Users { hold, .. } | Shape::Rate { hold, .. } => *hold = wanted,
            Shape::Search(search) => search.step = wanted,
            Shape::Stages { .. } => {
                return Err(self.misfit("a duration", "has stages with their own"));
            }
        }
        Ok(())
    }

    fn set_ramp(&mut self, wanted: Duration) -> Result<(), String> {
        match &mut self.shape {
            Shape::Users { ramp, .. } | Shape::Rate { ramp, .. } => *ramp = wanted,
            Shape::Stages { .. } => return Err(self.misfit("a ramp", "has stages with their own")),
            Shape::Search(_) => return Err(self.misfit("a ramp", "goes in steps")),
        }
        Ok(())
    }

    fn set_spawn(&mut self, spawn: f64) -> Result<(), String> {
        let Shape::Users { users, .. } = self.shape else {
            return Err(self.misfit("a spawn rate", "has no single number of users"));
        };
        let ramp = Duration::try_from_secs_f64(f64::from(users) / spawn);
        self.set_ramp(ramp.map_err(|_| format!("a spawn rate of {spawn}/s never ends"))?)
    }

    fn set_requests(&mut self, requests: Option<u64>) -> Result<(), String> {
        if let Shape::Search(_) = self.shape {
            return Err(self.misfit("a number of requests", "ends when it has found the capacity"));
        }
        self.requests = requests;
        Ok(())
    }

    fn measures_something(&self) -> Result<(), String> {
        let total = match &self.shape {
            Shape::Search(search) => search.step,
            _ => self.total(),
        };
        match self.stop().warmup {
            warmup if warmup < total => Ok(()),
            warmup => Err(format!(
                "a warm-up of {} leaves nothing of the {} to be measured",
                length(warmup),
                length(total)
            )),
        }
    }

    fn misfit(&self, what: &str, because: &str) -> String {
        format!("{what} does not fit the scenario `{}`, which {because}", self.name)
    }
}

/// That the numbers mean something by themselves.
fn valid(given: &Override) -> Result<(), String> {
    let positive = |what: &str, rate: Option<f64>| match rate {
        Some(rate) if !(rate.is_finite() && rate > 0.0) => {
            Err(format!("{what} of {} is not above zero", level(Level::Rate(rate))))
        }
        _ => Ok(()),
    };
    positive("a rate", given.rate)?;
    positive("a spawn rate", given.spawn)?;
    let zero = [
        (given.users == Some(0), "no users send nothing"),
        (given.hold == Some(Duration::ZERO), "a duration of 0s measures nothing"),
        (given.requests == Some(0), "no requests measure nothing"),
    ];
    match zero.iter().find(|(is_zero, _)| *is_zero) {
        Some((_, why)) => Err((*why).to_owned()),
        None => Ok(()),
    }
}

/// Multiplies all levels so that the highest becomes that; none if all are zero.
fn scale(stages: &mut [Stage], highest: f64, make: fn(f64) -> Level) -> Option<()> {
    let before = stages.iter().map(|stage| stage.level.value()).fold(0.0, f64::max);
    if before <= 0.0 {
        return None;
    }
    for stage in stages {
        stage.level = make(stage.level.value() * highest / before);
    }
    Some(())
}

fn in_users(stages: &[Stage]) -> bool {
    stages.first().is_some_and(|stage| matches!(stage.level, Level::Users(_)))
}
