//! Writes what a sweep came to into its folder, each file whole or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::SweepError;
use super::figures::{self, AxisScale, Shown};
use super::{Plan, Swept, journal, text};
use crate::aggregate::{Summary, metric};

const SUMMARY: &str = "summary.json";

/// Writes tables and figures of a complete sweep.
pub fn write(plan: &Plan, swept: &Swept, folder: &Path) -> Result<Summary, SweepError> {
    let summary = text::summarize(plan, swept);
    let json = serde_json::to_string_pretty(&summary).expect("a summary has names for its keys");
    write_file(&folder.join("runs.csv"), &text::runs_csv(&summary, swept))?;
    write_file(&folder.join("summary.csv"), &text::summary_csv(&summary))?;
    write_file(&folder.join(SUMMARY), &(json + "\n"))?;
    let metric = metric("bp_overall").expect("it is the first of the metrics");
    let shown = [Shown { name: String::new(), summary: &summary }];
    let blocking = figures::blocking(&shown, metric, AxisScale::Auto);
    let drawn = [("blocking.svg", blocking), ("time.svg", figures::course(&summary))];
    for (figure, drawing) in drawn {
        let svg = drawing.svg().map_err(|source| SweepError::Figure { figure, source })?;
        write_file(&folder.join(figure), &svg)?;
    }
    Ok(summary)
}

/// The summary that a sweep left in its folder.
pub fn read_summary(folder: &Path) -> Result<Summary, SweepError> {
    let path = folder.join(SUMMARY);
    let text = fs::read_to_string(&path).map_err(|error| {
        if error.kind() == io::ErrorKind::NotFound && folder.join(journal::NAME).exists() {
            return SweepError::Incomplete { path: folder.to_owned() };
        }
        SweepError::io("read", &path)(error)
    })?;
    let summary: Summary = serde_json::from_str(&text)
        .map_err(|source| SweepError::Summary { path: path.clone(), source })?;
    if summary.format != text::FORMAT {
        let (found, expected) = (summary.format, text::FORMAT);
        return Err(SweepError::Format { path, found, expected });
    }
    Ok(summary)
}

/// Writes beside the file and then puts it in its place, so that a full disk leaves the old one.
pub fn write_file(path: &Path, text: &str) -> Result<(), SweepError> {
    let beside = beside(path);
    let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, path));
    written.map_err(|error: io::Error| {
        let _ = fs::remove_file(&beside);
        SweepError::io("write", path)(error)
    })
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}
