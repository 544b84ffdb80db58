//! The only place that prints: results to standard output, everything else to standard error.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use anyhow::Context as _;
use clap::ValueEnum;

use super::BadInput;
use crate::whole;

/// How a result is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table for people
    #[default]
    Text,
    /// For programs
    Json,
}

/// Prints a result. A reader that went away, such as `head`, is no error; a full disk is one.
pub fn result(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let written = out.write_all(text.as_bytes()).and_then(|()| out.write_all(end.as_bytes()));
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("could not write to standard output"),
    }
}

/// Prints a result for programs.
pub fn json(value: &serde_json::Value) -> anyhow::Result<()> {
    result(&format!("{value:#}"))
}

/// Tells a person something beside the result. Nobody listening is no error here either.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Writes a file, whole or not at all.
pub fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    whole::write(path, |mut file: &File| file.write_all(bytes))
        .with_context(|| format!("could not write {}", path.display()))
}

/// Refuses, before the work, a file that could not be written into its folder after it.
pub fn check_place(path: &Path) -> Result<(), BadInput> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let why = match std::fs::metadata(folder.unwrap_or(Path::new("."))) {
        Err(error) => error.to_string(),
        Ok(found) if !found.is_dir() => "its folder is a file".to_owned(),
        Ok(_) if path.is_dir() => "it is a folder".to_owned(),
        Ok(_) => return Ok(()),
    };
    Err(BadInput(format!("could not write {}: {why}", path.display())))
}

/// Refuses a file whose name promises what would not be in it.
pub fn check_ending(path: &Path, endings: &[&str], what: &str) -> Result<(), BadInput> {
    if endings.contains(&ending(path).as_str()) {
        return Ok(());
    }
    let endings = endings.iter().map(|ending| format!(".{ending}")).collect::<Vec<_>>();
    let (path, endings) = (path.display(), endings.join(" or "));
    Err(BadInput(format!("{path}: {what} is written to a file ending in {endings}")))
}

/// In small letters, without the dot.
pub fn ending(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase()
}

/// An error with its causes.
pub fn chain(error: &anyhow::Error) -> String {
    format!("{error:#}")
}

/// `1 row`, `2 rows`.
pub fn count(number: u64, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", grouped(number))
}

/// Digits in groups of three.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
