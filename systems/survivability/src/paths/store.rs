//! Paths side by side in a few long lists, so that looking one up touches little memory.

use crate::link_set;
use crate::topology::{Link, Node, Topology};

/// A path, by its place in its [`PathStore`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathId(pub u32);

/// A walk without loops, over at least one link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path<'a> {
    /// From the source to the destination.
    pub nodes: &'a [Node],
    /// One fewer than nodes, in the same order.
    pub links: &'a [Link],
    /// The links as a set, in the words of a [`LinkSet`](link_set::LinkSet).
    pub link_words: &'a [u64],
    pub metres: u32,
}

impl Path<'_> {
    #[must_use]
    pub fn hops(&self) -> usize {
        self.links.len()
    }
}

/// Paths through one topology.
#[derive(Clone, Debug, PartialEq)]
pub struct PathStore {
    /// Words of a set of links.
    words: usize,
    /// Where the nodes of each path begin, and one more for where the last end.
    starts: Vec<u32>,
    nodes: Vec<Node>,
    /// A path has one link fewer than nodes, so the links of path `i` begin `i` places earlier than
    /// its nodes.
    links: Vec<Link>,
    link_words: Vec<u64>,
    metres: Vec<u32>,
}

impl PathStore {
    #[must_use]
    pub fn new(topology: &Topology) -> PathStore {
        PathStore {
            words: link_set::words(topology.links().len()),
            starts: vec![0],
            nodes: Vec::new(),
            links: Vec::new(),
            link_words: Vec::new(),
            metres: Vec::new(),
        }
    }

    /// Adds a path by its nodes. Panics unless a link leads from each node to the next, and on a
    /// path too long for [`Path::metres`].
    pub fn push(&mut self, topology: &Topology, nodes: &[Node]) -> PathId {
        assert!(nodes.len() > 1, "a path has at least one link");
        let words = self.link_words.len();
        self.link_words.resize(words + self.words, 0);
        let mut metres = 0;
        for step in nodes.windows(2) {
            let link = topology.link_between(step[0], step[1]).expect("a link a step");
            metres += u64::from(topology.fibre(link).metres);
            self.links.push(link);
            self.link_words[words + link.index() / 64] |= 1 << (link.index() % 64);
        }
        self.nodes.extend_from_slice(nodes);
        self.end_path(u32::try_from(metres).expect("a path of at most 4,294,967 km"))
    }

    /// Adds a path of this store once more, from its end to its beginning.
    pub(crate) fn push_reversed(&mut self, id: PathId) -> PathId {
        let Path { nodes, links, link_words, metres } = self.path(id);
        let (nodes, links) = (nodes.len(), links.len());
        let (words, node, link) = (link_words.len(), self.nodes.len(), self.links.len());
        let start = self.starts[id.0 as usize] as usize;
        self.nodes.extend_from_within(start..start + nodes);
        self.nodes[node..].reverse();
        let start = start - id.0 as usize;
        self.links.extend_from_within(start..start + links);
        self.links[link..].reverse();
        let start = id.0 as usize * words;
        self.link_words.extend_from_within(start..start + words);
        self.end_path(metres)
    }

    #[must_use]
    pub fn path(&self, id: PathId) -> Path<'_> {
        let index = id.0 as usize;
        let [start, end] = [index, index + 1].map(|at| self.starts[at] as usize);
        Path {
            nodes: &self.nodes[start..end],
            links: &self.links[start - index..end - index - 1],
            link_words: &self.link_words[index * self.words..(index + 1) * self.words],
            metres: self.metres[index],
        }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.metres.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.metres.is_empty()
    }

    /// What the lists keep on the heap, in bytes.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.starts.capacity() * size_of::<u32>()
            + self.nodes.capacity() * size_of::<Node>()
            + self.links.capacity() * size_of::<Link>()
            + self.link_words.capacity() * size_of::<u64>()
            + self.metres.capacity() * size_of::<u32>()
    }

    /// Whether paths with so many nodes in total can be added.
    pub(crate) fn has_room(&self, nodes: usize) -> bool {
        self.nodes.len() + nodes <= u32::MAX as usize
    }

    pub(crate) fn shrink_to_fit(&mut self) {
        self.starts.shrink_to_fit();
        self.nodes.shrink_to_fit();
        self.links.shrink_to_fit();
        self.link_words.shrink_to_fit();
        self.metres.shrink_to_fit();
    }

    fn end_path(&mut self, metres: u32) -> PathId {
        self.metres.push(metres);
        self.starts.push(u32::try_from(self.nodes.len()).expect("a store has room"));
        PathId(self.metres.len() as u32 - 1)
    }
}
