//! The best path in what is left of a topology when some nodes and links are closed.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::link_set::LinkSet;
use crate::paths::{Distances, PathOrder};
use crate::topology::{Link, Node, Topology};

/// What a path may not use.
pub struct Closed {
    nodes: Vec<bool>,
    links: LinkSet,
}

impl Closed {
    pub fn nothing(topology: &Topology) -> Closed {
        let links = LinkSet::new(topology.links().len());
        Closed { nodes: vec![false; topology.nodes().len()], links }
    }

    pub fn node(&mut self, node: Node) {
        self.nodes[node.index()] = true;
    }

    pub fn link(&mut self, link: Link) {
        self.links.insert(link);
    }

    pub fn open_node(&mut self, node: Node) {
        self.nodes[node.index()] = false;
    }

    pub fn open_links(&mut self) {
        self.links.clear();
    }

    pub fn bars(&self, node: Node, link: Link) -> bool {
        self.nodes[node.index()] || self.links.contains(link)
    }
}

/// A topology with what searching it again and again keeps between two searches.
pub struct Search<'a> {
    topology: &'a Topology,
    weights: Vec<u64>,
    distances: Distances,
    /// For each node what is known of its distance to the end, if it was reached in this search.
    to_end: Vec<u64>,
    reached: Vec<Node>,
    queue: BinaryHeap<(Reverse<u64>, Node)>,
}

impl<'a> Search<'a> {
    pub fn new(topology: &'a Topology, order: PathOrder) -> Search<'a> {
        let weights = order.weights(topology);
        let distances = Distances::new(topology, &weights);
        let to_end = vec![u64::MAX; topology.nodes().len()];
        let (reached, queue) = (Vec::new(), BinaryHeap::new());
        Search { topology, weights, distances, to_end, reached, queue }
    }

    pub fn topology(&self) -> &'a Topology {
        self.topology
    }

    pub fn weight(&self, link: Link) -> u64 {
        self.weights[link.index()]
    }

    /// Appends the best path to `path`, whose last node is its start, and gives its weight, unless
    /// there is none or it weighs more than `most`. Of several as light it is the one with the
    /// lexicographically smallest list of nodes.
    pub fn extend(
        &mut self,
        path: &mut Vec<Node>,
        end: Node,
        closed: &Closed,
        most: u64,
    ) -> Option<u64> {
        let start = *path.last().expect("a path to extend has a start");
        let weight = self.measure(start, end, closed, most);
        if weight.is_some() {
            self.walk(path, end, closed);
        }
        for node in self.reached.drain(..) {
            self.to_end[node.index()] = u64::MAX;
        }
        self.queue.clear();
        weight
    }

    /// A* from the end to the start. The distance from the start with nothing closed never
    /// overestimates, and never falls by more than the link that was taken, so a node's distance to
    /// the end is exact once it leaves the queue. Every node of every best path has left it when
    /// only worse ones remain, which is where the search stops.
    fn measure(&mut self, start: Node, end: Node, closed: &Closed, most: u64) -> Option<u64> {
        let guide = self.distances.from(start);
        let mut most = most;
        let mut found = None;
        self.to_end[end.index()] = 0;
        self.reached.push(end);
        self.queue.push((Reverse(guide[end.index()]), end));
        while let Some((Reverse(estimate), node)) = self.queue.pop() {
            if estimate > most {
                break;
            }
            let done = self.to_end[node.index()];
            if estimate > done + guide[node.index()] {
                continue;
            }
            if node == start {
                found = Some(done);
                most = done;
                continue;
            }
            for &(next, link) in self.topology.neighbours(node) {
                let through = done + self.weights[link.index()];
                let known = self.to_end[next.index()];
                let worse = through >= known || through + guide[next.index()] > most;
                if worse || closed.bars(next, link) {
                    continue;
                }
                if known == u64::MAX {
                    self.reached.push(next);
                }
                self.to_end[next.index()] = through;
                self.queue.push((Reverse(through + guide[next.index()]), next));
            }
        }
        found
    }

    /// Goes to the smallest neighbour that lies on a best path until the end is reached.
    fn walk(&self, path: &mut Vec<Node>, end: Node, closed: &Closed) {
        let mut node = *path.last().expect("a path to extend has a start");
        while node != end {
            let left = self.to_end[node.index()];
            let on_best = |&&(next, link): &&(Node, Link)| {
                let rest = self.to_end[next.index()];
                rest < left && rest + self.weights[link.index()] == left && !closed.bars(next, link)
            };
            let step = self.topology.neighbours(node).iter().find(on_best);
            node = step.expect("a measured distance has a path").0;
            path.push(node);
        }
    }
}
