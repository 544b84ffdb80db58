//! The file that outlives the process: counters, alerts, who was told, and what is yet to be told.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::deliver::Message;
use super::lock::{Lock, LockError};
use crate::core::{Kept, VERSION};
use crate::durable::{self, FileError};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Content {
    #[serde(flatten)]
    pub core: Kept,
    /// In the order in which they are due, with how many trials failed. What is being told right
    /// now is not among them: whether it arrived cannot be known after a crash, and it is rather
    /// told with the next repetition than twice.
    #[serde(default)]
    pub waiting: Vec<(Message, u32)>,
}

/// No other process has the folder for as long as this lives.
#[derive(Debug)]
pub struct Keeper {
    path: PathBuf,
    _lock: Lock,
}

#[derive(Debug, Error)]
pub enum KeeperError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{path} is damaged: {cause}", path = .path.display())]
    Damaged { path: PathBuf, cause: serde_json::Error },
    #[error("{path} has version {found}, and this program reads {VERSION}", path = .path.display())]
    Newer { path: PathBuf, found: u32 },
}

#[derive(Deserialize)]
struct Head {
    version: u32,
}

impl Keeper {
    pub fn open(folder: &Path) -> Result<Keeper, LockError> {
        std::fs::create_dir_all(folder).map_err(FileError::of("create", folder))?;
        Ok(Keeper { path: folder.join("warm-restart.json"), _lock: Lock::take(folder)? })
    }

    /// None before anything was saved. A file that is damaged is an error and stays where it is:
    /// nobody overwrites counters that a person may still be able to read.
    pub fn load(&self) -> Result<Option<Content>, KeeperError> {
        let Some(bytes) = durable::read(&self.path)? else { return Ok(None) };
        let damaged = |cause| KeeperError::Damaged { path: self.path.clone(), cause };
        let head: Head = serde_json::from_slice(&bytes).map_err(damaged)?;
        if head.version > VERSION {
            return Err(KeeperError::Newer { path: self.path.clone(), found: head.version });
        }
        serde_json::from_slice(&bytes).map(Some).map_err(damaged)
    }

    /// It is on the disk when this returns.
    pub fn save(&self, content: &Content) -> Result<(), FileError> {
        let bytes = serde_json::to_vec(content).expect("names and numbers can be written");
        durable::write(&self.path, &bytes)
    }
}

#[cfg(test)]
mod tests {
    use tollgate_alerts::moment::Moment;

    use super::*;
    use crate::core::{Core, Settings};
    use crate::event::read;

    #[test]
    fn what_was_saved_is_loaded_and_what_is_damaged_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let keeper = Keeper::open(folder.path()).unwrap();
        assert_eq!(keeper.load().unwrap(), None);
        let now = Moment { steady_ms: 0, wall_ms: 1_700_000_000_000 };
        let mut core = Core::new(Settings::defaults());
        let lines = r#"{"event":"corruption","device":"a"}"#;
        core.record(&read(lines).unwrap(), now).unwrap();
        core.tick(now);
        let [key, action, body] = ["log {}", "log", "{}"].map(str::to_owned);
        let content =
            Content { core: core.keep(now), waiting: vec![(Message { key, action, body }, 2)] };
        keeper.save(&content).unwrap();
        assert_eq!(keeper.load().unwrap(), Some(content));
        let text = std::fs::read_to_string(&keeper.path).unwrap();
        std::fs::write(&keeper.path, text.replacen("\"version\":1", "\"version\":2", 1)).unwrap();
        assert!(matches!(keeper.load(), Err(KeeperError::Newer { found: 2, .. })));
        std::fs::write(&keeper.path, &text[..text.len() / 2]).unwrap();
        let error = keeper.load().unwrap_err().to_string();
        assert!(error.contains("warm-restart.json is damaged"), "{error}");
        assert_eq!(std::fs::read(&keeper.path).unwrap().len(), text.len() / 2);
    }
}
