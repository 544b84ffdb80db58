//! Which of the cheapest pairs of paths is chosen.
//!
//! Every cheapest pair lies on arcs whose weight does not exceed the rise of the potential. Along
//! such arcs the potential rises, so they close no circle, and two paths can be followed side by
//! side, the one that is behind going first. They meet only where both stand at once, so a position
//! of both is all that has to be known of the way so far.

use std::collections::HashMap;

use crate::disjoint::Disjoint;
use crate::disjoint::flow::Flow;
use crate::topology::{Link, Node};

/// Of the cheapest pairs of paths the lightest path that is part of one, and of several as light
/// the one with the lexicographically smallest list of nodes.
pub fn lightest_primary(flow: &Flow, from: Node, to: Node) -> Vec<Node> {
    let leads = leading_to(flow, to);
    let mut tight = Tight { flow, to, leads, known: HashMap::new() };
    let mut path = vec![from];
    // Where the backup may be, as far as the primary up to here leaves open.
    let mut backups = vec![from];
    while path[path.len() - 1] != to {
        let primary = path[path.len() - 1];
        let mut steps = Vec::new();
        while let Some(backup) = backups.pop() {
            for step in tight.best_steps([primary, backup]) {
                match step[0] == primary {
                    true => backups.push(step[1]),
                    false => steps.push(step),
                }
            }
        }
        let next = steps.iter().map(|step| step[0]).min().expect("a cheapest pair reaches its end");
        backups.extend(steps.iter().filter(|step| step[0] == next).map(|step| step[1]));
        backups.sort_unstable();
        backups.dedup();
        path.push(next);
    }
    path
}

/// Where the primary and the backup have come to.
type Both = [Node; 2];

/// What is still to go: the weight of both, then that of the primary.
type Rest = (u64, u64);

struct Tight<'a> {
    flow: &'a Flow<'a>,
    to: Node,
    /// The nodes from which tight arcs lead to the end; most of the others lead away from it.
    leads: Vec<bool>,
    /// The least that is still to go, if the end can be reached at all.
    known: HashMap<Both, Option<Rest>>,
}

impl Tight<'_> {
    fn best_steps(&mut self, both: Both) -> Vec<Both> {
        let best = self.rest(both);
        let mut steps = self.steps(both);
        steps.retain(|(next, weight)| best.is_some() && self.rest_after(*next, *weight) == best);
        steps.into_iter().map(|(next, _)| next).collect()
    }

    fn rest(&mut self, both: Both) -> Option<Rest> {
        if both == [self.to; 2] {
            return Some((0, 0));
        }
        if let Some(rest) = self.known.get(&both) {
            return *rest;
        }
        let steps = self.steps(both).into_iter();
        let rest = steps.filter_map(|(next, weight)| self.rest_after(next, weight)).min();
        self.known.insert(both, rest);
        rest
    }

    fn rest_after(&mut self, next: Both, weight: Rest) -> Option<Rest> {
        self.rest(next).map(|rest| (rest.0 + weight.0, rest.1 + weight.1))
    }

    /// The next positions, with the weights to get there. The path that is behind moves; both do
    /// where they stand together.
    fn steps(&self, both: Both) -> Vec<(Both, Rest)> {
        let [primary, backup] = both;
        let mut steps = Vec::new();
        if primary == backup {
            for (first, used, weight) in self.arcs(primary) {
                for (second, link, other) in self.arcs(primary) {
                    if link != used {
                        steps.push(([first, second], (weight + other, weight)));
                    }
                }
            }
        } else if self.rank(primary) < self.rank(backup) {
            let arcs = self.arcs(primary);
            steps.extend(arcs.map(|(next, _, weight)| ([next, backup], (weight, weight))));
        } else {
            let arcs = self.arcs(backup);
            steps.extend(arcs.map(|(next, _, weight)| ([primary, next], (weight, 0))));
        }
        if self.flow.disjoint == Disjoint::Node {
            steps.retain(|([first, second], _)| first != second || *first == self.to);
        }
        steps
    }

    /// The arcs on which a cheapest pair can leave a node.
    fn arcs(&self, node: Node) -> impl Iterator<Item = (Node, Link, u64)> {
        let arcs = self.flow.topology.neighbours(node).iter();
        let arcs = arcs.map(|&(next, link)| (next, link, self.flow.weight(link)));
        arcs.filter(move |&(next, _, weight)| {
            self.leads[next.index()] && is_tight(self.flow, node, next, weight)
        })
    }

    /// Rises along every arc. Of two nodes with one potential neither is behind; the end is last.
    fn rank(&self, node: Node) -> (bool, u64, Node) {
        (node == self.to, self.flow.leaving(node), node)
    }
}

/// The nodes that a path can enter and then go on to the end.
fn leading_to(flow: &Flow, to: Node) -> Vec<bool> {
    let mut leads = vec![false; flow.topology.nodes().len()];
    leads[to.index()] = true;
    let mut queue = vec![to];
    while let Some(node) = queue.pop() {
        for &(before, link) in flow.topology.neighbours(node) {
            // Inside a node the potential must not fall either.
            let passes = flow.entering(before) <= flow.leaving(before);
            let arrives = is_tight(flow, before, node, flow.weight(link));
            if passes && arrives && !leads[before.index()] {
                leads[before.index()] = true;
                queue.push(before);
            }
        }
    }
    leads
}

/// Whether a cheapest pair may go from one node to a neighbour.
fn is_tight(flow: &Flow, from: Node, to: Node, weight: u64) -> bool {
    flow.leaving(from) + weight <= flow.entering(to)
}
