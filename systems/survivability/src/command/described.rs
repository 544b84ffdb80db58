//! The experiment that a command is about.

use std::path::PathBuf;

use clap::Args;
use survivability::experiment::{Experiment, Mistakes};

#[derive(Debug, Args)]
pub struct Described {
    /// The experiment file; without one the defaults hold, on NSFNet
    #[arg(value_name = "EXPERIMENT")]
    pub file: Option<PathBuf>,
    /// Set a key of the experiment, such as traffic.requests=50000 (repeatable)
    #[arg(long = "set", short, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

impl Described {
    pub fn experiment(&self) -> Result<Experiment, Mistakes> {
        Experiment::load(self.file.as_deref(), &self.set)
    }
}
