//! The least weight between every two nodes, with every link working.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::topology::{Node, Topology};

/// Symmetric, because links are.
#[derive(Clone, Debug)]
pub struct Distances {
    nodes: usize,
    table: Vec<u64>,
}

impl Distances {
    /// Dijkstra's algorithm once from every node.
    pub fn new(topology: &Topology, weights: &[u64]) -> Distances {
        let nodes = topology.nodes().len();
        let mut table = vec![u64::MAX; nodes * nodes];
        let mut queue = BinaryHeap::new();
        for (start, row) in table.chunks_exact_mut(nodes).enumerate() {
            row[start] = 0;
            queue.push((Reverse(0), Node(start as u16)));
            while let Some((Reverse(distance), node)) = queue.pop() {
                if distance > row[node.index()] {
                    continue;
                }
                for &(neighbour, link) in topology.neighbours(node) {
                    let through = distance + weights[link.index()];
                    if through < row[neighbour.index()] {
                        row[neighbour.index()] = through;
                        queue.push((Reverse(through), neighbour));
                    }
                }
            }
        }
        Distances { nodes, table }
    }

    /// From one node to each.
    pub fn from(&self, node: Node) -> &[u64] {
        &self.table[node.index() * self.nodes..][..self.nodes]
    }
}
