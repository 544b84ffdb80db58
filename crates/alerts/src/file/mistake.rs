//! What is wrong with a file, line by line.

use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Counted from one.
    pub line: usize,
    /// With the text that is wrong, and what to write instead.
    pub what: String,
}

/// Everything that is wrong with a file, in the order of its lines; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes {
    pub file: String,
    pub list: Vec<Mistake>,
}

impl Mistakes {
    /// From what was found at which byte of a text.
    pub(crate) fn new(file: &str, text: &str, mut found: Vec<(usize, String)>) -> Mistakes {
        found.sort();
        found.dedup();
        let (mut line, mut counted) = (1, 0);
        let list = found.into_iter().map(|(at, what)| {
            let at = at.min(text.len());
            line += text.as_bytes()[counted..at].iter().filter(|&&byte| byte == b'\n').count();
            counted = at;
            Mistake { line, what }
        });
        Mistakes { file: file.to_owned(), list: list.collect() }
    }
}

impl std::error::Error for Mistakes {}

/// One line each, as compilers have it.
impl fmt::Display for Mistakes {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, Mistake { line, what }) in self.list.iter().enumerate() {
            let end = if at == 0 { "" } else { "\n" };
            write!(to, "{end}{}:{line}: {what}", self.file)?;
        }
        Ok(())
    }
}

/// The end of a sentence on a word that nobody knows: what it may mean, or what there is.
pub(super) fn instead<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let likeness = |candidate: &&str| strsim::jaro_winkler(word, candidate);
    let nearest = known
        .iter()
        .map(|candidate| (likeness(candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0));
    match (nearest, known.len()) {
        (Some((_, candidate)), _) => format!("; is `{candidate}` meant?"),
        (None, 1..=16) => format!("; there are {}", listed(&known, "and")),
        (None, _) => String::new(),
    }
}

/// Words for people: `a`, `b` or `c`.
pub(super) fn listed(words: &[&str], last_before: &str) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            format!("{} {last_before} {last}", rest.join(", "))
        }
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
