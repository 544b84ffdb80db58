//! Yen's algorithm with Lawler's improvement: the next best path leaves one of those found at some
//! node, and no branch is searched twice.

use std::ops::Range;

use crate::paths::{Closed, PathOrder, Search};
use crate::topology::{Node, Topology};

/// The search with lists that are used again for every pair.
pub struct Yen<'a> {
    search: Search<'a>,
    closed: Closed,
    /// The nodes of every path in `found` and `waiting`.
    nodes: Vec<Node>,
    found: Vec<Candidate>,
    /// Best first, and no more than are still wanted.
    waiting: Vec<Candidate>,
    path: Vec<Node>,
}

#[derive(Clone)]
struct Candidate {
    weight: u64,
    /// Its part of [`Yen::nodes`].
    nodes: Range<usize>,
    /// Up to this node it follows an earlier path, from which it branched off here.
    branch: usize,
}

impl<'a> Yen<'a> {
    pub fn new(topology: &'a Topology, order: PathOrder) -> Yen<'a> {
        Yen {
            search: Search::new(topology, order),
            closed: Closed::nothing(topology),
            nodes: Vec::new(),
            found: Vec::new(),
            waiting: Vec::new(),
            path: Vec::new(),
        }
    }

    /// The best `k` paths, best first.
    pub fn best(&mut self, k: usize, from: Node, to: Node) -> impl Iterator<Item = &[Node]> {
        self.nodes.clear();
        self.found.clear();
        self.waiting.clear();
        self.path.clear();
        self.path.push(from);
        self.look(0, 0, to, k);
        while self.found.len() < k && !self.waiting.is_empty() {
            let best = self.waiting.remove(0);
            self.found.push(best.clone());
            if self.found.len() < k {
                self.branch_off(&best, to, k - self.found.len());
            }
        }
        self.found.iter().map(|path| &self.nodes[path.nodes.clone()])
    }

    /// Looks for the best path that leaves this one at each of its nodes, from where it branched
    /// off itself: branches before that are among those waiting already.
    fn branch_off(&mut self, parent: &Candidate, to: Node, wanted: usize) {
        let mut weight = 0;
        for at in 0..parent.nodes.len() - 1 {
            let [node, next] = [at, at + 1].map(|at| self.nodes[parent.nodes.start + at]);
            if at >= parent.branch {
                self.close_followed(parent, at);
                self.path.clear();
                let prefix = parent.nodes.start..=parent.nodes.start + at;
                self.path.extend_from_slice(&self.nodes[prefix]);
                self.look(weight, at, to, wanted);
                self.closed.open_links();
            }
            self.closed.node(node);
            let link = self.search.topology().link_between(node, next);
            weight += self.search.weight(link.expect("a path follows links"));
        }
        for node in &self.nodes[parent.nodes.clone()] {
            self.closed.open_node(*node);
        }
    }

    /// Closes the links over which paths found so far go on after the same nodes.
    fn close_followed(&mut self, parent: &Candidate, at: usize) {
        let prefix = &self.nodes[parent.nodes.clone()][..=at];
        for path in &self.found {
            let nodes = &self.nodes[path.nodes.clone()];
            if nodes.len() > at + 1 && nodes.starts_with(prefix) {
                let link = self.search.topology().link_between(nodes[at], nodes[at + 1]);
                self.closed.link(link.expect("a path follows links"));
            }
        }
    }

    /// Adds the best continuation of `path`, which weighs so much, to those waiting, if it is one
    /// of the best that are wanted.
    fn look(&mut self, weight: u64, branch: usize, to: Node, wanted: usize) {
        let full = self.waiting.len() == wanted;
        let most = if full { self.waiting[wanted - 1].weight } else { u64::MAX };
        let Some(most) = most.checked_sub(weight) else { return };
        let Some(rest) = self.search.extend(&mut self.path, to, &self.closed, most) else { return };
        let weight = weight + rest;
        let rank = |other: &Candidate| {
            (other.weight, &self.nodes[other.nodes.clone()]) < (weight, &self.path[..])
        };
        let place = self.waiting.partition_point(rank);
        if place < wanted {
            let start = self.nodes.len();
            self.nodes.extend_from_slice(&self.path);
            self.waiting.truncate(wanted - 1);
            let nodes = start..self.nodes.len();
            self.waiting.insert(place, Candidate { weight, nodes, branch });
        }
    }
}
