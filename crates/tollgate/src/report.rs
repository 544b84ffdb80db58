//! A judgement as a person or a machine reads it: pure rendering, one module a format.
//!
//! Nothing here measures, judges or writes: the same judgement gives the same text on any machine.
//! Names come from files and programs we do not control, so every format escapes them its own way.

pub mod compare;
mod csv;
mod escape;
mod github;
pub mod history;
mod json;
mod junit;
mod markdown;
pub mod phrase;
pub mod steps;
mod table;
mod terminal;

#[cfg(test)]
mod sample;

pub use escape::visible;
pub use json::{JsonError, from_json};
pub use markdown::marker;

use crate::judge::Judgement;

/// Every way a judgement can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    Terminal,
    Json,
    Markdown,
    Junit,
    Csv,
    GithubSummary,
    GithubAnnotations,
}

impl Format {
    pub const ALL: [Format; 7] = [
        Format::Terminal,
        Format::Json,
        Format::Markdown,
        Format::Junit,
        Format::Csv,
        Format::GithubSummary,
        Format::GithubAnnotations,
    ];

    /// The name a person types.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Terminal => "terminal",
            Format::Json => "json",
            Format::Markdown => "markdown",
            Format::Junit => "junit",
            Format::Csv => "csv",
            Format::GithubSummary => "github-summary",
            Format::GithubAnnotations => "github-annotations",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// How the terminal report looks; other formats ignore it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub colour: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Only what is not within, and the summary.
    pub quiet: bool,
}

#[must_use]
pub fn render(judgement: &Judgement, format: Format, style: &Style) -> String {
    match format {
        Format::Terminal => terminal::render(judgement, *style),
        Format::Json => json::render(judgement),
        Format::Markdown => markdown::comment(judgement),
        Format::Junit => junit::render(judgement),
        Format::Csv => csv::render(judgement),
        Format::GithubSummary => markdown::step_summary(judgement),
        Format::GithubAnnotations => github::annotations(judgement),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Style = Style { colour: false, width: 100, quiet: false };

    #[test]
    fn every_format_is_found_by_its_name() {
        for format in Format::ALL {
            assert_eq!(Format::parse(format.name()), Some(format));
        }
        assert_eq!(Format::parse("html"), None);
    }

    #[test]
    fn every_format_has_a_snapshot() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/report/snapshots");
        let texts: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
            .collect();
        let whole = sample::judgement();
        let mut short = whole.clone();
        short.verdicts.truncate(2);
        for format in Format::ALL {
            let held = [&whole, &short].iter().any(|judgement| {
                // Snapshots are stored with the line ends of this system.
                let rendered = render(judgement, format, &WIDE).replace("\r\n", "\n");
                texts.iter().any(|text| text.trim_end().ends_with(rendered.trim_end()))
            });
            assert!(held, "{}", format.name());
        }
    }

    #[test]
    fn every_format_renders_the_same_judgement_to_the_same_bytes() {
        for format in Format::ALL {
            assert_eq!(
                render(&sample::judgement(), format, &WIDE),
                render(&sample::judgement(), format, &WIDE)
            );
        }
    }

    #[test]
    fn a_judgement_without_budgets_says_so_and_never_looks_within() {
        let empty = sample::empty();
        for format in Format::ALL {
            let text = render(&empty, format, &Style { colour: true, ..WIDE });
            match format {
                Format::Json | Format::Csv => {}
                _ => assert!(text.contains("no budgets were judged"), "{}: {text}", format.name()),
            }
            assert!(!text.contains("\x1b[32m"), "{}", format.name());
        }
    }

    #[test]
    fn the_page_on_ci_names_every_format_and_no_other() {
        let page = include_str!("../../../docs/ci.md");
        for format in Format::ALL {
            assert!(page.contains(&format!("| `{}` |", format.name())), "{}", format.name());
        }
        for used in page.split("--report ").skip(1).chain(page.split("--format ").skip(1)) {
            let name = used.split(['=', ' ', '\n', '`']).next().unwrap();
            assert!(Format::parse(name).is_some(), "{name}");
        }
    }

    #[test]
    fn hostile_names_never_reach_a_terminal_or_a_log_raw() {
        let hostile = sample::hostile();
        for format in [Format::Terminal, Format::GithubAnnotations, Format::Markdown, Format::Junit]
        {
            let text = render(&hostile, format, &WIDE);
            assert!(
                !text.contains(|c: char| c.is_control() && c != '\n') && !text.contains('\u{202e}'),
                "{}: {text:?}",
                format.name()
            );
        }
    }
}
