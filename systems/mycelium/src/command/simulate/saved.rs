//! The cells of a run as files: the field at the end, and every step before it.

use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use crate::command::BadInput;
use crate::command::output::{check_ending, check_place, ending, write};
use crate::field::{Field, History};
use crate::npy;
use crate::whole;

#[derive(Debug, Args)]
#[command(next_help_heading = "Files")]
pub struct Saved {
    /// Save the field at the end, in volts, for `features` or NumPy
    #[arg(long, value_name = "FILE.npy|csv")]
    field: Option<PathBuf>,
    /// Save the field after each step as the array `history`, in volts
    #[arg(long, value_name = "FILE.npz")]
    history: Option<PathBuf>,
}

/// Cells of a history that are kept: two gigabytes.
const MOST_CELLS: usize = 1 << 28;

impl Saved {
    pub fn check(&self) -> Result<(), BadInput> {
        if let Some(path) = &self.field {
            check_ending(path, &["npy", "csv"], "a field")?;
            check_place(path)?;
        }
        if let Some(path) = &self.history {
            check_ending(path, &["npz"], "a history")?;
            check_place(path)?;
        }
        Ok(())
    }

    /// Refuses a history that the memory would not hold.
    pub fn check_size(&self, size: usize, steps: usize) -> Result<(), BadInput> {
        if self.history.is_none() || size * size * steps <= MOST_CELLS {
            return Ok(());
        }
        let most = MOST_CELLS / (size * size);
        let what = format!("a history of {steps} steps of {size} x {size} cells");
        Err(BadInput(format!("{what} is too large: {most} steps at most")))
    }

    pub fn wants_history(&self) -> bool {
        self.history.is_some()
    }

    pub fn save(&self, field: &Field, history: Option<&History>) -> anyhow::Result<()> {
        if let Some(path) = &self.field {
            write(path, &bytes(path, field)?)?;
        }
        if let (Some(path), Some(history)) = (&self.history, history) {
            save_history(path, history)
                .with_context(|| format!("could not write {}", path.display()))?;
        }
        Ok(())
    }
}

fn bytes(path: &Path, field: &Field) -> anyhow::Result<Vec<u8>> {
    let size = field.size();
    let mut bytes = Vec::new();
    if ending(path) == "npy" {
        npy::write(&mut bytes, &[size, size], [field.cells()])?;
        return Ok(bytes);
    }
    for row in field.cells().chunks_exact(size) {
        let row: Vec<String> = row.iter().map(ToString::to_string).collect();
        bytes.extend_from_slice(row.join(",").as_bytes());
        bytes.push(b'\n');
    }
    Ok(bytes)
}

fn save_history(path: &Path, history: &History) -> anyhow::Result<()> {
    let size = history.size();
    let shape = [history.len(), size, size];
    whole::write(path, |file| {
        Ok(npy::write_npz(BufWriter::new(file), "history", &shape, history.frames())?)
    })
}
