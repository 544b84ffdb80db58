//! The budget file as a value: cases, budgets, users, scenarios.
//!
//! `parse` reads it from text and reports every mistake at once.

pub mod company;
pub mod keys;
pub mod load;
pub mod mistake;
mod node;
pub mod parse;
mod places;
pub mod schema;
mod serve;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tollgate_load::scenario::{PRESETS, Scenario};
use tollgate_load::workload::{Feed, User};

use crate::metric::{Key, Statistic};
use crate::quantity::Quantity;
pub use serve::{Provided, ServeSource};

/// A parsed file, with its environment applied and its variables filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct BudgetFile {
    pub project: Project,
    pub cases: Vec<Case>,
    pub users: Vec<User>,
    pub feeds: Vec<Feed>,
    /// The file's own.
    pub scenarios: Vec<Scenario>,
    /// Names of the environments the file offers.
    pub environments: Vec<String>,
}

impl BudgetFile {
    /// The scenario of that name: the file's own, or else a ready-made one.
    #[must_use]
    pub fn scenario(&self, name: &str) -> Option<Scenario> {
        let own = self.scenarios.iter().find(|scenario| scenario.name == name);
        own.cloned().or_else(|| Scenario::preset(name))
    }

    /// The file's own scenarios, then the ready-made ones it does not replace.
    #[must_use]
    pub fn scenario_names(&self) -> Vec<&str> {
        let own: Vec<&str> = self.scenarios.iter().map(|own| own.name.as_str()).collect();
        let others: Vec<&str> =
            PRESETS.iter().copied().filter(|name| !own.contains(name)).collect();
        [own, others].concat()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Project {
    pub name: String,
    /// Commands run once before measuring.
    pub build: Vec<Vec<String>>,
    pub confidence: f64,
    /// The baseline relative limits refer to, unless a budget names its own.
    pub baseline: Option<String>,
    /// The branch whose runs are the baseline when none is named; none means whichever of the
    /// usual names has runs.
    pub default_branch: Option<String>,
}

/// One program or service, measured one way.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    pub name: String,
    pub about: Option<String>,
    pub source: Source,
    pub trials: u32,
    pub warmups: u32,
    pub sets: Vec<String>,
    /// Programs that must be installed for this case.
    pub needs: Vec<String>,
    pub budgets: Vec<Budget>,
    /// Where the case stands in the file.
    pub place: Place,
}

/// What is measured.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    Run(RunSource),
    Serve(Box<ServeSource>),
    Import(ImportSource),
}

/// A process, fresh for every trial.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSource {
    pub command: Vec<String>,
    pub dir: Option<String>,
    pub env: BTreeMap<String, String>,
    pub stdin: Option<String>,
    pub timeout_ns: Option<f64>,
    pub exit_code: i32,
    pub prepare: Option<Vec<String>>,
    pub cleanup: Option<Vec<String>>,
    /// Each combination of values makes one operation; `{name}` in a command stands for the value.
    pub params: Vec<Parameter>,
    pub instructions: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    pub name: String,
    pub values: Vec<String>,
}

/// Result files of other tools, perhaps written by a command.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportSource {
    pub path: String,
    pub format: Option<String>,
    /// Run before reading; the files must be newer than its start.
    pub producer: Option<RunSource>,
}

/// A promise: a metric, a statistic of it, and what it must keep to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    pub case: String,
    pub operation: Option<String>,
    pub key: Key,
    pub hard: Option<Limit>,
    pub soft: Option<Limit>,
    pub on_cannot_tell: Option<OnCannotTell>,
    pub baseline: Option<String>,
    pub any_machine: bool,
    pub accept: Option<Accept>,
    pub confidence: f64,
    pub place: Place,
}

impl Budget {
    #[must_use]
    pub fn statistic(&self) -> Statistic {
        self.key.resolved()
    }
}

/// Where something stands in the budget file; lines and columns count from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub file: String,
    pub line: u32,
    pub column: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnCannotTell {
    /// Exit 3.
    Fail,
    /// A visible warning.
    Warn,
    /// Shown, nothing more.
    Pass,
}

/// A known breach, borne until a date.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Accept {
    pub limit: Limit,
    /// The last day it holds, as `YYYY-MM-DD`.
    pub until: String,
    pub reason: String,
}

/// `<op> <bound>`, and the words it was written in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    pub op: Op,
    pub bound: Bound,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    #[serde(rename = "<")]
    Below,
    #[serde(rename = "<=")]
    AtMost,
    #[serde(rename = ">")]
    Above,
    #[serde(rename = ">=")]
    AtLeast,
}

impl Op {
    /// Whether smaller values are the safe side.
    #[must_use]
    pub fn is_upper(self) -> bool {
        matches!(self, Op::Below | Op::AtMost)
    }

    /// Whether `value` keeps to `limit`.
    #[must_use]
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Op::Below => value < limit,
            Op::AtMost => value <= limit,
            Op::Above => value > limit,
            Op::AtLeast => value >= limit,
        }
    }

    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Op::Below => "<",
            Op::AtMost => "<=",
            Op::Above => ">",
            Op::AtLeast => ">=",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    Absolute(Quantity),
    /// A multiple of the baseline's value.
    Baseline {
        factor: f64,
    },
    /// A multiple of another case's value in the same run.
    Case {
        name: String,
        factor: f64,
    },
}
