//! GraphML, as the Internet Topology Zoo and networkx write it.

use roxmltree::{Document, Node as Element};

use crate::topology::csv::{metres, position};
use crate::topology::draft::{Draft, Second};
use crate::topology::read::{Fault, ReadError, Source, stem};
use crate::topology::{Position, Topology};

/// Under these names an edge has its length in km; the first that it has counts.
const LENGTHS: [&str; 3] = ["km", "length", "weight"];

/// Nodes are named by their `id`, since labels need not differ, and stand in the order of the file.
/// Of parallel edges, and of the two directions of a directed graph, the first counts; an edge from
/// a node to itself leads nowhere and is left out.
pub(super) fn parse(source: &Source) -> Result<Topology, ReadError> {
    let document = Document::parse(source.text)
        .map_err(|error| ReadError::Xml { path: source.path.to_owned(), source: error })?;
    let lines = Lines::new(source.text);
    let mut draft = Draft::new(source.path);
    let root = document.root_element();
    let graph = root.children().find(|element| element.has_tag_name_local("graph"));
    let Some(graph) = graph.filter(|_| root.has_tag_name_local("graphml")) else {
        draft.mistake(lines.of(root), Fault::NoGraph(root.tag_name().name().to_owned()));
        return draft.finish(stem(source.path));
    };
    let keys = Keys::new(root);
    for element in graph.children().filter(|element| element.has_tag_name_local("node")) {
        if let Err(fault) = node(&mut draft, &keys, element) {
            draft.mistake(lines.of(element), fault);
        }
    }
    for element in graph.children() {
        let line = lines.of(element);
        match element.tag_name().name() {
            "edge" => match edge(&draft, &keys, element) {
                Ok(Some((ends, metres))) => draft.link(line, ends, metres, Second::Ignored),
                Ok(None) => {}
                Err(fault) => draft.mistake(line, fault),
            },
            "hyperedge" => draft.mistake(line, Fault::Hyperedge),
            _ => {}
        }
    }
    draft.finish(stem(source.path))
}

fn node(draft: &mut Draft, keys: &Keys, element: Element) -> Result<(), Fault> {
    let name = element.attribute("id").map_or("", str::trim);
    if name.is_empty() {
        return Err(Fault::NoName);
    }
    if draft.find(name).is_some() {
        return Err(Fault::NodeTwice(name.to_owned()));
    }
    let place = draft.place(name);
    let [latitude, longitude] = ["latitude", "longitude"].map(|key| keys.data(element, key));
    if latitude.is_some() || longitude.is_some() {
        let position = position(latitude.unwrap_or(""), longitude.unwrap_or(""))?;
        draft.set_position(place, position);
    }
    Ok(())
}

/// The ends and the length of an edge, unless it is a loop.
fn edge(draft: &Draft, keys: &Keys, element: Element) -> Result<Option<([usize; 2], u32)>, Fault> {
    let end = |key: &'static str| {
        let name = element.attribute(key).ok_or(Fault::NoEnd(key))?.trim();
        let place = draft.find(name).ok_or_else(|| Fault::UnknownEnd(name.to_owned()))?;
        Ok((name, place))
    };
    let (from, to) = (end("source")?, end("target")?);
    let ends = [from.1, to.1];
    if ends[0] == ends[1] {
        return Ok(None);
    }
    if let Some(length) = LENGTHS.iter().find_map(|name| keys.data(element, name)) {
        return Ok(Some((ends, metres(length)?)));
    }
    match ends.map(|place| draft.position(place)) {
        [Some(from), Some(to)] => Ok(Some((ends, great_circle(from, to)))),
        _ => Err(Fault::NoLength(from.0.to_owned(), to.0.to_owned())),
    }
}

/// A link without a length is as long as the great circle between its ends, which no real fibre
/// undercuts, and 1 m if both lie at one place.
fn great_circle(from: Position, to: Position) -> u32 {
    ((from.km_to(to) * 1000.0).round() as u32).max(1)
}

/// What the keys of `data` elements mean: their identities with their names in lower case.
struct Keys<'a> {
    names: Vec<(&'a str, String)>,
}

impl<'a> Keys<'a> {
    fn new(root: Element<'a, '_>) -> Keys<'a> {
        let keys = root.children().filter(|element| element.has_tag_name_local("key"));
        let name = |key: Element<'a, '_>| {
            let name = key.attribute("attr.name")?.trim().to_lowercase();
            Some((key.attribute("id")?, name))
        };
        Keys { names: keys.filter_map(name).collect() }
    }

    /// The text that an element has under a name.
    fn data<'b>(&self, element: Element<'b, '_>, name: &str) -> Option<&'b str> {
        let data = element.children().filter(|child| child.has_tag_name_local("data"));
        let named = |child: &Element| {
            let key = child.attribute("key");
            self.names.iter().any(|(id, known)| Some(*id) == key && known == name)
        };
        data.filter(named).find_map(|child| child.text()).map(str::trim)
    }
}

/// Where lines begin.
struct Lines(Vec<usize>);

impl Lines {
    fn new(text: &str) -> Lines {
        Lines(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    fn of(&self, element: Element) -> usize {
        1 + self.0.partition_point(|at| *at < element.range().start)
    }
}

/// Files differ in whether they name the namespace of GraphML.
trait LocalName {
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl LocalName for Element<'_, '_> {
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.tag_name().name() == name
    }
}
