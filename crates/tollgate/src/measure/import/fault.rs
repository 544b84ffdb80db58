//! What can be wrong with a result file, and how it is said.

use std::fmt;

use super::Format;

/// Why a result file was not imported.
#[derive(Debug, thiserror::Error)]
pub struct ImportError {
    pub file: String,
    /// Counts from 1.
    pub line: Option<usize>,
    /// Counts from 1.
    pub column: Option<usize>,
    #[source]
    pub problem: Problem,
}

impl ImportError {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match &self.problem {
            Problem::UnknownFormat => {
                let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
                Some(format!("formats that can be imported: {}", names.join(", ")))
            }
            Problem::NotText { utf16: true, .. } => {
                Some("the file is UTF-16, as PowerShell writes it: convert it to UTF-8".into())
            }
            Problem::Empty { hint } => hint.map(Into::into),
            Problem::Duplicate { .. } => {
                Some("import the results one file at a time, or give each its own name".into())
            }
            _ => None,
        }
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not import {}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error("{0}")]
    Io(std::io::Error),
    #[error("it is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("the content is that of no known format")]
    UnknownFormat,
    #[error("byte {offset} is not UTF-8 text")]
    NotText { offset: usize, utf16: bool },
    #[error("{0}")]
    Syntax(String),
    /// `at` is a path inside JSON or the name of a column.
    #[error("expected {expected} at {at}, found {found}")]
    Expected { at: String, expected: &'static str, found: String },
    #[error("{0}")]
    Impossible(String),
    #[error("it holds no measurements")]
    Empty { hint: Option<&'static str> },
    #[error("in {part}: {problem}")]
    Within { part: String, problem: Box<Problem> },
    #[error("{what} appears twice")]
    Duplicate { what: String },
}

/// A problem and its place, before the file's name is known.
#[derive(Debug)]
pub(super) struct Fault {
    line: Option<usize>,
    column: Option<usize>,
    problem: Problem,
}

impl Fault {
    pub(super) fn at_line(self, line: usize) -> Fault {
        Fault { line: self.line.or(Some(line)), ..self }
    }

    pub(super) fn at(self, line: usize, column: usize) -> Fault {
        Fault { line: Some(line), column: Some(column), ..self }
    }

    pub(super) fn expected(at: &str, expected: &'static str, found: &str) -> Fault {
        Problem::Expected { at: excerpt(at), expected, found: format!("`{}`", excerpt(found)) }
            .into()
    }

    pub(super) fn syntax(message: impl Into<String>) -> Fault {
        Problem::Syntax(message.into()).into()
    }

    pub(super) fn impossible(message: impl Into<String>) -> Fault {
        Problem::Impossible(message.into()).into()
    }

    pub(super) fn empty() -> Fault {
        Problem::Empty { hint: None }.into()
    }

    /// Names the part of a directory tree the problem lies in.
    pub(super) fn within(self, part: &str) -> Fault {
        let problem = Problem::Within { part: part.to_owned(), problem: Box::new(self.problem) };
        Fault { problem, ..self }
    }

    pub(super) fn in_file(self, file: &str) -> ImportError {
        let Fault { line, column, problem } = self;
        ImportError { file: file.to_owned(), line, column, problem }
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Fault {
        Fault { line: None, column: None, problem }
    }
}

/// Foreign text for a message: on one line, without control characters, and short.
pub(super) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut shown: String = text
        .trim()
        .chars()
        .take(LONGEST)
        .flat_map(|c| {
            let escaped: Box<dyn Iterator<Item = char>> =
                if c.is_control() { Box::new(c.escape_debug()) } else { Box::new([c].into_iter()) };
            escaped
        })
        .collect();
    if text.trim().chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}
