//! `warm-restart state`.

use std::path::PathBuf;

use super::{BadInput, tell};
use crate::state::folder::Folder;
use crate::state::inspect::Inspection;

#[derive(Debug, clap::Subcommand)]
pub enum State {
    /// Show the state files of a device: which can be read, and which its next start takes
    Inspect {
        /// With `port_state.json` and `backups`
        folder: PathBuf,
    },
}

impl State {
    pub fn run(&self) -> anyhow::Result<()> {
        let State::Inspect { folder } = self;
        let folder = Folder::existing(folder).map_err(BadInput::of)?;
        tell(&Inspection::of(&folder)?.to_string())
    }
}
