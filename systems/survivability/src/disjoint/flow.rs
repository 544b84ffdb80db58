//! Two units of flow of least weight between two nodes, after Suurballe: the second is sent where
//! the first may be pushed back. Not the flow is kept but the potentials that prove it cheapest.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::disjoint::Disjoint;
use crate::paths::{Distances, PathOrder};
use crate::topology::{Link, Node, Topology};

/// With node-disjoint paths every node is two vertices, where paths enter and where they leave it,
/// with room for one path between them; otherwise it is one. Between vertices there is an arc for
/// each direction of each link, with room for one path.
pub struct Flow<'a> {
    pub topology: &'a Topology,
    pub disjoint: Disjoint,
    weights: Vec<u64>,
    distances: Distances,
    /// The first path: what follows each of its nodes, and what precedes it.
    next: Vec<Option<Node>>,
    before: Vec<Option<Node>>,
    /// By vertex, the least weight at which a second path reaches it.
    potentials: Vec<u64>,
    queue: BinaryHeap<(Reverse<u64>, usize)>,
}

impl<'a> Flow<'a> {
    pub fn new(topology: &'a Topology, order: PathOrder, disjoint: Disjoint) -> Flow<'a> {
        let weights = order.weights(topology);
        let distances = Distances::new(topology, &weights);
        let nodes = topology.nodes().len();
        let vertices = match disjoint {
            Disjoint::Link => nodes,
            Disjoint::Node => 2 * nodes,
        };
        Flow {
            topology,
            disjoint,
            weights,
            distances,
            next: vec![None; nodes],
            before: vec![None; nodes],
            potentials: vec![0; vertices],
            queue: BinaryHeap::new(),
        }
    }

    pub fn weight(&self, link: Link) -> u64 {
        self.weights[link.index()]
    }

    /// The potential where paths enter a node.
    pub fn entering(&self, node: Node) -> u64 {
        self.potentials[self.entrance(node)]
    }

    /// The potential where paths leave a node.
    pub fn leaving(&self, node: Node) -> u64 {
        self.potentials[self.exit(node)]
    }

    /// Whether there are two disjoint paths. If so, potentials `p` remain by which an arc from `u`
    /// to `v` of weight `w` with `w + p(u) > p(v)` is on no cheapest pair of paths.
    pub fn send_two(&mut self, from: Node, to: Node) -> bool {
        self.send_first(from, to);
        self.potentials.fill(u64::MAX);
        let source = self.exit(from);
        self.potentials[source] = 0;
        self.queue.push((Reverse(0), source));
        while let Some((Reverse(reduced), vertex)) = self.queue.pop() {
            let here = self.distances.from(from)[self.node(vertex).index()];
            if reduced + here == self.potentials[vertex] {
                self.leave(vertex, from);
            }
        }
        self.potentials[self.entrance(to)] != u64::MAX
    }

    /// Sends the first unit over any of the best paths.
    fn send_first(&mut self, from: Node, to: Node) {
        self.next.fill(None);
        self.before.fill(None);
        let distances = self.distances.from(from);
        let mut node = to;
        while node != from {
            let left = distances[node.index()];
            let on_best = |&&(before, link): &&(Node, Link)| {
                distances[before.index()] + self.weights[link.index()] == left
            };
            let before = self.topology.neighbours(node).iter().find(on_best);
            let before = before.expect("a topology is connected").0;
            self.next[before.index()] = Some(node);
            self.before[node.index()] = Some(before);
            node = before;
        }
    }

    /// Follows every arc from a vertex that has room, or whose flow can be pushed back.
    fn leave(&mut self, vertex: usize, from: Node) {
        let node = self.node(vertex);
        let so_far = self.potentials[vertex];
        let topology = self.topology;
        if vertex == self.exit(node) {
            for &(neighbour, link) in topology.neighbours(node) {
                if self.next[node.index()] != Some(neighbour) {
                    self.reach(self.entrance(neighbour), so_far + self.weights[link.index()], from);
                }
            }
        }
        if vertex == self.entrance(node)
            && let Some(before) = self.before[node.index()]
        {
            let link = topology.link_between(before, node).expect("a path follows links");
            self.reach(self.exit(before), so_far - self.weights[link.index()], from);
        }
        if self.disjoint == Disjoint::Node {
            let [next, before] = [&self.next, &self.before].map(|list| list[node.index()]);
            let taken = next.is_some() && before.is_some();
            match (vertex == self.entrance(node), taken) {
                (true, false) => self.reach(self.exit(node), so_far, from),
                (false, true) => self.reach(self.entrance(node), so_far, from),
                _ => {}
            }
        }
    }

    /// Dijkstra's algorithm needs weights that are not negative: the queue has them reduced by the
    /// distances before the first path was sent.
    fn reach(&mut self, vertex: usize, weight: u64, from: Node) {
        if weight < self.potentials[vertex] {
            self.potentials[vertex] = weight;
            let start = self.distances.from(from)[self.node(vertex).index()];
            self.queue.push((Reverse(weight - start), vertex));
        }
    }

    fn entrance(&self, node: Node) -> usize {
        match self.disjoint {
            Disjoint::Link => node.index(),
            Disjoint::Node => 2 * node.index(),
        }
    }

    fn exit(&self, node: Node) -> usize {
        match self.disjoint {
            Disjoint::Link => node.index(),
            Disjoint::Node => 2 * node.index() + 1,
        }
    }

    fn node(&self, vertex: usize) -> Node {
        match self.disjoint {
            Disjoint::Link => Node(vertex as u16),
            Disjoint::Node => Node((vertex / 2) as u16),
        }
    }
}
