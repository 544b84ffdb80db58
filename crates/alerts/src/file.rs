//! Rules and everything around them from a TOML file: strict, with every mistake told at once.

mod action;
mod check;
pub(crate) mod duration;
mod mistake;
mod mute;
mod rule;
mod section;
#[cfg(test)]
mod tests;
mod time;
mod value;
mod write;

use std::time::Duration;

use toml::de::DeTable;

use crate::mute::{Inhibition, Silence};
use crate::notify::Routing;
use crate::rule::Rule;

use action::Named;
pub use mistake::{Mistake, Mistakes};
use section::{Found, Section};
pub use write::written;

/// What a file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    /// In the order of the file, which is that of evaluation.
    pub rules: Vec<Rule>,
    /// In the order of the file.
    pub actions: Vec<Action>,
    pub inhibitions: Vec<Inhibition>,
    pub routing: Routing,
    pub silences: Vec<Silence>,
}

/// Something that is done when a rule has news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    pub name: String,
    pub deed: Deed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    Log,
    /// A request to somebody's server.
    Post {
        url: String,
    },
    /// A program with its arguments.
    Run {
        command: Vec<String>,
    },
    /// A message on a subject.
    Publish {
        subject: String,
    },
}

/// What the file is held against.
#[derive(Clone, Copy, Debug)]
pub struct Known<'k> {
    /// The file's name, as mistakes show it.
    pub file: &'k str,
    /// The metrics there can be, if that is known.
    pub metrics: Option<&'k [&'k str]>,
    /// How far evaluations are apart: a rate needs two of them.
    pub interval: Duration,
}

impl Default for Known<'_> {
    fn default() -> Self {
        Known { file: "alerts.toml", metrics: None, interval: Duration::from_secs(1) }
    }
}

const SECTIONS: [&str; 5] = ["rule", "action", "inhibit", "route", "silence"];

impl File {
    pub fn read(text: &str, known: &Known<'_>) -> Result<File, Mistakes> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let found = Found::default();
        for error in &errors {
            let at = error.span().map_or(0, |span| span.start);
            found.add(at, format!("this is no TOML: {}", error.message()));
        }
        let file = if errors.is_empty() {
            let root = Section::root(table.get_ref(), &SECTIONS, &found);
            read(&root, known)
        } else {
            File::default()
        };
        found.into_result(file, text, known.file)
    }
}

fn read(root: &Section<'_>, known: &Known<'_>) -> File {
    let actions = root.tables("action").iter().map(action::read).collect::<Vec<Named>>();
    let sections = root.list("rule", &rule::KEYS);
    check::names_differ(&sections);
    let names: Vec<&str> = actions.iter().map(|action| action.name.as_str()).collect();
    let rules = sections.iter().filter_map(|section| {
        check::metrics(section, known);
        check::window(section, known);
        check::actions(section, &names);
        rule::read(section)
    });
    let route = root.section("route", &mute::ROUTE);
    let inhibitions = root.list("inhibit", &mute::INHIBITION);
    let silences = root.list("silence", &mute::SILENCE);
    File {
        rules: rules.collect(),
        inhibitions: inhibitions.iter().filter_map(mute::inhibition).collect(),
        routing: route.map(|section| mute::routing(&section)).unwrap_or_default(),
        silences: (1..).zip(&silences).filter_map(|(at, one)| mute::silence(one, at)).collect(),
        actions: actions.into_iter().filter_map(Named::action).collect(),
    }
}
