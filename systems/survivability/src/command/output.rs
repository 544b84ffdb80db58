//! The only place that prints: results to standard output, everything else to standard error.

use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;

/// Prints a result. A reader that went away, such as `head`, is no error.
pub fn result(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    if !text.ends_with('\n') {
        let _ = out.write_all(b"\n");
    }
    let _ = out.flush();
}

/// Tells a person something beside the result. Nobody listening is no error here either.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Writes a result to a file, or prints it for `-`.
pub fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if path == Path::new("-") {
        result(text);
        return Ok(());
    }
    std::fs::write(path, text).with_context(|| format!("could not write {}", path.display()))
}

/// Refuses, before hours of work, a file that could not be written into its folder after them.
pub fn check_place(path: &Path) -> anyhow::Result<()> {
    if path == Path::new("-") {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    std::fs::metadata(folder.unwrap_or(Path::new(".")))
        .and_then(|found| match found.is_dir() && !path.is_dir() {
            true => Ok(()),
            false if path.is_dir() => Err(std::io::ErrorKind::IsADirectory.into()),
            false => Err(std::io::ErrorKind::NotADirectory.into()),
        })
        .with_context(|| format!("could not write {}", path.display()))
}

/// An error with its causes. Some errors say their cause themselves; it is not said twice.
pub fn chain(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

/// `1 link`, `2 links`.
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
