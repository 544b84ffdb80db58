//! One trial of a case whose figures other tools write into files.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use std::{fs, io};

use crate::budget::ImportSource;
use crate::run::{Outcome, Series};

use super::import::{self, Format};
use super::launcher::LauncherError;
use super::process::{Attempt, Output, Stand, Subject};
use super::records::joined;

/// The longest a file's time stamp lags the clock: one tick of a kernel at 100 Hz.
const TICK: Duration = Duration::from_millis(10);

/// Runs the producer, if there is one, and reads the files; they must be newer than its start.
pub(super) fn trial(
    stand: &mut Stand<'_>,
    producer: Option<&mut Subject<'_>>,
    source: &ImportSource,
    operation: Option<&str>,
) -> Result<Attempt, LauncherError> {
    let mut series = Vec::new();
    let mut since = None;
    if let Some(producer) = producer {
        since = Some(settled(stand.root, &source.path));
        match producer.trial(stand, Output::Capture)? {
            Attempt::Done { outcome: Outcome::Complete, series: measured } => series = measured,
            other => return Ok(other),
        }
    }
    let imported = files(stand.root, &source.path).and_then(|files| {
        if let Some(since) = since {
            files.iter().try_for_each(|file| fresh(file, since))?;
        }
        read(&files, source.format.as_deref())
    });
    Ok(match imported {
        Ok(imported) => {
            series.extend(imported.into_iter().map(|one| Series {
                operation: joined(operation, one.operation.as_deref()),
                ..one
            }));
            Attempt::Done { outcome: Outcome::Complete, series }
        }
        Err(reason) => {
            Attempt::Done { outcome: Outcome::Failed { reason, output: String::new() }, series }
        }
    })
}

/// The files a path or pattern stands for, in the order of their names.
fn files(root: &Path, pattern: &str) -> Result<Vec<PathBuf>, String> {
    let exact = root.join(pattern);
    if exact.exists() {
        return Ok(vec![exact]);
    }
    let full = if pattern.starts_with('/') {
        pattern.to_owned()
    } else {
        format!("{}/{pattern}", glob::Pattern::escape(&root.to_string_lossy()))
    };
    let found = glob::glob(&full)
        .map_err(|error| format!("`{pattern}` is no pattern for files: {error}"))?;
    let found: Vec<PathBuf> = found
        .collect::<Result<_, _>>()
        .map_err(|error| format!("cannot look for `{pattern}`: {error}"))?;
    if found.is_empty() { Err(format!("no file matches `{pattern}`")) } else { Ok(found) }
}

/// Waits until nothing the case reads was written just now, and returns a time that lies after
/// every earlier write and not after any later one. Time stamps of files lag the clock by a tick.
fn settled(root: &Path, pattern: &str) -> SystemTime {
    let latest = files(root, pattern)
        .unwrap_or_default()
        .iter()
        .filter_map(|file| last_change(file).ok())
        .max()
        .unwrap_or(SystemTime::UNIX_EPOCH);
    let age = now().duration_since(latest).unwrap_or(2 * TICK);
    std::thread::sleep((2 * TICK).saturating_sub(age));
    now() - TICK
}

#[expect(clippy::disallowed_methods, reason = "compared with the time stamps of files")]
fn now() -> SystemTime {
    SystemTime::now()
}

fn fresh(file: &Path, since: SystemTime) -> Result<(), String> {
    let changed = last_change(file).map_err(|error| format!("`{}`: {error}", file.display()))?;
    if changed >= since {
        Ok(())
    } else {
        let file = file.display();
        Err(format!("stale: `{file}` was last written before the command started"))
    }
}

/// When a file, or any file below a folder, was last written.
fn last_change(path: &Path) -> io::Result<SystemTime> {
    let data = fs::metadata(path)?;
    let mut latest = data.modified()?;
    if data.is_dir() {
        for entry in fs::read_dir(path)? {
            latest = latest.max(last_change(&entry?.path())?);
        }
    }
    Ok(latest)
}

/// Reads and merges the files. What the tool itself reported as failed is a failure here.
fn read(files: &[PathBuf], format: Option<&str>) -> Result<Vec<Series>, String> {
    let format = format.map(named).transpose()?;
    let mut series = Vec::new();
    for file in files {
        let imported = import::read_path(file, format).map_err(|error| error.to_string())?;
        if let Some(first) = imported.failures.first() {
            return Err(format!("`{}`: {first}", file.display()));
        }
        series.extend(imported.series);
    }
    Ok(series)
}

fn named(name: &str) -> Result<Format, String> {
    Format::parse(name).ok_or_else(|| {
        let known: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
        format!("there is no format `{name}`; formats: {}", known.join(", "))
    })
}
