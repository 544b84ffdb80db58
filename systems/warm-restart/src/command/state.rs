//! `warm-restart state`.

use std::path::PathBuf;

use super::{BadInput, tell};
use crate::daemon::keeper::Left;
use crate::state::folder::Folder;
use crate::state::inspect::Inspection;

#[derive(Debug, clap::Subcommand)]
pub enum State {
    /// Show the state files of a device: which can be read, and which its next start takes; or
    /// those of a service, with what was reported since
    Inspect {
        /// With `port_state.json` and `backups`, or `warm-restart.json` and `warm-restart.journal`
        folder: PathBuf,
    },
}

impl State {
    pub fn run(&self) -> anyhow::Result<()> {
        let State::Inspect { folder: path } = self;
        let folder = Folder::existing(path).map_err(BadInput::of)?;
        if Left::is_in(path) {
            return tell(&Left::read(path)?.to_string());
        }
        tell(&Inspection::of(&folder)?.to_string())
    }
}
