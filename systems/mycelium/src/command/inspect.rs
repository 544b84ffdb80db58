//! `inspect`: what a table of simulations holds.

use std::path::PathBuf;

use clap::Args;

use super::output::{self, Format, chain};
use super::{BadInput, Exit};
use crate::dataset::inspect::inspect;
use crate::dataset::read;

/// Tells the columns of a table in a few numbers, which go together, and what cannot be.
///
/// It ends with 1 if there is something that cannot be.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Inspect {
    /// The table
    #[arg(value_name = "FILE.parquet|csv|npz")]
    file: PathBuf,
    /// How the result is printed
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  mycelium inspect small.parquet
  mycelium inspect small.parquet --format json";

impl Inspect {
    pub fn run(&self) -> anyhow::Result<Exit> {
        let table = read(&self.file).map_err(|error| BadInput(chain(&error.into())))?;
        let inspection = inspect(&table);
        match self.format {
            Format::Text => output::result(&inspection.to_string()),
            Format::Json => output::json(&serde_json::to_value(&inspection)?),
        }?;
        Ok(if inspection.violations.is_empty() { Exit::Done } else { Exit::Failed })
    }
}
