//! The simulation that a command is about: a preset or a file, and flags that change it.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::BadInput;
use crate::error::Error;
use crate::settings::{Boundary, Settings, Streams};

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "The simulation")]
pub struct Described {
    /// What holds where nothing else is said
    #[arg(long, value_name = "NAME", value_enum, conflicts_with = "config")]
    pub preset: Option<Preset>,
    /// Settings as JSON, such as {"grid_size": 128, "boundary": "neumann"}; flags go before
    #[arg(long, value_name = "FILE.json")]
    pub config: Option<PathBuf>,
    /// Cells along one side, 4 to 1024
    #[arg(long, short = 'g', value_name = "CELLS")]
    pub grid_size: Option<usize>,
    /// Steps, 1 to 10000
    #[arg(long, short = 't', value_name = "N")]
    pub steps: Option<usize>,
    /// Which random numbers are drawn
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Whose random numbers: the fastest, or those of NumPy's default_rng to the last bit
    #[arg(long, value_name = "NAME")]
    pub streams: Option<StreamsName>,
    /// What is beyond the edge: the opposite edge, a mirror, or zero volts
    #[arg(long, value_name = "NAME")]
    pub boundary: Option<BoundaryName>,
    #[command(flatten)]
    pub membrane: Membrane,
}

/// What only the membrane has, and no pattern.
#[derive(Debug, Default, Args)]
pub struct Membrane {
    /// How far a cell goes towards its neighbours in a step, 0.001 to 0.25
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub alpha: Option<f64>,
    /// The chance of a spike in a step, 0 to 1
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub spike_probability: Option<f64>,
    /// Let activator and inhibitor react (the default)
    #[arg(long, overrides_with = "no_turing")]
    pub turing_enabled: bool,
    /// Leave activator and inhibitor alone
    #[arg(long)]
    pub no_turing: bool,
    /// The activator above which a cell is raised by 5 mV, 0 to 1
    #[arg(long, value_name = "LEVEL", allow_negative_numbers = true)]
    pub turing_threshold: Option<f64>,
    /// Add noise to each cell in each step
    #[arg(long, overrides_with = "no_quantum_jitter")]
    pub quantum_jitter: bool,
    /// Add none (the default)
    #[arg(long)]
    pub no_quantum_jitter: bool,
    /// The variance of that noise in square volts, 0 to 0.01
    #[arg(long, value_name = "V2", allow_negative_numbers = true)]
    pub jitter_var: Option<f64>,
    /// 0.001 to 0.25
    #[arg(long, value_name = "D", allow_negative_numbers = true)]
    pub activator_diffusion: Option<f64>,
    /// 0.001 to 0.25
    #[arg(long, value_name = "D", allow_negative_numbers = true)]
    pub inhibitor_diffusion: Option<f64>,
    /// 0.001 to 0.1
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    pub activator_rate: Option<f64>,
    /// 0.001 to 0.1
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    pub inhibitor_rate: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Preset {
    /// 32 cells a side, 32 steps
    Demo,
    /// 64 cells a side, 100 steps
    Default,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StreamsName {
    Fast,
    Numpy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BoundaryName {
    Periodic,
    Neumann,
    Dirichlet,
}

impl Described {
    pub fn settings(&self) -> Result<Settings, BadInput> {
        let mut settings = match (&self.config, self.preset) {
            (Some(path), _) => read(path)?,
            (None, Some(Preset::Demo)) => Settings::demo(),
            (None, Some(Preset::Default) | None) => Settings::default(),
        };
        set(&mut settings.grid_size, self.grid_size);
        set(&mut settings.steps, self.steps);
        set(&mut settings.seed, self.seed);
        set(&mut settings.streams, self.streams.map(Streams::from));
        set(&mut settings.boundary, self.boundary.map(Boundary::from));
        self.membrane.change(&mut settings);
        settings.validate().map_err(|error| BadInput(error.to_string()))?;
        Ok(settings)
    }
}

impl Membrane {
    fn change(&self, settings: &mut Settings) {
        set(&mut settings.alpha, self.alpha);
        set(&mut settings.spike_probability, self.spike_probability);
        set(&mut settings.turing_threshold, self.turing_threshold);
        set(&mut settings.jitter_var, self.jitter_var);
        set(&mut settings.activator_diffusion, self.activator_diffusion);
        set(&mut settings.inhibitor_diffusion, self.inhibitor_diffusion);
        set(&mut settings.activator_rate, self.activator_rate);
        set(&mut settings.inhibitor_rate, self.inhibitor_rate);
        settings.turing_enabled =
            (settings.turing_enabled || self.turing_enabled) && !self.no_turing;
        settings.quantum_jitter =
            (settings.quantum_jitter || self.quantum_jitter) && !self.no_quantum_jitter;
    }

    /// The first flag that was given, if one was.
    pub fn given(&self) -> Option<&'static str> {
        let flags = [
            ("--alpha", self.alpha.is_some()),
            ("--spike-probability", self.spike_probability.is_some()),
            ("--turing-enabled", self.turing_enabled),
            ("--no-turing", self.no_turing),
            ("--turing-threshold", self.turing_threshold.is_some()),
            ("--quantum-jitter", self.quantum_jitter),
            ("--no-quantum-jitter", self.no_quantum_jitter),
            ("--jitter-var", self.jitter_var.is_some()),
            ("--activator-diffusion", self.activator_diffusion.is_some()),
            ("--inhibitor-diffusion", self.inhibitor_diffusion.is_some()),
            ("--activator-rate", self.activator_rate.is_some()),
            ("--inhibitor-rate", self.inhibitor_rate.is_some()),
        ];
        flags.into_iter().find_map(|(flag, is_given)| is_given.then_some(flag))
    }
}

fn set<T>(value: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *value = given;
    }
}

fn read(path: &Path) -> Result<Settings, BadInput> {
    let file = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| BadInput(format!("could not read {file}: {error}")))?;
    let settings: Settings = serde_json::from_str(&text).map_err(|error| json(path, &error))?;
    settings.validate().map_err(|error| match &error {
        Error::OutOfRange { parameter, .. } => {
            let key = format!("\"{parameter}\"");
            let line = text.lines().position(|line| line.contains(&key)).map_or(1, |at| at + 1);
            BadInput(format!("{file}:{line}: {error}"))
        }
        _ => BadInput(format!("{file}: {error}")),
    })?;
    Ok(settings)
}

/// A mistake in a file of JSON, with its place in front as compilers write it.
fn json(path: &Path, error: &serde_json::Error) -> BadInput {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let what = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text);
    BadInput(format!("{}:{line}:{column}: {what}", path.display()))
}

impl From<StreamsName> for Streams {
    fn from(name: StreamsName) -> Streams {
        match name {
            StreamsName::Fast => Streams::Fast,
            StreamsName::Numpy => Streams::Numpy,
        }
    }
}

impl From<BoundaryName> for Boundary {
    fn from(name: BoundaryName) -> Boundary {
        match name {
            BoundaryName::Periodic => Boundary::Periodic,
            BoundaryName::Neumann => Boundary::Neumann,
            BoundaryName::Dirichlet => Boundary::Dirichlet,
        }
    }
}
