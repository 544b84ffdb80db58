//! The experiment file: what is simulated, at which loads and with which seeds. Every key has a
//! default, and every mistake of a file is told at once, with its place.
//!
//! Reading the text is pure. [`Experiment::network`] and [`Experiment::setup`] then read the files
//! that it names and say what it means there.

mod build;
mod identity;
pub mod keys;
mod located;
mod matrix;
pub mod mistake;
mod node;
mod parse;
mod section;
mod value;

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disjoint::Disjoint;
use crate::failure::{AreaRule, Radius};
use crate::modulation::ReachTable;
use crate::paths::PathOrder;
use crate::setup::{After, MaskRule, Protection, Restoration};
use crate::spectrum::{Assignment, Grid};
use crate::traffic::{Generator, MixDraw};

pub use build::ExperimentError;
pub use located::Located;
pub use mistake::{Mistake, Mistakes, Source};

#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// That of the file unless it says otherwise.
    pub name: String,
    pub seeds: Vec<u64>,
    /// In Erlang.
    pub loads: Vec<f64>,
    pub network: NetworkSection,
    pub traffic: TrafficSection,
    pub routing: RoutingSection,
    pub failures: Vec<FailureSection>,
    pub random_failures: Option<RandomFailuresSection>,
    pub protection: Option<ProtectionSection>,
    pub restoration: Option<Restoration>,
    pub measure: MeasureSection,
    pub dataset: DatasetSection,
    /// What it was read from, for mistakes that show later.
    sources: Arc<[Source]>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct NetworkSection {
    /// A shipped topology, or a file.
    pub topology: FileName,
    pub k: Located<usize>,
    pub order: Located<PathOrder>,
    /// Paths that were found before, in place of a search.
    pub paths: Option<FileName>,
    pub grid: Grid,
    pub reach: ReachTable,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TrafficSection {
    pub requests: Located<u64>,
    pub warmup: u64,
    pub mean_holding: f64,
    /// Shares by bit rate in Gb/s.
    pub mix: Located<Vec<(u32, f64)>>,
    pub draw: MixDraw,
    pub generator: Generator,
    pub between: Between,
}

/// Between which nodes requests run.
#[derive(Clone, Debug, PartialEq)]
pub enum Between {
    Any,
    Among(Vec<Located<String>>),
    Matrix(FileName),
}

#[derive(Clone, Debug, PartialEq)]
pub struct RoutingSection {
    pub policy: PolicyName,
    /// What the model of a learned policy is read from.
    pub model: Option<FileName>,
    pub fallback: PolicyName,
    pub mask: MaskRule,
    pub assignment: Assignment,
    pub max_segments: u16,
}

/// A policy as the file says it; a learned one is read later.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PolicyName {
    KspFirstFit,
    LoadBalancing { alpha: f64 },
    OnePlusOne,
    Learned,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FailureSection {
    pub what: What,
    pub start: Start,
    pub repair: Option<After>,
    /// The table, for mistakes that show later.
    pub table: Located<()>,
}

/// What fails, by name.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Link([Located<String>; 2]),
    Node(Located<String>),
    SharedRisk(Vec<[Located<String>; 2]>),
    Geographic { centre: Located<String>, radius: Radius, rule: AreaRule },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Start {
    Arrival(u64),
    Time(f64),
    /// Of the arrivals.
    Share(f64),
}

#[derive(Clone, Debug, PartialEq)]
pub struct RandomFailuresSection {
    pub among: Among,
    pub mean_time_between: f64,
    pub mean_time_to_repair: f64,
}

/// What random failures are drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Among {
    Links,
    Nodes,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ProtectionSection {
    pub disjoint: Disjoint,
    pub timing: Protection,
}

#[derive(Clone, Debug, PartialEq)]
pub struct MeasureSection {
    pub window: u64,
    pub fragmentation_every: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct DatasetSection {
    pub epsilon: f64,
    pub decision_time: bool,
}

/// A file as it was written and where it lies.
#[derive(Clone, Debug, PartialEq)]
pub struct FileName {
    pub written: Located<String>,
    /// Names in a file are relative to its folder, those of the command line to the current one.
    pub path: PathBuf,
}

impl Experiment {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Experiment, Mistakes> {
        Experiment::load(Some(path), &[])
    }

    /// Reads a text; the origin is the path of its file, and need not exist.
    pub fn parse(text: &str, origin: &str) -> Result<Experiment, Mistakes> {
        let source = Source { name: origin.to_owned(), text: text.to_owned() };
        parse::parse(vec![source], Path::new(origin))
    }

    /// Reads a file, or takes the defaults, and sets single keys, each given as `key=value` with
    /// dots in the key.
    pub fn load(path: Option<&Path>, set: &[String]) -> Result<Experiment, Mistakes> {
        let name = path.map_or("experiment".to_owned(), |path| path.display().to_string());
        let text = match path.map(text) {
            Some(Ok(text)) => text,
            None => String::new(),
            Some(Err(error)) => {
                let title = format!("could not read the experiment {name}: {error}");
                return Err(Mistakes::new([].into(), vec![Mistake::new(None, title, "")]));
            }
        };
        let mut sources = vec![Source { name: name.clone(), text }];
        for setting in set {
            let (key, value) = setting.split_once('=').ok_or_else(|| {
                let title = format!("`--set {setting}` sets nothing");
                let mistake = Mistake::new(None, title, "expected KEY=VALUE");
                Mistakes::new([].into(), vec![mistake.hint("--set traffic.requests=50000")])
            })?;
            let text = node::assignment(key.trim(), value.trim());
            sources.push(Source { name: "--set".to_owned(), text });
        }
        parse::parse(sources, Path::new(&name))
    }

    /// The setting of FUSION 6.1: its traffic, its order of paths, and slicing into four.
    #[must_use]
    pub fn fusion() -> Experiment {
        let mut experiment = Experiment::default();
        experiment.traffic.mean_holding = 0.2;
        experiment.traffic.draw = MixDraw::Quota;
        experiment.traffic.generator = Generator::Mersenne;
        experiment.routing.max_segments = 4;
        experiment
    }

    /// The names of all files that it was read from, and their texts.
    #[must_use]
    pub fn sources(&self) -> &Arc<[Source]> {
        &self.sources
    }
}

impl Default for Experiment {
    /// Plain traffic on NSFNet, four paths by length, no failure.
    fn default() -> Experiment {
        let mix = vec![(25, 0.1), (50, 0.1), (100, 0.5), (200, 0.2), (400, 0.1)];
        Experiment {
            name: "experiment".to_owned(),
            seeds: (1..=5).collect(),
            loads: vec![300.0],
            network: NetworkSection {
                topology: FileName {
                    written: Located::default("nsfnet".to_owned()),
                    path: PathBuf::from("nsfnet"),
                },
                k: Located::default(4),
                order: Located::default(PathOrder::Length),
                paths: None,
                grid: Grid { slots: 320, cores: 1, guard: 1 },
                reach: ReachTable::icc_2020(),
            },
            traffic: TrafficSection {
                requests: Located::default(10_000),
                warmup: 0,
                mean_holding: 1.0,
                mix: Located::default(mix),
                draw: MixDraw::Independent,
                generator: Generator::Xoshiro,
                between: Between::Any,
            },
            routing: RoutingSection {
                policy: PolicyName::KspFirstFit,
                model: None,
                fallback: PolicyName::KspFirstFit,
                mask: MaskRule::Residual,
                assignment: Assignment::FirstFit,
                max_segments: 1,
            },
            failures: Vec::new(),
            random_failures: None,
            protection: None,
            restoration: None,
            measure: MeasureSection { window: 1000, fragmentation_every: 10 },
            dataset: DatasetSection { epsilon: 0.1, decision_time: false },
            sources: [].into(),
        }
    }
}

/// A longer file is something else, such as a dataset.
const LONGEST: u64 = 1_000_000;

fn text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(LONGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST {
        let what = format!("it is longer than {LONGEST} bytes, as no experiment is");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, what));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
