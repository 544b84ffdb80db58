//! A user's mistake in the budget file, with the place it stands at and what to write instead.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Patch, Renderer, Snippet};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong, with the offending text.
    pub title: String,
    /// Said at the place itself.
    pub label: String,
    /// Bytes of the file.
    pub span: Range<usize>,
    /// What a person could do.
    pub help: Option<String>,
    /// Text that would make it right, in place of the span.
    pub fix: Option<String>,
    /// Another place that matters, and why.
    pub other: Option<(Range<usize>, String)>,
}

impl Mistake {
    #[must_use]
    pub fn new(span: &Range<usize>, title: impl Into<String>, label: impl Into<String>) -> Mistake {
        Mistake {
            title: title.into(),
            label: label.into(),
            span: span.clone(),
            help: None,
            fix: None,
            other: None,
        }
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Mistake {
        self.help = Some(help.into());
        self
    }

    /// Proposes text in place of the marked one.
    #[must_use]
    pub fn fix(mut self, help: impl Into<String>, text: impl Into<String>) -> Mistake {
        self.help = Some(help.into());
        self.fix = Some(text.into());
        self
    }

    #[must_use]
    pub fn other(mut self, span: &Range<usize>, label: impl Into<String>) -> Mistake {
        self.other = Some((span.clone(), label.into()));
        self
    }
}

/// Every mistake of one file; never empty.
#[derive(Clone, Debug)]
pub struct Mistakes {
    pub path: String,
    pub text: String,
    pub list: Vec<Mistake>,
}

impl Mistakes {
    /// The mistakes as a compiler would show them, and how many there are.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let mut shown: Vec<String> =
            self.list.iter().map(|mistake| renderer.render(&self.report(mistake))).collect();
        let count = self.list.len();
        let plural = if count == 1 { "mistake" } else { "mistakes" };
        shown.push(format!("{}: {count} {plural}; nothing was measured", self.path));
        shown.join("\n\n")
    }

    fn report<'a>(&'a self, mistake: &'a Mistake) -> Vec<annotate_snippets::Group<'a>> {
        let mut snippet = Snippet::source(&self.text).path(&self.path).annotation(
            AnnotationKind::Primary.span(self.within(&mistake.span)).label(&mistake.label),
        );
        if let Some((span, label)) = &mistake.other {
            snippet =
                snippet.annotation(AnnotationKind::Context.span(self.within(span)).label(label));
        }
        let mut groups = vec![Level::ERROR.primary_title(&mistake.title).element(snippet)];
        match (&mistake.help, &mistake.fix) {
            (Some(help), Some(fix)) => {
                let patch = Patch::new(self.within(&mistake.span), fix);
                let snippet = Snippet::source(&self.text).path(&self.path).patch(patch);
                groups.push(Level::HELP.secondary_title(help).element(snippet));
            }
            (Some(help), None) => {
                groups
                    .push(annotate_snippets::Group::with_title(Level::HELP.secondary_title(help)));
            }
            (None, _) => {}
        }
        groups
    }

    /// A span that lies in the text on character borders, whatever a parser reported.
    fn within(&self, span: &Range<usize>) -> Range<usize> {
        let clip = |mut at: usize| {
            at = at.min(self.text.len());
            while !self.text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let start = clip(span.start);
        start..clip(span.end).max(start)
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Mistakes {}

/// The candidate a misspelt word most likely means.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|&(score, _)| score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
