//! One trial of a case whose figures other tools write into files.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use std::{fs, io};

use crate::budget::ImportSource;
use crate::run::{Data, Outcome, Series};

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
        read(&files, source.format.as_deref(), &mut stand.notes)
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

/// Refuses what was not written since. Criterion keeps the results of benchmarks that are gone, so
/// every file below a folder counts.
fn fresh(path: &Path, since: SystemTime) -> Result<(), String> {
    let unreadable = |error| format!("cannot look at `{}`: {error}", path.display());
    for file in import::files(path).map_err(unreadable)? {
        let changed = fs::metadata(&file).and_then(|data| data.modified());
        if changed.map_err(unreadable)? < since {
            let file = file.display();
            return Err(format!("stale: `{file}` was last written before the command started"));
        }
    }
    Ok(())
}

/// When the newest of the files that a path stands for was written.
fn last_change(path: &Path) -> io::Result<SystemTime> {
    let mut latest = SystemTime::UNIX_EPOCH;
    for file in import::files(path)? {
        latest = latest.max(fs::metadata(file)?.modified()?);
    }
    Ok(latest)
}

/// Reads and merges the files. What a tool itself called a failure fails the trial.
fn read(
    files: &[PathBuf],
    format: Option<&str>,
    notes: &mut Vec<String>,
) -> Result<Vec<Series>, String> {
    let format = format.map(named).transpose()?;
    let mut merged: Vec<Series> = Vec::new();
    for file in files {
        let imported = import::read_path(file, format).map_err(|error| match error.hint() {
            Some(hint) => format!("{error} ({hint})"),
            None => error.to_string(),
        })?;
        notes.extend(imported.notes.iter().map(|note| format!("{}: {note}", file.display())));
        if let Some((first, others)) = imported.failures.split_first() {
            let more = if others.is_empty() {
                String::new()
            } else {
                format!(" (and {} more)", others.len())
            };
            return Err(format!("`{}` reports a failure: {first}{more}", file.display()));
        }
        for series in imported.series {
            merge(&mut merged, series).map_err(|metric| {
                format!(
                    "`{}` gives {metric} again, in a form that cannot be joined",
                    file.display()
                )
            })?;
        }
    }
    Ok(merged)
}

fn named(name: &str) -> Result<Format, String> {
    Format::parse(name).ok_or_else(|| {
        let known: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
        format!("there is no format `{name}`; formats: {}", known.join(", "))
    })
}

/// Joins observations of the same metric; statistics and totals cannot be joined.
fn merge(merged: &mut Vec<Series>, next: Series) -> Result<(), String> {
    let same = merged
        .iter_mut()
        .find(|series| series.operation == next.operation && series.metric == next.metric);
    let Some(same) = same else {
        merged.push(next);
        return Ok(());
    };
    let alike = same.dimension == next.dimension && same.resolution == next.resolution;
    match (&mut same.data, next.data) {
        (Data::Samples(all), Data::Samples(more)) if alike => all.extend(more),
        (Data::Histograms(all), Data::Histograms(more)) if alike => all.extend(more),
        (Data::Batches(all), Data::Batches(more)) if alike => all.extend(more),
        (Data::Shares(all), Data::Shares(more)) if alike => all.extend(more),
        _ => {
            let operation = next.operation.map_or(String::new(), |name| format!(" of `{name}`"));
            return Err(format!("`{}`{operation}", next.metric));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::process::single;
    use super::*;

    #[test]
    fn observations_of_several_files_are_joined_and_totals_are_not() {
        let mut merged = Vec::new();
        merge(&mut merged, single("wall", 1.0, None)).unwrap();
        merge(&mut merged, single("wall", 2.0, None)).unwrap();
        merge(&mut merged, single("wall", 3.0, Some("o"))).unwrap();
        assert_eq!(merged.len(), 2);
        assert_eq!(merged[0].data, Data::Samples(vec![1.0, 2.0]));
        let total = Series { data: Data::Total(1.0), ..single("wall", 0.0, Some("o")) };
        assert_eq!(merge(&mut merged, total).unwrap_err(), "`wall` of `o`");
    }

    #[test]
    fn a_pattern_finds_files_below_the_root_only() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("a[1]");
        fs::create_dir(&root).unwrap();
        for name in ["two.json", "one.json", "other.txt"] {
            fs::write(root.join(name), "").unwrap();
        }
        let found = files(&root, "*.json").unwrap();
        assert_eq!(found, [root.join("one.json"), root.join("two.json")]);
        assert_eq!(files(&root, "other.txt").unwrap(), [root.join("other.txt")]);
        assert_eq!(files(&root, "*.csv").unwrap_err(), "no file matches `*.csv`");
        assert!(files(&root, "***").unwrap_err().contains("is no pattern"));
        let absolute = root.join("other.txt");
        assert_eq!(files(Path::new("/"), absolute.to_str().unwrap()).unwrap(), [absolute]);
    }
}
