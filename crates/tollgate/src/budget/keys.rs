//! Every key of the budget file, once: the parser, `tollgate explain`, the JSON Schema and the
//! reference page all read this table.

mod company;
mod load;
mod measured;

/// A table of the file, and the keys it may hold.
#[derive(Debug)]
pub struct Section {
    /// As a person writes it: `[case.NAME]`.
    pub header: &'static str,
    pub about: &'static str,
    /// The section whose keys this one may hold as well.
    pub also: Option<&'static str>,
    pub keys: &'static [Key],
}

impl Section {
    /// Its own keys, then those it shares with another section.
    pub fn all(&self) -> impl Iterator<Item = &'static Key> + Clone {
        self.keys.iter().chain(self.also.map_or(&[][..], |header| section(header).keys))
    }
}

#[derive(Debug)]
pub struct Key {
    pub name: &'static str,
    pub form: Form,
    /// What holds when the key is absent; empty when nothing does.
    pub default: &'static str,
    pub about: &'static str,
    pub example: &'static str,
}

/// What a key's value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Text,
    Integer {
        min: i64,
        max: i64,
    },
    Number,
    Boolean,
    /// Text with slots such as `{{uuid}}`, filled for each request.
    Template,
    /// `"30s"`.
    Duration,
    /// `"500/s"`.
    Rate,
    /// `"256MiB"`.
    Size,
    /// `["program", "argument"]`.
    Command,
    /// A command, or one of these words.
    CommandOr(&'static [&'static str]),
    /// One command or a list of them.
    Commands,
    TextList,
    /// Names with text values.
    TextMap,
    /// Names with texts that may have slots.
    TemplateMap,
    /// Names with lists of values.
    Parameters,
    Choice(&'static [&'static str]),
    /// A limit, a list of limits, or a table of the section named.
    Limits,
    /// A single limit.
    Limit,
    /// `"1s"` or `"500ms..2500ms"`.
    Think,
    /// A status code, or text with slots that gives one.
    Status,
    /// JSON pointers with expected values.
    Json,
    /// Text with slots, or a table of the section with this header.
    TemplateOr(&'static str),
    /// Any table, as JSON.
    Object,
    /// A table of the section with this header.
    Section(&'static str),
    /// A list of tables of that section.
    Sections(&'static str),
    /// Names, each a table of that section.
    Named(&'static str),
    /// Metrics with limits.
    Budget,
    /// The same keys as the file itself.
    Overlay,
}

/// Formats of other tools' results. The readers live beside what measures, which budgets know
/// nothing of; a test there holds both lists against each other.
pub const IMPORT_FORMATS: &[&str] = &[
    "criterion",
    "cargo-criterion",
    "hyperfine",
    "pytest-benchmark",
    "locust-stats",
    "locust-history",
    "locust-json",
    "k6",
    "go-bench",
    "google-benchmark",
    "jmh",
    "oha",
    "vegeta",
    "wrk",
    "hey",
    "ab",
    "autocannon",
    "divan",
    "nats-bench",
    "bencher",
    "github-action-benchmark",
];

/// More than anybody has of anything counted here.
const MANY: i64 = 1_000_000;

macro_rules! table {
    (@also) => { None };
    (@also $header:expr) => { Some($header) };
    (
        $header:expr, $about:literal, $(also $also:expr;)?
        $($name:literal: $form:expr, $default:literal, $what:literal, $example:literal;)*
    ) => {
        $crate::budget::keys::Section {
            header: $header,
            about: $about,
            also: table!(@also $($also)?),
            keys: &[$($crate::budget::keys::Key {
                name: $name,
                form: $form,
                default: $default,
                about: $what,
                example: $example,
            }),*],
        }
    };
}
use table;

pub const FILE: &str = "the file";
pub const PROJECT: &str = "[project]";
pub const CASE: &str = "[case.NAME]";
pub const LOAD: &str = "[case.NAME.load]";
pub const BESIDE: &str = "[case.NAME.beside.NAME]";
pub const DISTURB: &str = "[[case.NAME.disturb]]";
pub const OPERATION: &str = "[case.NAME.operation.\"OPERATION\"]";
pub const LIMIT: &str = "[case.NAME.budget.\"METRIC\"]";
pub const ACCEPT: &str = "[case.NAME.budget.\"METRIC\".accept]";
pub const STREAM: &str = "[[case.NAME.load.streams]]";
pub const LOGIN: &str = "[case.NAME.load.login]";
pub const SET: &str = "[case.NAME.load.set]";
pub const USER: &str = "[user.NAME]";
pub const TASK: &str = "[[user.NAME.task]]";
pub const REQUEST: &str = "[[user.NAME.start]]";
pub const BODY: &str = "[user.NAME.task.body]";
pub const EXPECT: &str = "[user.NAME.task.expect]";
pub const CAPTURE: &str = "[user.NAME.task.capture.NAME]";
pub const FEED: &str = "[feed.NAME]";
pub const SCENARIO: &str = "[scenario.NAME]";
pub const STAGE: &str = "[[scenario.NAME.stages]]";
pub const SEARCH: &str = "[scenario.NAME.search]";

/// Every section, in the order of the reference page.
pub fn sections() -> impl Iterator<Item = &'static Section> {
    [measured::SECTIONS, company::SECTIONS, load::SECTIONS].into_iter().flatten()
}

/// The section with that header.
///
/// # Panics
/// When the header is not in the table; headers are constants of this module.
#[must_use]
pub fn section(header: &str) -> &'static Section {
    sections().find(|section| section.header == header).expect("headers are constants")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_a_key_refers_to_exists() {
        for key in sections().flat_map(|section| section.keys) {
            if let Form::Section(header)
            | Form::Sections(header)
            | Form::Named(header)
            | Form::TemplateOr(header) = key.form
            {
                assert!(!section(header).keys.is_empty(), "{header}");
            }
        }
    }

    #[test]
    fn no_key_stands_twice_in_a_section() {
        for section in sections() {
            let mut names: Vec<_> = section.all().map(|key| key.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), section.all().count(), "{}", section.header);
        }
    }
}
