//! `validate`: what is known from elsewhere against what is computed here, or a learning cycle.

mod cycle;
mod line;

use clap::Args;
use serde_json::json;

use self::cycle::CycleFlags;
use super::output::{self, Format, note};
use super::progress::Progress;
use super::{Exit, stop};
use crate::science::{self, Check};

/// Prints the scientific checks; ends with 1 if one fails.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Validate {
    #[command(flatten)]
    cycle: CycleFlags,
    /// How the result is printed
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  mycelium validate
  mycelium validate --cycle --seed 7 --epochs 5";

impl Validate {
    pub fn run(&self) -> anyhow::Result<Exit> {
        if self.cycle.is_asked_for() { self.cycle.run(self.format) } else { self.checks() }
    }

    fn checks(&self) -> anyhow::Result<Exit> {
        let mut progress = None;
        let checks = science::checks(|done, of| {
            let progress = progress.get_or_insert_with(|| Progress::new(of as u64, "parts"));
            progress.reached(done as u64);
            !stop::is_asked()
        })?;
        if let Some(progress) = progress {
            progress.finish();
        }
        let is_stopped = stop::is_asked();
        match self.format {
            Format::Text => output::result(&line::text(&checks, !is_stopped)),
            Format::Json => output::json(&json!(checks.iter().map(line::json).collect::<Vec<_>>())),
        }?;
        if is_stopped {
            note("STOPPED; the other checks were not computed");
            return Ok(Exit::Interrupted);
        }
        Ok(if checks.iter().all(Check::holds) { Exit::Done } else { Exit::Failed })
    }
}
