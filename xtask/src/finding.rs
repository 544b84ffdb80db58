//! What a rule found: where, which rule, the offending text, and what to do about it.

use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    pub file: String,
    /// From 1; 0 stands for the file as a whole.
    pub line: usize,
    pub rule: &'static str,
    pub text: String,
    pub remedy: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { file, line, rule, text, remedy } = self;
        match line {
            0 => write!(f, "{file}: {rule}: {text}: {remedy}"),
            line => write!(f, "{file}:{line}: {rule}: {text}: {remedy}"),
        }
    }
}

/// A line of the report for each finding, in the order of files and lines.
pub fn report(mut findings: Vec<Finding>) -> String {
    findings.sort();
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_listed_by_file_and_line() {
        let finding = |file: &str, line| Finding {
            file: file.to_owned(),
            line,
            rule: "emoji",
            text: "`x`".to_owned(),
            remedy: "take it out".to_owned(),
        };
        let listed = report(vec![finding("b.rs", 2), finding("b.rs", 1), finding("a.md", 0)]);
        assert_eq!(
            listed,
            "a.md: emoji: `x`: take it out\nb.rs:1: emoji: `x`: take it out\n\
             b.rs:2: emoji: `x`: take it out\n"
        );
    }
}
