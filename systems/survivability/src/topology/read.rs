//! From a file to a topology, whatever its format. The one place here that touches the disk.

use std::fmt::{self, Display};
use std::io;
use std::path::Path;

use thiserror::Error;

use crate::topology::{Topology, TopologyError, csv, graphml};

/// The texts a topology is read from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    pub path: &'a str,
    pub text: &'a str,
    /// Path and text of the file with the positions of the nodes. GraphML has no need of one.
    pub nodes: Option<(&'a str, &'a str)>,
}

#[derive(Debug, Error)]
pub enum ReadError {
    #[error("could not read the topology {path}: {source}")]
    Io { path: String, source: io::Error },
    #[error("could not read the topology {path}: {source}")]
    Xml { path: String, source: roxmltree::Error },
    /// All of them, in the order of their lines.
    #[error("{}", one_a_line(.0))]
    Mistakes(Vec<Mistake>),
    #[error("{path} is no topology: {source}")]
    Topology { path: String, source: TopologyError },
}

/// A mistake with its place.
#[derive(Debug, PartialEq)]
pub struct Mistake {
    pub path: String,
    /// From 1.
    pub line: usize,
    pub fault: Fault,
}

impl Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.fault)
    }
}

#[derive(Debug, Error, PartialEq)]
pub enum Fault {
    #[error("the first line is `{0}`, not `{1}`")]
    Header(String, &'static str),
    #[error("{0} fields, not {1}")]
    Fields(usize, usize),
    #[error("a node without a name")]
    NoName,
    #[error("`{0}` has a quotation mark, and names are written without")]
    Quoted(String),
    #[error("`{0}` is no length in km")]
    NoNumber(String),
    #[error("a length of {0} km is not between 1 m and 4,294,967 km")]
    Length(f64),
    #[error("a link from node {0} to itself")]
    Loop(String),
    #[error("a second link between {0} and {1}; the first is on line {2}")]
    Doubled(String, String, usize),
    #[error("no link leads to node {0}")]
    NoSuchNode(String),
    #[error("node {0} a second time")]
    NodeTwice(String),
    #[error("`{0}` is no position in degrees north and east")]
    Position(String),
    #[error("an edge without `{0}`")]
    NoEnd(&'static str),
    #[error("an edge to `{0}`, which is no node")]
    UnknownEnd(String),
    #[error("no length for the link between {0} and {1}, and no positions to tell it from")]
    NoLength(String, String),
    #[error("a hyperedge, which is no link between two nodes")]
    Hyperedge,
    #[error("`{0}` is no `graphml` with a `graph`")]
    NoGraph(String),
}

/// How many mistakes are told, and how wide. A file of something else has one in every line.
const MOST: usize = 50;
const WIDEST: usize = 200;

fn one_a_line(mistakes: &[Mistake]) -> String {
    let mut lines: Vec<String> = mistakes.iter().take(MOST).map(ToString::to_string).collect();
    for line in lines.iter_mut().filter(|line| line.chars().count() > WIDEST) {
        *line = line.chars().take(WIDEST).chain("…".chars()).collect();
    }
    if mistakes.len() > MOST {
        lines.push(format!("and {} more mistakes", mistakes.len() - MOST));
    }
    lines.join("\n")
}

/// Reads a topology. Beside `name.csv` a file `name_nodes.csv` may give the nodes' positions.
pub fn read(path: &Path) -> Result<Topology, ReadError> {
    let shown = path.display().to_string();
    let text = text(path)?;
    let nodes_path = path.with_file_name(format!("{}_nodes.csv", stem(&shown)));
    let nodes = match nodes_path.is_file() {
        true => Some((nodes_path.display().to_string(), self::text(&nodes_path)?)),
        false => None,
    };
    let nodes = nodes.as_ref().map(|(path, text)| (path.as_str(), text.as_str()));
    parse(&Source { path: &shown, text: &text, nodes })
}

/// Makes a topology of texts. GraphML is known by its extension or by beginning with `<`, a list
/// of links with commas by its extension or by its header; all else is taken for the list with
/// white space.
pub fn parse(source: &Source) -> Result<Topology, ReadError> {
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(source.text);
    let source = &Source { text, ..*source };
    let extension = Path::new(source.path).extension().and_then(|extension| extension.to_str());
    match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("graphml" | "xml") => graphml::parse(source),
        Some("csv") => csv::parse(source, csv::Separator::Comma),
        _ if text.trim_start().starts_with('<') => graphml::parse(source),
        _ if text.lines().next().is_some_and(|line| line.contains(',')) => {
            csv::parse(source, csv::Separator::Comma)
        }
        _ => csv::parse(source, csv::Separator::Space),
    }
}

/// What a topology is called: its file's name without the extension.
pub(super) fn stem(path: &str) -> &str {
    Path::new(path).file_stem().and_then(|stem| stem.to_str()).unwrap_or(path)
}

fn text(path: &Path) -> Result<String, ReadError> {
    std::fs::read_to_string(path)
        .map_err(|source| ReadError::Io { path: path.display().to_string(), source })
}
