//! What a file says of nodes and links, with every mistake in it, before it is a topology.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::topology::read::{Fault, Mistake, ReadError};
use crate::topology::{Fibre, Node, Position, Topology, TopologyError};

pub(super) struct Draft<'a> {
    path: &'a str,
    places: Vec<(String, Option<Position>)>,
    /// The places by their names.
    by_name: HashMap<String, usize>,
    links: Vec<([usize; 2], u32)>,
    /// On which line each link stands, by its ends in ascending order.
    lines: HashMap<[usize; 2], usize>,
    mistakes: Vec<Mistake>,
}

/// What becomes of a second link between the same nodes.
#[derive(Clone, Copy)]
pub(super) enum Second {
    Refused,
    /// The first one counts: the file has a line for each direction, or parallel edges.
    Ignored,
}

impl<'a> Draft<'a> {
    pub fn new(path: &'a str) -> Draft<'a> {
        Draft {
            path,
            places: Vec::new(),
            by_name: HashMap::new(),
            links: Vec::new(),
            lines: HashMap::new(),
            mistakes: Vec::new(),
        }
    }

    pub fn mistake(&mut self, line: usize, fault: Fault) {
        self.mistake_in(self.path, line, fault);
    }

    pub fn mistake_in(&mut self, path: &str, line: usize, fault: Fault) {
        self.mistakes.push(Mistake { path: path.to_owned(), line, fault });
    }

    pub fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The place of that name, a new one if it was not named before.
    pub fn place(&mut self, name: &str) -> usize {
        self.find(name).unwrap_or_else(|| {
            self.by_name.insert(name.to_owned(), self.places.len());
            self.places.push((name.to_owned(), None));
            self.places.len() - 1
        })
    }

    pub fn position(&self, place: usize) -> Option<Position> {
        self.places[place].1
    }

    pub fn set_position(&mut self, place: usize, position: Position) {
        self.places[place].1 = Some(position);
    }

    pub fn link(&mut self, line: usize, ends: [usize; 2], metres: u32, second: Second) {
        let name = |at: usize| self.places[ends[at]].0.clone();
        let mut pair = ends;
        pair.sort_unstable();
        match (self.lines.entry(pair), second) {
            (Entry::Vacant(entry), _) => {
                entry.insert(line);
                self.links.push((ends, metres));
            }
            (Entry::Occupied(_), Second::Ignored) => {}
            (Entry::Occupied(first), Second::Refused) => {
                let fault = Fault::Doubled(name(0), name(1), *first.get());
                self.mistake(line, fault);
            }
        }
    }

    pub fn finish(mut self, name: &str) -> Result<Topology, ReadError> {
        if !self.mistakes.is_empty() {
            self.mistakes.sort_by_key(|mistake| (mistake.path != self.path, mistake.line));
            return Err(ReadError::Mistakes(self.mistakes));
        }
        let refused = |source| ReadError::Topology { path: self.path.to_owned(), source };
        if self.places.len() > usize::from(u16::MAX) {
            return Err(refused(TopologyError::TooManyNodes(self.places.len())));
        }
        let links = self.links.into_iter().map(|(ends, metres)| {
            let ends = ends.map(|place| Node(place as u16));
            Fibre { ends, metres }
        });
        Topology::new(name, self.places, links.collect()).map_err(refused)
    }
}
