//! The only place that prints: results to standard output, everything else to standard error.

use std::ffi::OsStr;
use std::io::{ErrorKind, IsTerminal as _, Write as _};

use anyhow::{Context as _, Result};
use tollgate::report::Style;

use crate::args::Colour;

/// Prints a result. A reader that went away, such as `head`, is no error; a full disk is, since the
/// file a shell made would be taken for the whole.
pub fn result(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let ending = if text.ends_with('\n') { "" } else { "\n" };
    let written = write!(out, "{text}{ending}").and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("could not write to standard output"),
    }
}

/// For a result that is written as it comes, by the same rule.
pub fn results() -> impl std::io::Write {
    Unheard(std::io::stdout().lock())
}

/// Goes on where nobody reads any more.
struct Unheard<W>(W);

impl<W: std::io::Write> std::io::Write for Unheard<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(bytes.len()),
            written => written,
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            flushed => flushed,
        }
    }
}

/// Tells a person something beside the result. Nobody listening is no error here either.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
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

/// `1 trial`, `2 trials`.
pub fn count(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

/// Whether what goes to standard error may be coloured.
pub fn colour_errors(colour: Colour) -> bool {
    chosen(colour, std::io::stderr().is_terminal())
}

/// How the terminal report should look here.
pub fn style(colour: Colour, quiet: bool) -> Style {
    let terminal = std::io::stdout().is_terminal();
    let width = match std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()) {
        Some(columns) => columns,
        None if terminal => usize::from(console::Term::stdout().size().1),
        None => 100,
    };
    Style { colour: chosen(colour, terminal), width, quiet }
}

fn chosen(colour: Colour, terminal: bool) -> bool {
    match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => terminal && !is_unwanted(std::env::var_os("NO_COLOR").as_deref()),
    }
}

/// By the rule of no-color.org: what is set to nothing does not count.
fn is_unwanted(no_color: Option<&OsStr>) -> bool {
    no_color.is_some_and(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_unwanted_where_no_color_is_set_to_something() {
        let unwanted = |value: Option<&str>| is_unwanted(value.map(OsStr::new));
        assert_eq!(
            [None, Some(""), Some("1"), Some("0")].map(unwanted),
            [false, false, true, true]
        );
    }
}
