//! `validate --cycle`: simulate, learn from it, and tell the figures of the original's own command.

use clap::Args;

use crate::command::output::{self, Format, note};
use crate::command::{Exit, stop};
use crate::validation::{self, Cycle};

#[derive(Debug, Args)]
#[command(next_help_heading = "A learning cycle in place of the checks")]
pub struct CycleFlags {
    /// Simulate 16 fields, train the model on them, and print the cycle's figures
    #[arg(long)]
    cycle: bool,
    /// Which random numbers are drawn
    #[arg(long, value_name = "N", requires = "cycle", default_value_t = 42)]
    seed: u64,
    /// Passes over the 16 fields, 1 to 1000
    #[arg(long, value_name = "N", requires = "cycle", default_value_t = 1)]
    epochs: usize,
    /// Fields in a batch, 1 to 64
    #[arg(long, value_name = "N", requires = "cycle", default_value_t = 4)]
    batch_size: usize,
    /// Cells along one side
    #[arg(long, value_name = "CELLS", requires = "cycle", default_value_t = 64)]
    grid_size: usize,
    /// Steps of each simulation
    #[arg(long, value_name = "N", requires = "cycle", default_value_t = 64)]
    steps: usize,
    /// Let activator and inhibitor react (the default)
    #[arg(long, requires = "cycle", overrides_with = "no_turing")]
    turing_enabled: bool,
    /// Leave activator and inhibitor alone
    #[arg(long, requires = "cycle")]
    no_turing: bool,
    /// Add noise to each cell in each step
    #[arg(long, requires = "cycle")]
    quantum_jitter: bool,
    /// Let weights also change by the time of spikes
    #[arg(long, requires = "cycle")]
    plasticity: bool,
    /// Active is above -60 mV, and losses are those of the first and the last batch, as in v4.1
    #[arg(long, requires = "cycle")]
    compat: bool,
}

impl CycleFlags {
    pub fn is_asked_for(&self) -> bool {
        self.cycle
    }

    pub fn run(&self, format: Format) -> anyhow::Result<Exit> {
        let cycle = Cycle {
            seed: self.seed,
            epochs: self.epochs,
            batch_size: self.batch_size,
            grid_size: self.grid_size,
            steps: self.steps,
            turing_enabled: !self.no_turing,
            quantum_jitter: self.quantum_jitter,
            plasticity: self.plasticity,
            compat: self.compat,
        };
        let Some(report) = validation::run_unless(&cycle, &stop::STOP)? else {
            note("STOPPED; half a cycle has no figures");
            return Ok(Exit::Interrupted);
        };
        match format {
            Format::Json => output::json(&serde_json::to_value(report)?),
            Format::Text => output::result(&report.to_string()),
        }?;
        Ok(Exit::Done)
    }
}
