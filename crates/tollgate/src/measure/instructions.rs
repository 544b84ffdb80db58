//! Instructions a program executes, counted by running it under valgrind's callgrind.
//!
//! The count hardly varies, but it is not time: caches and waiting do not show in it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::budget::RunSource;
use crate::run::Outcome;

use super::launcher::LauncherError;
use super::process::{Attempt, Output, Refusal, Stand, Subject, failure, single};

/// How much longer than outside a program may take under valgrind.
const SLOWER: f64 = 100.0;

/// Runs the program once under callgrind and adds up what every process of it executed.
pub(super) fn trial(
    stand: &mut Stand<'_>,
    subject: &Subject<'_>,
) -> Result<Attempt, LauncherError> {
    if subject.missing(&["valgrind".to_owned()]).is_some() {
        let reason = "instructions need valgrind: apt-get install valgrind";
        return Ok(Attempt::Impossible(reason.to_owned()));
    }
    if let Err(reason) =
        subject.surroundings().find(subject.source.command.first().map_or("", String::as_str))
    {
        return Ok(Attempt::Impossible(reason));
    }
    let folder = match Folder::new() {
        Ok(folder) => folder,
        Err(error) => return Ok(failed(format!("no folder for callgrind's files: {error}"), "")),
    };
    let source = under_callgrind(subject.source, &folder.0);
    let mut counted = Subject::new(stand.root, &source, subject.operation);
    counted.surrounded(stand, |counted, stand| count(stand, counted, &folder.0))
}

fn count(
    stand: &mut Stand<'_>,
    counted: &mut Subject<'_>,
    folder: &Path,
) -> Result<Attempt, LauncherError> {
    let observed = match counted.observe(stand, Output::Capture)? {
        Ok(observed) => observed,
        Err(Refusal::Interrupted) => return Ok(Attempt::Interrupted),
        Err(Refusal::Impossible(reason)) => return Ok(Attempt::Impossible(reason)),
        Err(Refusal::Failed(reason)) => return Ok(failed(reason, "")),
    };
    if let Some(reason) = failure(observed.end, counted.source) {
        return Ok(failed(format!("under valgrind: {reason}"), &stand.tail()));
    }
    Ok(match sum(folder) {
        Ok(total) => Attempt::Done {
            outcome: Outcome::Complete,
            series: vec![single("instructions", total, counted.operation)],
        },
        Err(reason) => failed(reason, &stand.tail()),
    })
}

fn under_callgrind(source: &RunSource, folder: &Path) -> RunSource {
    let mut command: Vec<String> =
        ["valgrind", "--tool=callgrind", "--trace-children=yes"].map(str::to_owned).into();
    command.push(format!("--callgrind-out-file={}/%p", folder.display()));
    command.push("--".to_owned());
    command.extend(source.command.iter().cloned());
    let timeout_ns = source.timeout_ns.map(|timeout| timeout * SLOWER);
    RunSource { command, timeout_ns, ..source.clone() }
}

fn failed(reason: String, output: &str) -> Attempt {
    Attempt::Done {
        outcome: Outcome::Failed { reason, output: output.to_owned() },
        series: Vec::new(),
    }
}

/// The sum over the files callgrind wrote, one a process.
fn sum(folder: &Path) -> Result<f64, String> {
    let mut total = 0.0;
    let unreadable = |error: std::io::Error| format!("cannot read callgrind's files: {error}");
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        let text = fs::read(&file).map_err(unreadable)?;
        total += parse_total(&String::from_utf8_lossy(&text))
            .ok_or_else(|| format!("`{}` holds no total", file.display()))?;
    }
    if total > 0.0 { Ok(total) } else { Err("valgrind counted nothing".to_owned()) }
}

/// The `totals:` of a callgrind file, or what its `summary:` lines come to.
fn parse_total(text: &str) -> Option<f64> {
    let values = |key: &str| -> Vec<f64> {
        text.lines()
            .filter_map(|line| line.strip_prefix(key)?.split_whitespace().next()?.parse().ok())
            .collect()
    };
    let summaries = values("summary:");
    values("totals:")
        .last()
        .copied()
        .or_else(|| (!summaries.is_empty()).then(|| summaries.iter().sum()))
}

/// A folder that vanishes with its files.
struct Folder(PathBuf);

impl Folder {
    fn new() -> std::io::Result<Folder> {
        let mut attempt = 0;
        loop {
            let name = format!("tollgate-callgrind-{}-{attempt}", std::process::id());
            let path = std::env::temp_dir().join(name);
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Folder(path)),
                Err(error)
                    if error.kind() == std::io::ErrorKind::AlreadyExists && attempt < 1000 =>
                {
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_win_over_summaries() {
        assert_eq!(parse_total("events: Ir\nsummary: 10\nsummary: 5\ntotals: 15\n"), Some(15.0));
        assert_eq!(parse_total("summary: 10\nsummary: 5\n"), Some(15.0));
    }

    #[test]
    fn a_file_without_a_total_is_no_zero() {
        assert_eq!(parse_total(""), None);
        assert_eq!(parse_total("totals: many\n"), None);
    }
}
