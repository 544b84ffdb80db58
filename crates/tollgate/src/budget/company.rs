//! What runs beside the service of a case, and what is done to all of them during the load.

use std::collections::BTreeMap;
use std::time::Duration;

/// A program that is started after the service and runs until the load is over.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    pub name: String,
    /// `{url}` is the address of the service, `{port}` a free port of its own.
    pub command: Vec<String>,
    pub dir: Option<String>,
    pub env: BTreeMap<String, String>,
    pub ready: Option<Ready>,
    /// How long it may take to become ready.
    pub timeout: Duration,
}

/// By what a program is known to be ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ready {
    /// A path at its own port that answers 2xx.
    Path(String),
    /// A line of its output that holds this.
    Line(String),
}

/// Something that is done during the load.
#[derive(Clone, Debug, PartialEq)]
pub struct Disturbance {
    /// From the start of the load, its warm-up included.
    pub at: Duration,
    pub action: Action,
    pub who: Who,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    Service,
    Beside(String),
    /// What lies between the service and everybody who uses it.
    Network,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    Kill,
    Terminate,
    Stop,
    Continue,
    Start,
    /// Holds up everything on its way to the service.
    Delay(Duration),
    /// Closes all connections and refuses new ones.
    Cut,
    /// Undoes every other action on the network.
    Heal,
    /// Breaks all connections; new ones are welcome.
    Reset,
    /// Lets so many bytes a second through, each way.
    Throttle(f64),
}

pub const ACTIONS: &[&str] = &[
    "kill",
    "terminate",
    "stop",
    "continue",
    "start",
    "delay",
    "cut",
    "heal",
    "reset",
    "throttle",
];

impl Action {
    /// As the file has it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Action::Kill => "kill",
            Action::Terminate => "terminate",
            Action::Stop => "stop",
            Action::Continue => "continue",
            Action::Start => "start",
            Action::Delay(_) => "delay",
            Action::Cut => "cut",
            Action::Heal => "heal",
            Action::Reset => "reset",
            Action::Throttle(_) => "throttle",
        }
    }

    /// Whether something is gone after it, from which the service has to recover.
    #[must_use]
    pub fn takes_away(self) -> bool {
        use Action::{Cut, Kill, Reset, Stop, Terminate};
        matches!(self, Kill | Terminate | Stop | Cut | Reset)
    }

    #[must_use]
    pub fn is_on_network(self) -> bool {
        use Action::{Cut, Delay, Heal, Reset, Throttle};
        matches!(self, Delay(_) | Cut | Heal | Reset | Throttle(_))
    }
}

impl Who {
    /// As the file has it.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Who::Service => SERVICE,
            Who::Beside(name) => name,
            Who::Network => NETWORK,
        }
    }
}

/// Names that no program beside the service may have.
pub const SERVICE: &str = "service";
pub const NETWORK: &str = "network";
