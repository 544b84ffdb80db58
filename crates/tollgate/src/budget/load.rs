//! What is sent to the service of a case, ready to be sent: its users with their feeds, the
//! scenario with everything laid over it, and how requests travel.

use std::path::PathBuf;
use std::time::Duration;

use tollgate_load::scenario::{Override, Scenario, Shape};
use tollgate_load::workload::{Bus, Feed, Protocol, Request, User, Workload};

/// The scenario of a load that names none.
pub const DEFAULT_SCENARIO: &str = "smoke";

#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    /// The classes the case names; [`Load::participants`] are those that take part.
    pub users: Vec<User>,
    /// The feeds their tasks take rows from. Files count from the budget file's folder.
    pub feeds: Vec<Feed>,
    /// With `set` laid over it.
    pub scenario: Scenario,
    /// What the case lays over whichever scenario is chosen.
    pub set: Override,
    pub protocol: Protocol,
    pub bus: Bus,
    pub until: Until,
    /// The folder for the figures in the forms of other tools; counts from the budget file's.
    pub out: Option<PathBuf>,
    /// As many as the machine can spare, unless told.
    pub threads: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Until {
    /// The scenario is over.
    #[default]
    End,
    /// Every budget of the case is decided, or the scenario is over.
    Decided,
}

/// Nobody, in the scenario of a load that names none.
impl Default for Load {
    fn default() -> Load {
        Load {
            users: Vec::new(),
            feeds: Vec::new(),
            scenario: Scenario::preset(DEFAULT_SCENARIO).expect("the default is ready-made"),
            set: Override::default(),
            protocol: Protocol::default(),
            bus: Bus::default(),
            until: Until::End,
            out: None,
            threads: None,
        }
    }
}

/// Why a scenario cannot be laid over a load.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// What is set has no meaning in it.
    #[error("{0}")]
    Set(String),
    #[error("no user of the case takes part in the scenario `{scenario}` (its classes: {})", classes.join(", "))]
    Nobody { scenario: String, classes: Vec<String> },
}

impl Load {
    /// The same users under another scenario, with what the case sets laid over that.
    pub fn under(&self, scenario: &Scenario) -> Result<Load, Misfit> {
        let scenario = scenario.overridden(&self.set).map_err(Misfit::Set)?;
        let load = Load { scenario, ..self.clone() };
        if load.participants().next().is_none() {
            let Scenario { name, classes, .. } = load.scenario;
            return Err(Misfit::Nobody { scenario: name, classes });
        }
        Ok(load)
    }

    /// The users that take part in the scenario.
    pub fn participants(&self) -> impl Iterator<Item = &User> {
        let classes = &self.scenario.classes;
        self.users.iter().filter(|user| classes.is_empty() || classes.contains(&user.name))
    }

    /// What the generator is given. Of a search it is the first step.
    #[must_use]
    pub fn workload(&self, seed: u64) -> Workload {
        Workload {
            users: self.participants().cloned().collect(),
            feeds: self.feeds.clone(),
            schedule: self.scenario.schedule(),
            stop: self.scenario.stop(),
            protocol: self.protocol.clone(),
            bus: self.bus.clone(),
            threads: self.threads,
            seed,
        }
    }

    /// How long one trial takes, at most, without the service's start.
    #[must_use]
    pub fn total(&self) -> Duration {
        self.scenario.total()
    }

    /// Whether it looks for the highest rate, in a step after the other.
    #[must_use]
    pub fn searches(&self) -> bool {
        matches!(self.scenario.shape, Shape::Search(_))
    }

    /// The names that requests count for.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.requests().map(|request| request.name.as_str())
    }

    pub fn requests(&self) -> impl Iterator<Item = &Request> {
        self.users.iter().flat_map(|user| {
            let steps = user.tasks.iter().flat_map(|task| &task.steps);
            user.start.iter().chain(steps)
        })
    }

    /// Whether it sends messages over a bus.
    #[must_use]
    pub fn is_of_messages(&self) -> bool {
        self.requests().any(|request| !request.act.is_http())
    }
}
