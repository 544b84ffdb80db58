//! Finds the budget file, reads it, and knows the paths that follow from where it stands.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use tollgate::budget::BudgetFile;
use tollgate::budget::parse::{Input, parse};
use tollgate::history::History;

use crate::args::Global;

pub const FILE: &str = "tollgate.toml";

/// A budget file that was read.
pub struct Project {
    pub file: BudgetFile,
    /// The folder of the budget file.
    pub root: PathBuf,
    pub environment: Option<String>,
}

impl Project {
    /// Reads the named or nearest budget file. Mistakes in it come as `Mistakes`.
    pub fn read(global: &Global) -> Result<Project> {
        // A pipeline sets a variable it has no value for to nothing.
        let environment = global.env.clone().filter(|name| !name.is_empty());
        let path = match &global.file {
            Some(path) => path.clone(),
            None => nearest()?,
        };
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("could not read {}", path.display()))?;
        let absolute = std::path::absolute(&path)?;
        let root = absolute.parent().unwrap_or(Path::new("/")).to_path_buf();
        let folder = root.file_name().map_or("project".into(), |name| name.to_string_lossy());
        let file = parse(&Input {
            path: &shown(&path),
            text: &text,
            folder: &folder,
            environment: environment.as_deref(),
            variables: &|name| std::env::var(name).ok(),
        })?;
        Ok(Project { file, root, environment })
    }

    pub fn history(&self, global: &Global) -> PathBuf {
        global.history.clone().unwrap_or_else(|| self.root.join(".tollgate/history.db"))
    }
}

/// The history of commands that only read it: where there is none, none is created.
pub fn stored(global: &Global) -> Result<History> {
    let path = history(global);
    if !path.exists() {
        bail!("there is no history {} yet; `tollgate check` begins one", path.display());
    }
    Ok(History::open(&path)?)
}

/// The history of commands that need no budget file.
pub fn history(global: &Global) -> PathBuf {
    if let Some(path) = &global.history {
        return path.clone();
    }
    let file = global.file.clone().or_else(|| nearest().ok());
    let root = file.and_then(|file| file.parent().map(Path::to_path_buf)).unwrap_or_default();
    root.join(".tollgate/history.db")
}

fn nearest() -> Result<PathBuf> {
    let here = std::env::current_dir().context("could not find the current folder")?;
    here.ancestors().map(|folder| folder.join(FILE)).find(|path| path.is_file()).ok_or_else(|| {
        anyhow!(
            "there is no {FILE} in {} or above it\n`tollgate init` writes one, `--file PATH` names one",
            here.display()
        )
    })
}

/// Relative to the current folder where that is shorter to read.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}
