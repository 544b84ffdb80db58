//! A user's mistake in an experiment: its place, what was found there, and what to write instead.

use std::fmt::{self, Display};
use std::sync::Arc;

/// A text that mistakes point into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Shown in messages.
    pub name: String,
    pub text: String,
}

/// Bytes of one of the sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub source: usize,
    pub start: usize,
    pub end: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong, with the offending text.
    pub title: String,
    /// Said at the place itself.
    pub label: String,
    pub place: Option<Place>,
    /// What a person could do.
    pub hint: Option<String>,
}

impl Mistake {
    #[must_use]
    pub fn new(
        place: Option<Place>,
        title: impl Into<String>,
        label: impl Into<String>,
    ) -> Mistake {
        Mistake { title: title.into(), label: label.into(), place, hint: None }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Mistake {
        self.hint = Some(hint.into());
        self
    }
}

/// Every mistake that was found; never empty.
#[derive(Clone, Debug)]
pub struct Mistakes {
    pub sources: Arc<[Source]>,
    pub list: Vec<Mistake>,
}

impl Mistakes {
    /// Puts them in the order of their places, each once.
    #[must_use]
    pub fn new(sources: Arc<[Source]>, mut list: Vec<Mistake>) -> Mistakes {
        list.sort_by_key(|mistake| mistake.place);
        list.dedup();
        Mistakes { sources, list }
    }
}

impl std::error::Error for Mistakes {}

impl Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.list.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            write!(f, "error: {}", mistake.title)?;
            let place = mistake.place.as_ref();
            let shown = place.and_then(|place| Some((self.sources.get(place.source)?, place)));
            let margin = match shown {
                Some((source, place)) => excerpt(f, source, place, &mistake.label)?,
                None if mistake.label.is_empty() => 1,
                None => {
                    write!(f, "; {}", mistake.label)?;
                    1
                }
            };
            if let Some(hint) = &mistake.hint {
                write!(f, "\n{:margin$} = hint: {hint}", "")?;
            }
        }
        if self.list.len() > 1 {
            write!(f, "\n\n{} mistakes", self.list.len())?;
        }
        Ok(())
    }
}

/// The longest line that is shown; a longer one is cut.
const WIDEST: usize = 100;

/// Shows the line of a place, and tells how wide the number of the line is.
fn excerpt(
    f: &mut fmt::Formatter<'_>,
    source: &Source,
    place: &Place,
    label: &str,
) -> Result<usize, fmt::Error> {
    let text = &source.text;
    let start = border(text, place.start);
    let end = border(text, place.end).max(start);
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let number = text[..start].matches('\n').count() + 1;
    let column = text[line_start..start].chars().count();
    let margin = number.to_string().len();
    let marked = text[start..end.min(line_end)].chars().count();
    // Tabs and other controls would shift the mark.
    let visible = |c: char| if c.is_control() { ' ' } else { c };
    let mut line: String = text[line_start..line_end].chars().map(visible).collect();
    let mut marked = marked.max(1);
    if line.chars().count() > WIDEST {
        let kept = WIDEST.max(column + 1);
        marked = marked.min(kept.saturating_sub(column)).max(1);
        line = line.chars().take(kept).chain("…".chars()).collect();
    }
    writeln!(f, "\n{:margin$}--> {}:{number}:{}", "", source.name, column + 1)?;
    writeln!(f, "{:margin$} |", "")?;
    writeln!(f, "{number} | {}", line.trim_end())?;
    write!(f, "{:margin$} | {:column$}{} {label}", "", "", "^".repeat(marked))?;
    Ok(margin)
}

/// The nearest border between characters, from below.
fn border(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The candidate that a misspelt word most likely means.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase().replace('_', "-");
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&word, &candidate.to_lowercase()), candidate))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

/// Words as a list for a person: `a`, `b` or `c`.
#[must_use]
pub fn either<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}
