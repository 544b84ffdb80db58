//! Nodes and the fibre links between them. A link is one fibre pair: both directions share its
//! spectrum. Files of several formats become a topology in `topology/`.

mod csv;
mod draft;
mod graphml;
mod position;
mod read;
mod shipped;
mod write;

use thiserror::Error;

use crate::fingerprint::Fingerprint;
pub use position::Position;
pub use read::{Fault, Mistake, ReadError, Source, parse, read};
pub use shipped::{SHIPPED, shipped};
pub use write::{Csv, NameError, to_csv};

/// A node, by its place in [`Topology::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node(pub u16);

/// A link, by its place in [`Topology::links`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link(pub u16);

impl Node {
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl Link {
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// As the file names it.
    pub name: String,
    /// What datasets call it: the name if every name of the topology is a number without leading
    /// zeros, else its index.
    pub id: u32,
    pub position: Option<Position>,
}

/// Lengths are whole metres, so that the lengths of paths are exact and ties are ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fibre {
    pub ends: [Node; 2],
    pub metres: u32,
}

/// A connected simple graph. Nodes stand in the order in which the file names them first, which the
/// compatible request stream depends on; links are sorted by their ends' identities.
#[derive(Clone, Debug, PartialEq)]
pub struct Topology {
    name: String,
    nodes: Vec<Place>,
    links: Vec<Fibre>,
    /// For each node its neighbours with the links to them, by ascending neighbour.
    neighbours: Vec<Vec<(Node, Link)>>,
}

#[derive(Debug, Error, PartialEq)]
pub enum TopologyError {
    #[error("a topology needs at least two nodes")]
    TooFewNodes,
    #[error("{0} nodes, of at most 65,535")]
    TooManyNodes(usize),
    #[error("{0} links, of at most 65,535")]
    TooManyLinks(usize),
    #[error("a link from node {0} to itself")]
    Loop(String),
    #[error("a second link between {0} and {1}")]
    Doubled(String, String),
    #[error("the link between {0} and {1} has no positive length")]
    Length(String, String),
    #[error("no way leads from {0} to {1}")]
    Unconnected(String, String),
}

impl Topology {
    /// Links may come in any order; each pair of nodes at most once.
    pub fn new(
        name: impl Into<String>,
        places: Vec<(String, Option<Position>)>,
        mut links: Vec<Fibre>,
    ) -> Result<Topology, TopologyError> {
        if places.len() < 2 {
            return Err(TopologyError::TooFewNodes);
        }
        if places.len() > usize::from(u16::MAX) {
            return Err(TopologyError::TooManyNodes(places.len()));
        }
        if links.len() > usize::from(u16::MAX) {
            return Err(TopologyError::TooManyLinks(links.len()));
        }
        let nodes = identified(places);
        for link in &mut links {
            link.ends.sort_by_key(|node| nodes[node.index()].id);
        }
        links.sort_by_key(|link| link.ends.map(|node| nodes[node.index()].id));
        check(&nodes, &links)?;
        let mut neighbours = vec![Vec::new(); nodes.len()];
        for (link, index) in links.iter().zip(0..) {
            let [from, to] = link.ends;
            neighbours[from.index()].push((to, Link(index)));
            neighbours[to.index()].push((from, Link(index)));
        }
        for list in &mut neighbours {
            list.sort();
        }
        let topology = Topology { name: name.into(), nodes, links, neighbours };
        topology.check_connected()?;
        Ok(topology)
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    #[must_use]
    pub fn nodes(&self) -> &[Place] {
        &self.nodes
    }

    #[must_use]
    pub fn links(&self) -> &[Fibre] {
        &self.links
    }

    #[must_use]
    pub fn neighbours(&self, node: Node) -> &[(Node, Link)] {
        &self.neighbours[node.index()]
    }

    #[must_use]
    pub fn place(&self, node: Node) -> &Place {
        &self.nodes[node.index()]
    }

    #[must_use]
    pub fn fibre(&self, link: Link) -> Fibre {
        self.links[link.index()]
    }

    /// The node of that name.
    #[must_use]
    pub fn node(&self, name: &str) -> Option<Node> {
        self.nodes.iter().position(|place| place.name == name).map(|index| Node(index as u16))
    }

    /// The link between two nodes, in either direction.
    #[must_use]
    pub fn link_between(&self, from: Node, to: Node) -> Option<Link> {
        let list = self.neighbours(from);
        list.binary_search_by_key(&to, |(node, _)| *node).ok().map(|at| list[at].1)
    }

    /// The index of an ordered pair of different nodes, below [`Topology::pairs`].
    #[must_use]
    pub fn pair(&self, from: Node, to: Node) -> usize {
        from.index() * self.nodes.len() + to.index()
    }

    /// One more than the largest index of a pair.
    #[must_use]
    pub fn pairs(&self) -> usize {
        self.nodes.len() * self.nodes.len()
    }

    /// How many links each node is away, with every link working.
    #[must_use]
    pub fn hops_from(&self, start: Node) -> Vec<u16> {
        let mut hops = vec![u16::MAX; self.nodes.len()];
        hops[start.index()] = 0;
        let mut queue = vec![start];
        let mut next = 0;
        while let Some(node) = queue.get(next).copied() {
            next += 1;
            for (neighbour, _) in self.neighbours(node) {
                if hops[neighbour.index()] == u16::MAX {
                    hops[neighbour.index()] = hops[node.index()] + 1;
                    queue.push(*neighbour);
                }
            }
        }
        hops
    }

    /// A number that another network hardly has: over the names of the nodes in their order and the
    /// links with their lengths. What a topology is called and where its nodes lie does not count.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut fingerprint = Fingerprint::default();
        for place in &self.nodes {
            fingerprint.add(&(place.name.len() as u64).to_le_bytes());
            fingerprint.add(place.name.as_bytes());
        }
        for link in &self.links {
            link.ends.iter().for_each(|node| fingerprint.add(&node.0.to_le_bytes()));
            fingerprint.add(&link.metres.to_le_bytes());
        }
        fingerprint.value()
    }

    fn check_connected(&self) -> Result<(), TopologyError> {
        match self.hops_from(Node(0)).iter().position(|hops| *hops == u16::MAX) {
            Some(far) => Err(TopologyError::Unconnected(
                self.nodes[0].name.clone(),
                self.nodes[far].name.clone(),
            )),
            None => Ok(()),
        }
    }
}

fn identified(places: Vec<(String, Option<Position>)>) -> Vec<Place> {
    let number = |name: &str| name.parse().ok().filter(|number: &u32| number.to_string() == name);
    let numbers: Option<Vec<u32>> = places.iter().map(|(name, _)| number(name)).collect();
    let identity = |index: usize| numbers.as_ref().map_or(index as u32, |numbers| numbers[index]);
    let places = places.into_iter().enumerate();
    places.map(|(index, (name, position))| Place { name, id: identity(index), position }).collect()
}

fn check(nodes: &[Place], links: &[Fibre]) -> Result<(), TopologyError> {
    for (index, link) in links.iter().enumerate() {
        let [from, to] = link.ends.map(|node| nodes[node.index()].name.clone());
        if link.ends[0] == link.ends[1] {
            return Err(TopologyError::Loop(from));
        }
        if index > 0 && links[index - 1].ends == link.ends {
            return Err(TopologyError::Doubled(from, to));
        }
        if link.metres == 0 {
            return Err(TopologyError::Length(from, to));
        }
    }
    Ok(())
}
